import { JSONStorage } from './json-storage.js';

/**
 * How far this person has looked at each conversation on this device, by `seq`.
 *
 * What stood in the inbox before the first visit counts as seen: nobody here knows better.
 */
export class Seen {
    #storage = new JSONStorage('localStorage', 'parley.seen');
    #personID;
    #marks;

    constructor(personID) {
        this.#personID = personID;
        const kept = this.#storage.get(personID);
        this.isFirstVisit = kept === null;
        this.#marks = kept ?? {};
    }

    /** Takes conversations that nothing is known of as seen. */
    assume(conversations) {
        this.isFirstVisit = false;
        for (const { id, last_message: last } of conversations) this.#marks[id] ??= last?.seq ?? 0;
        this.#keep();
    }

    /** @returns {boolean} whether that was news */
    mark(conversationID, seq) {
        if (seq <= (this.#marks[conversationID] ?? 0)) return false;
        this.#marks[conversationID] = seq;
        this.#keep();
        return true;
    }

    /** Whether somebody else has written since this person looked. */
    hasNews({ id, last_message: last }) {
        return Boolean(last) && last.sender_id !== this.#personID && last.seq > (this.#marks[id] ?? 0);
    }

    #keep() {
        this.#storage.set(this.#personID, this.#marks);
    }
}
