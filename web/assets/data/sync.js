import { hasGap } from '../core/revisions.js';
import { Upkeep } from './upkeep.js';

/** How long an event may wait for one that came behind it, in milliseconds. */
const disorder = 250;

/**
 * Catching up. The token says what is known here; the service answers with what changed since. Live events that come meanwhile overlap with
 * the answer, and whatever is known already changes nothing, so neither has to wait for the other.
 */
export class Sync {
    #api;
    #store;
    #upkeep;
    #gapTimer = 0;

    /**
     * @param {import('../net/api.js').API} api
     * @param {import('./store.js').Store} store
     * @param {() => void} onCaughtUp
     */
    constructor(api, store, onCaughtUp) {
        this.#api = api;
        this.#store = store;
        this.#upkeep = new Upkeep(async () => {
            await this.#catchUp();
            onCaughtUp();
        }, () => this.#settled());
        store.addEventListener('gap', () => this.#gap());
    }

    /** Catches up now. */
    ask() {
        this.#upkeep.ask();
    }

    /** Learns everything anew. */
    askForAll() {
        this.#store.token = null;
        this.#upkeep.ask();
    }

    /** Reads the next page of the inbox, if there is one. */
    async readMoreConversations() {
        const { inbox } = this.#store;
        const { cursor } = inbox;
        if (!cursor) return;
        inbox.cursor = null;  // until this page says where the next one begins
        try {
            this.#store.takePage(await this.#api.conversations(cursor));
        } catch {
            inbox.cursor = cursor;  // scrolling asks again
        }
    }

    async #catchUp() {
        let answer;
        do {
            answer = await this.#api.sync(this.#store.token);
            this.#store.takeSync(answer);
        } while (!answer.reset && answer.has_more);
    }

    #settled() {
        this.#store.inbox.trouble = this.#upkeep.trouble;
        this.#store.changed();
    }

    /** Something is missing, or only late: events of one conversation may overtake the answer to one's own command. */
    #gap() {
        clearTimeout(this.#gapTimer);
        this.#gapTimer = setTimeout(() => {
            if (this.#store.conversations.some(hasGap)) this.ask();
        }, disorder);
    }
}
