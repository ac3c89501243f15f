/**
 * What somebody has written and the service has not confirmed yet, in the order written.
 *
 * An entry is `{client_msg_id, conversation_id, content, written_at, failure?}`. `written_at` is in milliseconds and is also the order:
 * no two entries share it. `failure` is the reason why an entry will not be sent by itself. The functions return the entry to be stored.
 */
export class OutboxQueue {
    #entries = new Map();  // client_msg_id → entry, in order
    #latest = 0;

    /** Takes what was stored, in any order, in place of what is here. */
    load(entries) {
        const sorted = [...entries].sort((a, b) => a.written_at - b.written_at);
        this.#entries = new Map(sorted.map((entry) => [entry.client_msg_id, entry]));
        this.#latest = Math.max(this.#latest, sorted.at(-1)?.written_at ?? 0);
    }

    get size() {
        return this.#entries.size;
    }

    /** The conversations that something waits for. */
    get conversations() {
        return new Set([...this.#entries.values()].map((entry) => entry.conversation_id));
    }

    has(clientMessageID) {
        return this.#entries.has(clientMessageID);
    }

    entries(conversationID) {
        return [...this.#entries.values()].filter((entry) => entry.conversation_id === conversationID);
    }

    /** What is to be sent next to a conversation. */
    next(conversationID) {
        return this.entries(conversationID).find((entry) => !entry.failure);
    }

    /** @param {number} now milliseconds; a clock that was set back does not change the order */
    add(clientMessageID, conversationID, content, now = Date.now()) {
        return this.#put({ client_msg_id: clientMessageID, conversation_id: conversationID, content }, now);
    }

    /** @returns {object | undefined} nothing when it was withdrawn meanwhile */
    fail(clientMessageID, reason) {
        const entry = this.#entries.get(clientMessageID);
        if (!entry) return undefined;
        const failed = { ...entry, failure: reason };
        this.#entries.set(clientMessageID, failed);
        return failed;
    }

    /** Puts a failed message at the end, to be sent once more under the id it has. */
    retry(clientMessageID, now = Date.now()) {
        const { failure, ...entry } = this.#entries.get(clientMessageID);
        this.#entries.delete(clientMessageID);
        return this.#put(entry, now);
    }

    remove(clientMessageID) {
        return this.#entries.delete(clientMessageID);
    }

    #put(entry, now) {
        this.#latest = Math.max(now, this.#latest + 1);
        const dated = { ...entry, written_at: this.#latest };
        this.#entries.set(entry.client_msg_id, dated);
        return dated;
    }
}
