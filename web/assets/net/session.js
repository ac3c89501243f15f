import { RequestError, request } from './http.js';
import { accounts } from './accounts.js';
import { exclusively } from './exclusively.js';

/** How long before its end an access token is renewed: a fifth of its life, at most this many milliseconds. */
const longestMargin = 60_000;

/** Timers hold 31 bits of milliseconds; a longer wait is taken in steps. */
const longestTimer = 12 * 60 * 60 * 1000;

/** The least time between two renewals that nobody asked for, in milliseconds. */
const shortestTimer = 5_000;

/** Signs in. @param {string} name a username or an e-mail address @returns {Promise<Session>} */
export async function signIn(name, password, { isDemo = false } = {}) {
    const who = name.includes('@') ? { email: name } : { username: name };
    const device = accounts.deviceOf(name);
    const body = { ...who, password, device_name: deviceName(), ...device && { device_id: device } };
    const tokens = await request('/auth/login', { method: 'POST', body });
    accounts.setDevice(name, tokens.device_id);
    const { id, username, display_name } = await request('/users/me', { token: tokens.access });
    accounts.put({
        id, person: { id, username, display_name }, device_id: tokens.device_id, refresh: tokens.refresh, used_at: Date.now(), is_demo: isDemo,
    });
    const session = new Session(id);
    session.adopt(tokens);
    return session;
}

export async function signUp(username, password, displayName) {
    const body = { username, password };
    if (displayName) body.display_name = displayName;
    await request('/auth/register', { method: 'POST', body });
    return signIn(username, password);
}

/**
 * Somebody who is signed in on this device.
 *
 * The access token is in memory; what is needed to get another one is in `localStorage`, and all tabs of the account use it. A refresh token
 * is good for one use, and whoever uses it twice is taken for a thief: so one tab at a time renews, and tells the others.
 *
 * Events: `renewed` when there are new tokens; `ended` when this device is no longer signed in.
 */
export class Session extends EventTarget {
    #id;
    #access = null;  // {token, renewAt}; `renewAt` as `Date.now()` counts
    #renewal = null;
    #timer = 0;
    #hasEnded = false;
    #channel;

    /** @param {string} id of an account of this browser */
    constructor(id) {
        super();
        this.#id = id;
        this.person = accounts.get(id).person;
        this.#channel = new BroadcastChannel(`parley.session.${id}`);
        this.#channel.addEventListener('message', ({ data: { access, hasEnded } }) => hasEnded ? this.#end() : this.#take(access));
    }

    /** Takes tokens that the service gave. */
    adopt({ access, expires_in: seconds }) {
        const life = seconds * 1000;
        const taken = { token: access, renewAt: Date.now() + life - Math.min(longestMargin, life / 5) };
        this.#channel.postMessage({ access: taken });
        this.#take(taken);
    }

    /** Remembers how somebody is called now. */
    rename(person) {
        this.person = person;
        const account = accounts.get(this.#id);
        if (account) accounts.put({ ...account, person });
    }

    /** Signs out here at once, and tells the service if it can be reached. */
    async signOut() {
        const refresh = accounts.get(this.#id)?.refresh;
        this.#forget();
        this.#channel.postMessage({ hasEnded: true });
        if (!refresh) return;
        // Without an answer the tokens end by themselves.
        await request('/auth/logout', { method: 'POST', body: { refresh } }).catch(() => {});
    }

    /**
     * An access token that is good for a while yet.
     *
     * @throws {RequestError} when there is none and none can be had now
     */
    async accessToken() {
        if (this.#renewal || !this.#isFresh) await this.renew(this.#access?.token);
        if (!this.#access) throw signedOut();
        return this.#access.token;
    }

    /** Gets new tokens in place of `old`, unless another tab did. Whoever asks while it is under way shares the outcome. */
    renew(old = this.#access?.token) {
        this.#renewal ??= exclusively(`parley.renewal.${this.#id}`, () => this.#renew(old)).finally(() => { this.#renewal = null; });
        return this.#renewal;
    }

    async #renew(old) {
        if (this.#hasEnded) throw signedOut();
        if (this.#access && this.#access.token !== old && this.#isFresh) return;
        const before = accounts.get(this.#id);
        if (!before) {
            this.#end();
            throw signedOut();
        }
        try {
            const tokens = await request('/auth/refresh', { method: 'POST', body: { refresh: before.refresh } });
            const account = accounts.get(this.#id);
            if (!account) return;  // signed out meanwhile
            accounts.put({ ...account, refresh: tokens.refresh });
            this.adopt(tokens);
        } catch (error) {
            if (!error.isTemporary && accounts.get(this.#id)?.refresh === before.refresh) {
                accounts.remove(this.#id);
                this.#channel.postMessage({ hasEnded: true });
                this.#end();
            }
            throw error;
        }
    }

    get #isFresh() {
        return Date.now() < (this.#access?.renewAt ?? 0);
    }

    #take(access) {
        this.#access = access;
        this.#schedule();
        this.dispatchEvent(new Event('renewed'));
    }

    #end() {
        if (this.#hasEnded) return;
        this.#forget();
        this.dispatchEvent(new Event('ended'));
    }

    #forget() {
        this.#hasEnded = true;
        this.#access = null;
        clearTimeout(this.#timer);
        accounts.remove(this.#id);
    }

    /** Renews ahead of need, so that nobody waits for it. */
    #schedule() {
        clearTimeout(this.#timer);
        const wait = Math.max(shortestTimer, this.#access.renewAt - Date.now());
        this.#timer = setTimeout(async () => {
            await this.accessToken().catch(() => {});  // it is tried again, unless the session has ended
            if (this.#access) this.#schedule();
        }, Math.min(wait, longestTimer));
    }
}

function signedOut() {
    return new RequestError(401, { code: 'unauthenticated', message: 'Please sign in.' });
}

/** What the list of devices calls this browser: "Chromium on Linux". */
function deviceName() {
    const agent = navigator.userAgent;
    const browser = [['Edg/', 'Edge'], ['OPR/', 'Opera'], ['Firefox/', 'Firefox'], ['Chrome/', 'Chrome'], ['Safari/', 'Safari']]
        .find(([mark]) => agent.includes(mark))?.[1] ?? 'Browser';
    const system = [['Android', 'Android'], ['iPhone', 'iPhone'], ['iPad', 'iPad'], ['Mac OS', 'Mac'], ['Windows', 'Windows'], ['Linux', 'Linux']]
        .find(([mark]) => agent.includes(mark))?.[1];
    return system ? `${browser} on ${system}` : browser;
}
