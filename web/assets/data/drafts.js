import { JSONStorage } from './json-storage.js';

/** What somebody has begun to write, for each conversation. */
export class Drafts {
    #storage;
    #known = new Map();

    constructor(personID) {
        this.#storage = new JSONStorage('localStorage', `parley.draft.${personID}`);
        addEventListener('storage', () => this.#known.clear());  // another tab wrote
    }

    get(conversationID) {
        if (!this.#known.has(conversationID)) this.#known.set(conversationID, this.#storage.get(conversationID) ?? '');
        return this.#known.get(conversationID);
    }

    set(conversationID, text) {
        this.#known.set(conversationID, text);
        if (text) this.#storage.set(conversationID, text);
        else this.#storage.remove(conversationID);
    }

    clear() {
        this.#known.clear();
        this.#storage.clear();
    }
}
