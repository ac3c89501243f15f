import { MarkPace } from '../core/mark-pace.js';
import { CommandRefused } from '../net/socket.js';

/**
 * Tells the service how far things have got: delivered once they are on this device's disk, read once they were before somebody's eyes.
 *
 * What could not be told is told after the next connection: the store knows how far one has read, and the service what it has heard.
 */
export class Marks {
    #link;
    #store;
    #tabs;
    #pace = new Map();  // conversation id → {pace, timer}
    #deliveries = Promise.resolve();

    constructor(link, store, tabs) {
        this.#link = link;
        this.#store = store;
        this.#tabs = tabs;
    }

    /** One has read up to `seq`. */
    read(conversationID, seq) {
        if (this.#store.read(conversationID, seq)) this.#schedule(conversationID);
    }

    /** Tells what waits: after a new connection. */
    resume() {
        for (const { id, read_seq: read, told_seq: told } of this.#store.conversations) {
            if (read > told) this.#schedule(id);
        }
        this.delivered();
    }

    /** Whatever has come is delivered. One mark after the other: a long absence must not look like a flood. */
    delivered() {
        if (!this.#tabs.isLeader) return;
        this.#deliveries = this.#deliveries.then(async () => {
            await this.#store.saved();  // what is not on the disk yet could still be lost
            for (const { id, last_seq: seq, last_message: last, delivered_seq: told, unread_count: unread } of this.#store.conversations) {
                const isTheirs = unread > 0 || last?.sender_id !== this.#store.person.id;
                if (seq > told && isTheirs) await this.#tell('mark_delivered', id, seq);
            }
        });
    }

    #schedule(id) {
        const entry = this.#pace.get(id) ?? { pace: new MarkPace(), timer: 0 };
        this.#pace.set(id, entry);
        const seq = this.#store.conversation(id).read_seq;
        clearTimeout(entry.timer);
        entry.timer = setTimeout(async () => {
            const conversation = this.#store.conversation(id);
            if (!conversation || conversation.read_seq <= conversation.told_seq || this.#link.state !== 'ready') return;
            entry.pace.told(conversation.read_seq, Date.now());
            await this.#tell('mark_read', id, conversation.read_seq);
        }, entry.pace.wait(seq, Date.now()));
    }

    /** The answer comes to all tabs as a frame, by which the store learns of it. */
    async #tell(type, id, seq) {
        try {
            await this.#link.request(type, { conversation_id: id, seq });
        } catch (error) {
            if (!(error instanceof CommandRefused) || error.code !== 'rate_limited') return;  // the next connection tells it
            await new Promise((resume) => setTimeout(resume, error.retryAfter));
            if (type === 'mark_read') this.#schedule(id);
        }
    }
}
