/** Whether somebody is meant by what was typed into the search: the beginning of any word of their name, or of their username. */
export function isMeant({ username, display_name: name }, typed) {
    const sought = folded(typed).replace(/^@/, '');
    if (!sought) return true;
    const words = [username, name ?? '', ...(name ?? '').split(/\s+/)];
    return words.some((word) => folded(word).startsWith(sought));
}

/** Without case and accents, so that "andre" finds "André". */
function folded(text) {
    return text.trim().toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '');
}
