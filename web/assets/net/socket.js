import { backOff } from '../core/back-off.js';

/** Times in milliseconds. */
const connectPatience = 10_000;
const answerPatience = 10_000;
const probePatience = 5_000;
const usualHeartbeat = 30_000;

/** A connection that stood this long was a good one: when it is lost the first attempt comes soon. Milliseconds. */
const steady = 10_000;

/** Codes with which Parley closes a socket, of those that need something else than another attempt. */
const closeCode = { unauthenticated: 4001, tokenExpired: 4009, replaced: 4011 };

/** A command that got no answer: nobody knows whether it was carried out. */
export class ConnectionLost extends Error {}

/** A command that was refused. */
export class CommandRefused extends Error {
    constructor({ code, message, retry_after_ms: retryAfter }) {
        super(message);
        this.code = code;
        this.retryAfter = retryAfter ?? 0;  // milliseconds
    }
}

/**
 * The one connection of this device, kept up for as long as somebody is signed in.
 *
 * Events: `state` when it changes; `ready` when the service has let us in (`detail`: what it said); `frame` for what comes unasked
 * (`detail`: `{type, data}`).
 */
export class Socket extends EventTarget {
    #session;
    #socket = null;
    #state = 'stopped';
    #turn = 0;  // counts connections, so that what belongs to an earlier one is not taken for the present one's
    #attempt = 0;
    #attemptTimer = 0;
    #patience = 0;
    #heartbeat = 0;
    #probe = 0;
    #readySince = 0;
    #heardAt = 0;
    #lastCommand = 0;
    #unanswered = new Map();  // command id → {resolve, reject, timer}

    /** @param {import('./session.js').Session} session */
    constructor(session) {
        super();
        this.#session = session;
        session.addEventListener('renewed', () => this.#renewed());
        addEventListener('online', () => this.#encourage());
        addEventListener('offline', () => this.#ping());
        addEventListener('focus', () => this.#state === 'replaced' && this.start());  // tabs that cannot share take turns
        document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.#encourage());
    }

    /** `stopped`, `connecting`, `ready`, `waiting` for the next attempt, or `replaced` by the same device elsewhere. */
    get state() {
        return this.#state;
    }

    /** Connects now, and from here on stays connected. */
    start() {
        if (this.#state === 'connecting' || this.#state === 'ready') return;
        clearTimeout(this.#attemptTimer);
        this.#connect();
    }

    stop() {
        clearTimeout(this.#attemptTimer);
        this.#detach();
        this.#attempt = 0;
        this.#enter('stopped');
    }

    /**
     * Sends a command and waits for its answer.
     *
     * @returns {Promise<{type: string, data: object}>} the answer
     * @throws {CommandRefused | ConnectionLost}
     */
    request(type, data) {
        if (this.#state !== 'ready') return Promise.reject(new ConnectionLost());
        const id = String(++this.#lastCommand);
        return new Promise((resolve, reject) => {
            const timer = setTimeout(() => this.#lose(), answerPatience);
            this.#unanswered.set(id, { resolve, reject, timer });
            this.#socket.send(JSON.stringify({ type, id, data }));
        });
    }

    async #connect() {
        const turn = ++this.#turn;
        this.#enter('connecting');
        this.#patience = setTimeout(() => this.#lose(), connectPatience);
        let token;
        try {
            token = await this.#session.accessToken();
        } catch {
            if (turn === this.#turn) this.#lose();
            return;
        }
        if (turn !== this.#turn) return;

        const address = new URL('/ws', location.href);
        address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
        const socket = this.#socket = new WebSocket(address, ['parley.v1']);
        const listen = (type, handle) => socket.addEventListener(type, (event) => turn === this.#turn && handle(event));
        listen('open', () => socket.send(JSON.stringify({ type: 'auth', data: { token } })));
        listen('message', ({ data }) => this.#receive(JSON.parse(data)));
        listen('close', ({ code }) => this.#closed(code));
    }

    #receive({ type, id, data = {} }) {
        this.#heardAt = Date.now();
        const command = this.#unanswered.get(id);
        if (command) {
            this.#unanswered.delete(id);
            clearTimeout(command.timer);
            if (type === 'error') command.reject(new CommandRefused(data));
            else command.resolve({ type, data });
        } else if (type === 'ready') {
            this.#letIn(data);
        } else if (type === 'reconnect') {
            this.#lose(data.after_ms);
        } else if (type !== 'pong') {
            this.dispatchEvent(new CustomEvent('frame', { detail: { type, data } }));
        }
    }

    #letIn(data) {
        clearTimeout(this.#patience);
        this.#readySince = Date.now();
        this.#heartbeat = setInterval(() => this.#ping(), data.heartbeat_ms ?? usualHeartbeat);
        this.#enter('ready');
        this.dispatchEvent(new CustomEvent('ready', { detail: data }));
    }

    /** Sends a command that nobody answers, if it can be sent now. */
    notify(type, data) {
        if (this.#state === 'ready') this.#socket.send(JSON.stringify({ type, data }));
    }

    /**
     * A connection that is shown a newer token lives as long as that; otherwise it would be closed and made anew. And whoever signed in
     * again on this device, in another tab, ended the connection made before.
     */
    async #renewed() {
        if (this.#state === 'replaced') this.start();
        if (this.#state !== 'ready') return;
        const token = await this.#session.accessToken();
        await this.request('auth', { token }).catch(() => {});
    }

    /** Asks whether anybody is there: a dead network says nothing by itself. */
    #ping() {
        if (this.#state !== 'ready') return;
        const asked = Date.now();
        this.#socket.send('{"type":"ping"}');
        clearTimeout(this.#probe);
        this.#probe = setTimeout(() => this.#heardAt < asked && this.#lose(), probePatience);
    }

    /** The network is back, or somebody looks at the page again. */
    #encourage() {
        if (this.#state === 'waiting') this.start();
        else this.#ping();
    }

    #closed(code) {
        if (code === closeCode.replaced) {
            this.#detach();
            this.#enter('replaced');
            return;
        }
        const expired = code === closeCode.tokenExpired || code === closeCode.unauthenticated;
        // The next attempt waits for the renewal, and meets the same trouble if it fails.
        if (expired) this.#session.renew().catch(() => {});
        this.#lose(expired && this.#wasSteady ? 0 : undefined);
    }

    get #wasSteady() {
        return this.#readySince > 0 && Date.now() - this.#readySince >= steady;
    }

    /**
     * Lets go of the connection and arranges for the next one.
     *
     * @param {number} [wait] milliseconds, where it is known better than by backing off
     */
    #lose(wait) {
        if (this.#wasSteady) this.#attempt = 0;
        this.#detach();
        this.#attemptTimer = setTimeout(() => this.start(), wait ?? backOff(this.#attempt));
        this.#attempt += 1;
        this.#enter('waiting');
    }

    #detach() {
        this.#turn += 1;
        clearTimeout(this.#patience);
        clearInterval(this.#heartbeat);
        clearTimeout(this.#probe);
        this.#socket?.close();
        this.#socket = null;
        this.#readySince = 0;
        const abandoned = [...this.#unanswered.values()];
        this.#unanswered.clear();
        for (const { reject, timer } of abandoned) {
            clearTimeout(timer);
            reject(new ConnectionLost());
        }
    }

    #enter(state) {
        if (this.#state === state) return;
        this.#state = state;
        this.dispatchEvent(new Event('state'));
    }
}
