import { initials, nameOf, tint } from '../core/format.js';
import { setText } from './dom.js';

/** Makes an element show a person: their initials on their colour. */
export function drawAvatar(element, person) {
    setText(element, initials(nameOf(person)));
    element.dataset.tint = tint(person.username);
}

/** A new avatar of a person. */
export function avatar(person) {
    const element = document.createElement('span');
    element.className = 'avatar';
    element.setAttribute('aria-hidden', 'true');
    drawAvatar(element, person);
    return element;
}
