import { RequestError, request } from './http.js';
import { JSONStorage } from './json-storage.js';
import { claim } from './claim.js';

/** How long before its end an access token is renewed: a fifth of its life, at most this many milliseconds. */
const longestMargin = 60_000;

/** Timers hold 31 bits of milliseconds; a longer wait is taken in steps. */
const longestTimer = 12 * 60 * 60 * 1000;

/** The least time between two renewals that nobody asked for, in milliseconds. */
const shortestTimer = 5_000;

const storage = new JSONStorage('sessionStorage', 'parley.session');

/**
 * Who this tab is.
 *
 * The access token is in memory. What is needed to get another one is kept in `sessionStorage`, so that two windows of one browser can be
 * two people. A refresh token is good for one use; whoever uses it twice is taken for a thief. So there is one renewal at a time, and a
 * tab that was duplicated lets go of its copy.
 *
 * Events: `renewed` when there are new tokens; `ended` when the service no longer accepts this device.
 */
export class Session extends EventTarget {
    #access = null;  // {token, renewAt}; `renewAt` as `Date.now()` counts
    #kept = null;  // {refresh, deviceID, person}
    #renewal = null;
    #timer = 0;
    #release = () => {};

    /** Whether this tab began as a copy of one that is still open. */
    isDuplicate = false;

    /** The session this tab had before a reload, if any. */
    static async restored() {
        const session = new Session();
        const kept = storage.get('device');
        if (!kept) return session;
        const release = await claim(kept.deviceID);
        if (release) {
            session.#release = release;
            session.#kept = kept;
        } else {
            storage.remove('device');  // this tab's copy only
            session.isDuplicate = true;
        }
        return session;
    }

    /** The person signed in: `{id, username, display_name}`; `null` when nobody is. */
    get person() {
        return this.#kept?.person ?? null;
    }

    /** @param {string} name a username or an e-mail address */
    async signIn(name, password) {
        const who = name.includes('@') ? { email: name } : { username: name };
        const tokens = await request('/auth/login', { method: 'POST', body: { ...who, password } });
        const person = await request('/users/me', { token: tokens.access });
        this.#release = (await claim(tokens.device_id)) ?? (() => {});
        this.isDuplicate = false;
        this.#keep(tokens, { deviceID: tokens.device_id, person });
    }

    async signUp(username, password, displayName) {
        const body = { username, password };
        if (displayName) body.display_name = displayName;
        await request('/auth/register', { method: 'POST', body });
        await this.signIn(username, password);
    }

    /** Signs out here at once, and tells the service if it can be reached. */
    async signOut() {
        const refresh = this.#kept?.refresh;
        this.#forget();
        if (!refresh) return;
        try {
            await request('/auth/logout', { method: 'POST', body: { refresh } });
        } catch {
            // Without an answer the tokens end by themselves.
        }
    }

    /**
     * An access token that is good for a while yet.
     *
     * @throws {RequestError} when there is none and none can be had now
     */
    async accessToken() {
        if (this.#kept && (this.#renewal || Date.now() >= (this.#access?.renewAt ?? 0))) await this.renew();
        if (!this.#access) throw new RequestError(401, { code: 'unauthenticated', message: 'Please sign in.' });
        return this.#access.token;
    }

    /** Gets new tokens now. Whoever asks while it is under way shares the outcome. */
    renew() {
        this.#renewal ??= this.#renew().finally(() => { this.#renewal = null; });
        return this.#renewal;
    }

    async #renew() {
        const before = this.#kept;
        if (!before) return;
        try {
            const tokens = await request('/auth/refresh', { method: 'POST', body: { refresh: before.refresh } });
            if (this.#kept !== before) return;  // signed out meanwhile
            this.#keep(tokens, before);
            this.dispatchEvent(new Event('renewed'));
        } catch (error) {
            if (this.#kept === before && !error.isTemporary) {
                this.#forget();
                this.dispatchEvent(new Event('ended'));
            }
            throw error;
        }
    }

    #keep({ access, refresh, expires_in: seconds }, { deviceID, person }) {
        const life = seconds * 1000;
        this.#access = { token: access, renewAt: Date.now() + life - Math.min(longestMargin, life / 5) };
        this.#kept = { refresh, deviceID, person };
        storage.set('device', this.#kept);
        this.#schedule();
    }

    #forget() {
        this.#access = this.#kept = null;
        clearTimeout(this.#timer);
        storage.remove('device');
        this.#release();
        this.#release = () => {};
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
