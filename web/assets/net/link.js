import { CommandRefused, ConnectionLost, Socket } from './socket.js';

/** How long the leading tab may take to carry a command out, in milliseconds. */
const patience = 15_000;

/** Answers that tell all tabs something, besides answering one. */
const told = new Set(['read_update', 'delivered_update', 'presence']);

/**
 * The one socket of this device, as each of its tabs sees it: the leading tab has it, the others speak through that one.
 *
 * Events: `state`; `ready` when the service has let us in (`detail`: what it said), also to a tab that comes later; `frame` for what comes
 * unasked and what concerns all tabs (`detail`: `{type, data}`).
 */
export class Link extends EventTarget {
    #session;
    #tabs;
    #socket = null;
    #state = 'connecting';
    #ready = null;
    #commands = 0;
    #unanswered = new Map();  // of a tab that does not lead: command id → {resolve, reject, timer}

    /**
     * @param {import('./session.js').Session} session
     * @param {import('./tabs.js').Tabs} tabs
     */
    constructor(session, tabs) {
        super();
        this.#session = session;
        this.#tabs = tabs;
        tabs.addEventListener('told', ({ detail }) => this.#heard[detail.type]?.(detail));
        // The leading tab may be in the background, where the browser lets it wait.
        document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && !this.#socket && this.tryNow());
    }

    /** `connecting`, `ready`, `waiting` for the next attempt, or `replaced` by the same device elsewhere. */
    get state() {
        return this.#socket?.state ?? this.#state;
    }

    start() {
        if (this.#tabs.isLeader) {
            this.#lead();
        } else {
            this.#tabs.addEventListener('leading', () => this.#lead(), { once: true });
            this.#tabs.tell('hello');
        }
    }

    /** Connects now rather than after the pause. */
    tryNow() {
        if (this.#socket) this.#socket.start();
        else this.#tabs.tell('try-now');
    }

    stop() {
        this.#socket?.stop();
    }

    /**
     * Sends a command and waits for its answer.
     *
     * @returns {Promise<object>} `data` of the answer
     * @throws {CommandRefused | ConnectionLost}
     */
    async request(type, data) {
        if (this.#socket) {
            const answer = await this.#socket.request(type, data);
            this.#answered(answer);
            return answer.data;
        }
        if (this.#state !== 'ready') throw new ConnectionLost();
        const id = ++this.#commands;
        return new Promise((resolve, reject) => {
            const timer = setTimeout(() => this.#settle(id, ({ reject }) => reject(new ConnectionLost())), patience);
            this.#unanswered.set(id, { resolve, reject, timer });
            this.#tabs.tell('command', { id, type, data });
        });
    }

    /** Sends a command that nobody answers, if it can be sent now. */
    notify(type, data) {
        if (this.#socket) this.#socket.notify(type, data);
        else this.#tabs.tell('notice', { type, data });
    }

    /** Tells all other tabs what this one has learnt, as a frame. */
    share(type, data) {
        this.#tabs.tell('frame', { type, data });
    }

    #lead() {
        this.#abandon();
        const socket = this.#socket = new Socket(this.#session);
        socket.addEventListener('state', () => {
            this.#tabs.tell('state', { state: socket.state });
            this.dispatchEvent(new Event('state'));
        });
        socket.addEventListener('ready', ({ detail }) => {
            this.#ready = detail;
            this.#tabs.tell('ready', detail);
            this.dispatchEvent(new CustomEvent('ready', { detail }));
        });
        socket.addEventListener('frame', ({ detail }) => {
            this.#tabs.tell('frame', detail);
            this.#frame(detail);
        });
        socket.start();
    }

    #heard = {
        // To the tab that leads
        'hello': ({ from }) => {
            if (!this.#socket) return;
            this.#tabs.tell('state', { state: this.state }, from);
            if (this.state === 'ready') this.#tabs.tell('ready', this.#ready, from);
        },
        'try-now': () => this.#socket?.start(),
        'notice': ({ data: { type, data } }) => this.#socket?.notify(type, data),
        'command': ({ data, from }) => this.#socket && this.#carryOut(data, from),
        // To the others
        'state': ({ data: { state } }) => this.#enter(state),
        'ready': ({ data }) => {
            this.#enter('ready');
            this.dispatchEvent(new CustomEvent('ready', { detail: data }));
        },
        'frame': ({ data }) => this.#frame(data),
        'answer': ({ data: { id, data, refusal } }) => this.#settle(id, ({ resolve, reject }) => {
            if (data) resolve(data);
            else reject(refusal ? new CommandRefused(refusal) : new ConnectionLost());
        }),
    };

    async #carryOut({ id, type, data }, from) {
        try {
            const answer = await this.#socket.request(type, data);
            this.#answered(answer);
            this.#tabs.tell('answer', { id, data: answer.data }, from);
        } catch (error) {
            const refusal = error instanceof CommandRefused
                ? { code: error.code, message: error.message, retry_after_ms: error.retryAfter } : undefined;
            this.#tabs.tell('answer', { id, refusal }, from);
        }
    }

    #answered(answer) {
        if (!told.has(answer.type)) return;
        this.#tabs.tell('frame', answer);
        this.#frame(answer);
    }

    #frame(detail) {
        this.dispatchEvent(new CustomEvent('frame', { detail }));
    }

    #enter(state) {
        if (this.#socket || this.#state === state) return;
        this.#state = state;
        if (state !== 'ready') this.#abandon();
        this.dispatchEvent(new Event('state'));
    }

    /** Nobody knows what became of commands that were given to another tab. */
    #abandon() {
        for (const id of [...this.#unanswered.keys()]) this.#settle(id, ({ reject }) => reject(new ConnectionLost()));
    }

    #settle(id, settle) {
        const command = this.#unanswered.get(id);
        if (!command) return;
        this.#unanswered.delete(id);
        clearTimeout(command.timer);
        settle(command);
    }
}
