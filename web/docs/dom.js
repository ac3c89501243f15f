/** What the page is built with. Text enters it as text; there is no markup in strings. */

/**
 * An element. Properties that are functions are listeners, `data` is the dataset, the others attributes; `null` and `false` are left out.
 *
 * @param {string} name a tag, with classes: `p.lead`
 */
export function h(name, properties = {}, ...children) {
    const [tag, ...classes] = name.split('.');
    const element = document.createElement(tag);
    if (classes.length) element.classList.add(...classes);
    for (const [key, value] of Object.entries(properties)) {
        if (value === null || value === undefined || value === false) continue;
        if (typeof value === 'function') element.addEventListener(key, value);
        else if (key === 'data') Object.assign(element.dataset, value);
        else element.setAttribute(key, value === true ? '' : value);
    }
    element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
    return element;
}

/** Text in which what stands between backticks is code. */
export function prose(text) {
    return text.split('`').map((part, index) => (index % 2 ? h('code', {}, part) : part));
}

/** JSON as people read it, its kinds told apart by colour. */
export function json(value) {
    const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
    const code = h('code');
    const token = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b/g;
    let end = 0;
    for (const match of text.matchAll(token)) {
        code.append(text.slice(end, match.index));
        const [whole, string, colon, word] = match;
        if (string) code.append(h(colon ? 'span.name' : 'span.string', {}, string), colon ?? '');
        else code.append(h(word ? 'span.word' : 'span.number', {}, whole));
        end = match.index + whole.length;
    }
    code.append(text.slice(end));
    return h('pre.json', { tabindex: '0' }, code);
}

/** A button that copies what `text()` answers, and says so. */
export function copyButton(text) {
    const button = h('button.copy', {
        type: 'button',
        click: async () => {
            try {
                await navigator.clipboard.writeText(text());
                button.textContent = 'Copied';
            } catch {
                button.textContent = 'Not allowed';
            }
            setTimeout(() => { button.textContent = 'Copy'; }, 1500);
        },
    }, 'Copy');
    return button;
}
