import { backOff } from '../core/back-off.js';
import { uuid } from '../core/uuid.js';
import { ConnectionLost } from '../net/socket.js';

/** Refusals that pass by themselves. */
const passing = new Set(['rate_limited', 'unavailable', 'timeout', 'internal']);

/** How often a message is tried against failures of the service before its writer is asked. A rate limit is not a failure. */
const mostAttempts = 5;

/**
 * Carries what is written to the service. It is in the outbox, on the disk, before it goes anywhere; the leading tab sends it.
 *
 * In each conversation the next message waits for the answer to the one before: so a limit or a lost connection in between never changes
 * their order. Trying again is safe, because a message keeps its `client_msg_id`.
 */
export class Sender {
    #link;
    #store;
    #tabs;
    #busy = new Set();  // conversation ids

    /**
     * @param {import('../net/link.js').Link} link
     * @param {import('./store.js').Store} store
     * @param {import('../net/tabs.js').Tabs} tabs
     */
    constructor(link, store, tabs) {
        this.#link = link;
        this.#store = store;
        this.#tabs = tabs;
        store.addEventListener('outbox', () => this.resume());
        tabs.addEventListener('leading', () => this.resume());
    }

    /** Writes a message. @returns {Promise<void>} when it is on the disk */
    async write(conversationID, content) {
        const entry = this.#store.outbox.add(uuid(), conversationID, content);
        await this.#store.changeOutbox({ put: [entry] });
        this.#send(conversationID);
    }

    async retry(conversationID, clientMessageID) {
        await this.#store.changeOutbox({ put: [this.#store.outbox.retry(clientMessageID)] });
        this.#send(conversationID);
    }

    discard(clientMessageID) {
        this.#store.outbox.remove(clientMessageID);
        return this.#store.changeOutbox({ remove: [clientMessageID] });
    }

    /** Sends whatever waits, in all conversations. */
    resume() {
        for (const conversationID of this.#store.outbox.conversations) this.#send(conversationID);
    }

    /** Without a database the tabs do not know of each other's messages, and each sends its own. */
    get #isSender() {
        return this.#tabs.isLeader || !this.#store.isKept;
    }

    /** Sends what waits for one conversation. Without a connection it goes on waiting, for `resume`. */
    async #send(conversationID) {
        if (!this.#isSender || this.#busy.has(conversationID)) return;
        this.#busy.add(conversationID);
        let entry, attempts = 0;
        while (this.#link.state === 'ready' && (entry = this.#store.outbox.next(conversationID))) {
            try {
                await this.#sendOne(entry);
                attempts = 0;
            } catch (error) {
                if (error instanceof ConnectionLost) continue;
                if (error.code !== 'rate_limited') attempts += 1;
                if (passing.has(error.code) && attempts < mostAttempts) {
                    await new Promise((resume) => setTimeout(resume, error.retryAfter || backOff(attempts)));
                } else {
                    const failed = this.#store.outbox.fail(entry.client_msg_id, error.message);
                    if (failed) await this.#store.changeOutbox({ put: [failed] });
                    attempts = 0;
                }
            }
        }
        this.#busy.delete(conversationID);
    }

    /** The service tells all devices but this one; so its other tabs are told here. */
    async #sendOne({ conversation_id, content, client_msg_id }) {
        const ack = await this.#link.request('send_message', { conversation_id, content, client_msg_id });
        const { id, username, display_name } = this.#store.person;
        const message = {
            id: ack.server_id, conversation_id, seq: ack.seq, rev: ack.rev, sender_id: id, sender: { id, username, display_name },
            type: 'text', content, client_msg_id, sent_at: ack.sent_at,
        };
        this.#store.takeMessage(message);
        this.#link.share('new_message', message);
    }
}
