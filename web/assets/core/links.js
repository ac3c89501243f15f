/** Addresses in a text. Only `http` and `https` become links, and only where the browser reads the same address as a person does. */

const candidate = /\bhttps?:\/\/[^\s<>"'`\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]+/giu;

/** What ends a sentence rather than an address. */
const trailing = /[.,;:!?…*_~|\\]+$/u;

const brackets = { ')': '(', ']': '[', '}': '{' };

/**
 * Cuts a text into plain pieces and links.
 *
 * @returns {{text: string, href?: string}[]} whose texts together are the text
 */
export function linked(text) {
    const pieces = [];
    let end = 0;
    for (const match of text.matchAll(candidate)) {
        const address = trimmed(match[0]);
        const href = safe(address);
        if (!href) continue;
        if (match.index > end) pieces.push({ text: text.slice(end, match.index) });
        pieces.push({ text: address, href });
        end = match.index + address.length;
    }
    if (end < text.length) pieces.push({ text: text.slice(end) });
    return pieces;
}

/** Without what belongs to the sentence around it: "(see https://example.org/a_(b))." ends after `(b)`. */
function trimmed(address) {
    let result = address, before;
    do {
        before = result;
        result = result.replace(trailing, '');
        const open = brackets[result.at(-1)];
        if (open && count(result, open) < count(result, result.at(-1))) result = result.slice(0, -1);
    } while (result !== before);
    return result;
}

function safe(address) {
    let url;
    try {
        url = new URL(address);
    } catch {
        return null;
    }
    // A name before an @ is how an address pretends to lead elsewhere.
    const isPlain = (url.protocol === 'https:' || url.protocol === 'http:') && !url.username && !url.password;
    return isPlain && url.hostname ? url.href : null;
}

function count(text, character) {
    return text.split(character).length - 1;
}
