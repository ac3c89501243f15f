/** What the views build with. Text enters the page through `textContent` only; there is no markup in strings. */

/** The parts of a view by name: whatever in it has `data-part`. */
export function partsOf(root) {
    return Object.fromEntries([...root.querySelectorAll('[data-part]')].map((part) => [part.dataset.part, part]));
}

/** A copy of what is in a `<template>`: its element, and its parts by name. */
export function instantiate(templateID) {
    const element = document.getElementById(templateID).content.firstElementChild.cloneNode(true);
    return { element, parts: partsOf(element) };
}

/** Writes text, unless it is there: what does not change keeps the reader's selection. */
export function setText(element, text) {
    if (element.textContent !== text) element.textContent = text;
}

/** Gives an element these children, in this order. What stands in the right order already is not touched, and the focus stays where it is. */
export function setChildren(parent, children) {
    const focused = document.activeElement;
    const wanted = new Set(children);
    for (const child of [...parent.children]) {
        if (!wanted.has(child)) child.remove();
    }
    let place = parent.firstElementChild;
    for (const child of children) {
        if (child === place) place = place.nextElementSibling;
        else parent.insertBefore(child, place);
    }
    if (focused !== document.activeElement && parent.contains(focused)) focused.focus({ preventScroll: true });
}

/** One of the shapes at the foot of `index.html`. */
export function icon(name) {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.classList.add('icon');
    svg.setAttribute('aria-hidden', 'true');
    const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
    use.setAttribute('href', `#icon-${name}`);
    svg.append(use);
    return svg;
}
