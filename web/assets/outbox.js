import { JSONStorage } from './json-storage.js';

/**
 * What somebody has written and the service has not confirmed yet.
 *
 * It outlives a reload, a crash and signing in again, so it is in `localStorage`, one key for each message: two tabs of one person may both
 * find a message here and send it, which the service knows by its `client_msg_id` and stores once.
 *
 * An entry is `{client_msg_id, conversation_id, content, written_at, failure?}`. `written_at` is in milliseconds and also the order:
 * no two entries of a tab share it. `failure` is the reason why it will not be sent by itself.
 */
export class Outbox {
    #storage;
    #entries = new Map();  // client_msg_id → entry, in the order written
    #latest = 0;

    constructor(personID) {
        this.#storage = new JSONStorage('localStorage', `parley.outbox.${personID}`);
        const kept = this.#storage.values().sort((a, b) => a.written_at - b.written_at);
        for (const entry of kept) this.#entries.set(entry.client_msg_id, entry);
        this.#latest = kept.at(-1)?.written_at ?? 0;
    }

    get size() {
        return this.#entries.size;
    }

    /** The conversations that something waits for. */
    get conversations() {
        return new Set([...this.#entries.values()].map((entry) => entry.conversation_id));
    }

    entries(conversationID) {
        return [...this.#entries.values()].filter((entry) => entry.conversation_id === conversationID);
    }

    /** What is to be sent next to a conversation. */
    next(conversationID) {
        return this.entries(conversationID).find((entry) => !entry.failure);
    }

    has(clientMessageID) {
        return this.#entries.has(clientMessageID);
    }

    add(conversationID, content) {
        this.#put({ client_msg_id: uuid(), conversation_id: conversationID, content });
    }

    fail(entry, reason) {
        if (!this.has(entry.client_msg_id)) return;
        const failed = { ...entry, failure: reason };
        this.#entries.set(entry.client_msg_id, failed);
        this.#storage.set(entry.client_msg_id, failed);
    }

    /** Puts a failed message at the end, to be sent once more under the `client_msg_id` it has. */
    retry(clientMessageID) {
        const { failure, ...entry } = this.#entries.get(clientMessageID);
        this.#entries.delete(clientMessageID);
        this.#put(entry);
    }

    remove(clientMessageID) {
        this.#entries.delete(clientMessageID);
        this.#storage.remove(clientMessageID);
    }

    clear() {
        for (const id of [...this.#entries.keys()]) this.remove(id);
    }

    #put(entry) {
        this.#latest = Math.max(Date.now(), this.#latest + 1);
        const dated = { ...entry, written_at: this.#latest };
        this.#entries.set(entry.client_msg_id, dated);
        this.#storage.set(entry.client_msg_id, dated);
    }
}

/** A UUID of version 7: the time in front lets the server store it more cheaply than a random one. */
function uuid() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = bytes[6] & 0x0f | 0x70;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    const time = Date.now().toString(16).padStart(12, '0');
    const hex = time + Array.from(bytes.subarray(6), (byte) => byte.toString(16).padStart(2, '0')).join('');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
