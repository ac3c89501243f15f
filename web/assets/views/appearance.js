import { JSONStorage } from '../data/json-storage.js';

const storage = new JSONStorage('localStorage', 'parley');

/** Light, dark, or as the system has it: on this browser, for whoever uses it. */
export const appearance = {
    get look() {
        return storage.get('look') ?? 'system';
    },

    set look(look) {
        storage.set('look', look);
        this.apply();
    },

    /** Makes the page look as was chosen, also when it is chosen in another tab. */
    apply() {
        const { look } = this;
        if (look === 'system') delete document.documentElement.dataset.look;
        else document.documentElement.dataset.look = look;
    },
};

appearance.apply();
addEventListener('storage', () => appearance.apply());
