import { JSONStorage } from './json-storage.js';

/** What somebody has begun to write, for each conversation; it outlives a reload of this tab. */
export class Drafts {
    #storage;

    constructor(personID) {
        this.#storage = new JSONStorage('sessionStorage', `parley.draft.${personID}`);
    }

    get(conversationID) {
        return this.#storage.get(conversationID) ?? '';
    }

    set(conversationID, text) {
        if (text) this.#storage.set(conversationID, text);
        else this.#storage.remove(conversationID);
    }
}
