/** How many people a socket may watch. */
const most = 100;

/** Time within which changes of the list are gathered, in milliseconds. */
const rest = 500;

/** Keeps the service told whose presence is of interest here: those of the latest conversations and of the open one. */
export class Presence {
    #link;
    #store;
    #watched = '';
    #timer = 0;

    constructor(link, store) {
        this.#link = link;
        this.#store = store;
        store.addEventListener('change', () => this.#schedule());
        link.addEventListener('ready', () => {
            this.#watched = '';
            this.#schedule();
        });
        link.addEventListener('state', () => {
            if (link.state === 'ready') return;
            store.presence.clear();  // nobody tells us any more
            store.typists.clear();
            store.changed();
        });
    }

    #schedule() {
        if (!this.#timer && this.#link.state === 'ready') this.#timer = setTimeout(() => this.#watch(), rest);
    }

    #watch() {
        this.#timer = 0;
        const { conversations, openID } = this.#store;
        const open = this.#store.conversation(openID);
        const people = new Set([open, ...conversations].map((conversation) => conversation?.peer?.id).filter(Boolean));
        const ids = [...people].slice(0, most).sort();
        if (ids.join() === this.#watched || this.#link.state !== 'ready') return;
        this.#watched = ids.join();
        // Where it is refused nobody is shown as here or away.
        this.#link.request('presence', { user_ids: ids }).catch(() => { this.#watched = ''; });
    }
}
