import { backOff } from './back-off.js';
import { ConnectionLost } from './socket.js';

/** Refusals that pass by themselves. */
const passing = new Set(['rate_limited', 'unavailable', 'timeout', 'internal']);

/** How often a message is tried against failures of the service before its writer is asked. A rate limit is not a failure. */
const mostAttempts = 5;

/**
 * Carries what is in the outbox to the service.
 *
 * In each conversation the next message waits for the answer to the one before: so a limit or a lost connection in between never changes
 * their order. Trying again is safe, because a message keeps its `client_msg_id`.
 */
export class Sender {
    #socket;
    #store;
    #onSent;
    #busy = new Set();  // conversation ids

    /**
     * @param {import('./socket.js').Socket} socket
     * @param {import('./store.js').Store} store
     * @param {(entry: object, ack: object) => void} onSent
     */
    constructor(socket, store, onSent) {
        this.#socket = socket;
        this.#store = store;
        this.#onSent = onSent;
    }

    /** Sends whatever waits, in all conversations. */
    resume() {
        for (const conversationID of this.#store.outbox.conversations) this.send(conversationID);
    }

    /** Sends what waits for one conversation. Without a connection it goes on waiting, for `resume`. */
    async send(conversationID) {
        if (this.#busy.has(conversationID)) return;
        this.#busy.add(conversationID);
        let entry, attempts = 0;
        while (this.#socket.state === 'ready' && (entry = this.#store.outbox.next(conversationID))) {
            try {
                const { conversation_id, content, client_msg_id } = entry;
                this.#onSent(entry, await this.#socket.request('send_message', { conversation_id, content, client_msg_id }));
                attempts = 0;
            } catch (error) {
                if (error instanceof ConnectionLost) continue;
                if (error.code !== 'rate_limited') attempts += 1;
                if (passing.has(error.code) && attempts < mostAttempts) {
                    await new Promise((resume) => setTimeout(resume, error.retryAfter || backOff(attempts)));
                } else {
                    this.#store.outbox.fail(entry, error.message);
                    this.#store.changed();
                    attempts = 0;
                }
            }
        }
        this.#busy.delete(conversationID);
    }
}
