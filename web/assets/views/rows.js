import { instantiate } from './dom.js';

/** Elements made from one template, one for each key, kept from one drawing to the next. */
export class Rows {
    #templateID;
    #rows = new Map();
    #used = new Set();

    constructor(templateID) {
        this.#templateID = templateID;
    }

    /**
     * The row of a key.
     *
     * @param {(row: {element: Element, parts: object}) => void} [onMade] called once, when there was none
     */
    get(key, onMade) {
        this.#used.add(key);
        let row = this.#rows.get(key);
        if (!row) {
            row = instantiate(this.#templateID);
            this.#rows.set(key, row);
            onMade?.(row);
        }
        return row;
    }

    /** Forgets the rows that nobody asked for since the last time. */
    sweep() {
        for (const key of [...this.#rows.keys()]) {
            if (!this.#used.has(key)) this.#rows.delete(key);
        }
        this.#used.clear();
    }
}
