import { uuid } from '../core/uuid.js';

/**
 * The tabs of one account in this browser. One of them leads: it has the socket, keeps the cache and sends what was written. When it is
 * closed the next one takes its place.
 *
 * Where there are no Web Locks (they are offered to https and localhost only) each tab leads for itself, and the service lets the latest
 * one have the device's socket.
 *
 * Events: `leading` when this tab begins to lead later on; `told` for what another tab says (`detail`: `{type, data, from}`).
 */
export class Tabs extends EventTarget {
    #id = uuid();
    #channel;

    isLeader = false;

    /** @param {string} name of the lock and the channel */
    constructor(name) {
        super();
        this.#channel = new BroadcastChannel(name);
        this.#channel.addEventListener('message', ({ data: { to, ...told } }) => {
            if (!to || to === this.#id) this.dispatchEvent(new CustomEvent('told', { detail: told }));
        });
        this.name = name;
    }

    /** Finds out whether this tab leads, and stands in line if it does not. */
    async join() {
        if (!navigator.locks) {
            this.isLeader = true;
            return;
        }
        const forever = new Promise(() => {});  // the browser lets go of the lock with the page
        await new Promise((found) => {
            navigator.locks.request(this.name, { ifAvailable: true }, (lock) => {
                this.isLeader = lock !== null;
                found();
                return this.isLeader ? forever : undefined;
            });
        });
        if (this.isLeader) return;
        navigator.locks.request(this.name, () => {
            this.isLeader = true;
            this.dispatchEvent(new Event('leading'));
            return forever;
        });
    }

    /** Tells all other tabs, or one. */
    tell(type, data, to) {
        this.#channel.postMessage({ type, data, from: this.#id, to });
    }
}
