import { JSONStorage } from '../data/json-storage.js';

const stored = new JSONStorage('localStorage', 'parley.account');
const tab = new JSONStorage('sessionStorage', 'parley.tab');
const devices = new JSONStorage('localStorage', 'parley.device');

/**
 * Who is signed in on this browser, and whom this tab is for.
 *
 * An account is `{id, person, device_id, refresh, used_at, is_demo?}`. Tabs of one account share its device. Which one a tab is for is
 * kept in `sessionStorage`, so that two windows of one browser can be two people.
 */
export const accounts = {
    /** The latest used first. */
    get all() {
        return stored.values().sort((a, b) => b.used_at - a.used_at);
    },

    get: (id) => stored.get(id),

    put: (account) => stored.set(account.id, account),

    remove: (id) => stored.remove(id),

    /** The device that somebody who signs in by this name had here before: signing in again makes no new one. */
    deviceOf: (name) => devices.get(name.toLowerCase()),

    setDevice: (name, deviceID) => devices.set(name.toLowerCase(), deviceID),

    /** Says whom this tab is for; `null` for nobody yet. */
    chooseHere(id) {
        tab.set('account', { id });
        const account = id && stored.get(id);
        if (account) stored.set(id, { ...account, used_at: Date.now() });
    },

    /**
     * The account to show in this tab: the one it had before a reload; else the latest. A demo person who is open in another window is
     * left to it: then this window is for the other one.
     */
    async here() {
        const chosen = tab.get('account');
        if (chosen) return chosen.id ? stored.get(chosen.id) : null;
        const [latest] = this.all;
        return latest?.is_demo && await isOpenElsewhere(latest.id) ? null : latest ?? null;
    },
};

/** The name of the lock that an open account holds. */
export const accountLock = (id) => `parley.socket.${id}`;

async function isOpenElsewhere(id) {
    if (!navigator.locks) return false;
    const { held } = await navigator.locks.query();
    return held.some(({ name }) => name === accountLock(id));
}
