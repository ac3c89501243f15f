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
    #leave = () => {};

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
        const left = new Promise((leave) => { this.#leave = leave; });
        await new Promise((found) => {
            navigator.locks.request(this.name, { ifAvailable: true }, (lock) => {
                this.isLeader = lock !== null;
                found();
                return this.isLeader ? left : undefined;
            });
        });
        if (this.isLeader) return;
        navigator.locks.request(this.name, () => {
            this.isLeader = true;
            this.dispatchEvent(new Event('leading'));
            return left;
        });
    }

    /** Tells all other tabs, or one. */
    tell(type, data, to) {
        this.#channel.postMessage({ type, data, from: this.#id, to });
    }

    /** Leaves the lead to another tab, and hears nothing more. */
    leave() {
        this.#channel.close();
        this.#leave();
    }
}
