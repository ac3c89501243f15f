import { partsOf } from './dom.js';

/** A `<dialog>`: opened over the page, closed by its button, by Escape, or by a click beside it; the focus returns to where it was. */
export class Dialog {
    #element;

    /** What is in it, by name. */
    parts;

    /** @param {HTMLDialogElement} element */
    constructor(element) {
        this.#element = element;
        this.parts = partsOf(element);
        this.parts.close?.addEventListener('click', () => this.close());
        element.addEventListener('click', (event) => {
            if (event.target === element && isOutside(element, event)) this.close();
        });
    }

    get isOpen() {
        return this.#element.open;
    }

    show() {
        if (!this.isOpen) this.#element.showModal();
        this.#element.querySelector('.dialog-body')?.scrollTo(0, 0);
    }

    close() {
        this.#element.close();
    }
}

/** A click on the backdrop is one on the dialog, but not within its edges. */
function isOutside(element, { clientX: x, clientY: y }) {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    return x < left || x > right || y < top || y > bottom;
}
