/**
 * Values in one of the browser's storages, as JSON, under a prefix of their own.
 *
 * A browser that refuses (cookies blocked, disk full) costs what would have outlived the page, nothing else.
 */
export class JSONStorage {
    #area;
    #prefix;

    /**
     * @param {'localStorage' | 'sessionStorage'} area
     * @param {string} prefix
     */
    constructor(area, prefix) {
        this.#prefix = `${prefix}.`;
        try {
            this.#area = window[area];
        } catch {
            this.#area = null;
        }
    }

    get(key) {
        try {
            return JSON.parse(this.#area?.getItem(this.#prefix + key) ?? 'null');
        } catch {
            return null;
        }
    }

    set(key, value) {
        try {
            this.#area?.setItem(this.#prefix + key, JSON.stringify(value));
        } catch {
            // As said above.
        }
    }

    remove(key) {
        this.#area?.removeItem(this.#prefix + key);
    }

    /** All values, in no order. */
    values() {
        return this.#keys.map((key) => this.get(key)).filter((value) => value !== null);
    }

    clear() {
        for (const key of this.#keys) this.remove(key);
    }

    get #keys() {
        const keys = Object.keys(this.#area ?? {}).filter((key) => key.startsWith(this.#prefix));
        return keys.map((key) => key.slice(this.#prefix.length));
    }
}
