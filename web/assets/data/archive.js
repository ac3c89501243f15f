import { runAround } from '../core/history.js';

/** Messages of a page. */
const page = 50;

/** Reads pages of history: from what is kept here where there is no hole, else from the service. Pages are in no particular order. */
export class Archive {
    #api;
    #store;
    #database;

    constructor(api, store, database) {
        this.#api = api;
        this.#store = store;
        this.#database = database;
    }

    /** The last page of a conversation that reaches up to `head`. */
    async newest(id, head) {
        await this.#store.saved();
        const kept = runAround(await this.#database.messages(id, head - page + 1, head), head);
        return kept.length >= Math.min(page, head) && head > 0 ? kept : this.#read(id, {});
    }

    /** A page with `seq` in its middle. */
    async around(id, seq, head) {
        await this.#store.saved();
        const from = Math.max(1, seq - page / 2), to = Math.min(head, seq + page / 2);
        const kept = runAround(await this.#database.messages(id, from, to), seq);
        return kept.length > to - from ? kept : this.#read(id, { around_seq: seq });
    }

    /** A page that ends right before `seq`. */
    async before(id, seq) {
        const kept = runAround(await this.#database.messages(id, seq - page, seq - 1), seq - 1);
        return kept.length > 0 ? kept : this.#read(id, { before_seq: seq });
    }

    /** A page that begins right after `seq`. */
    async after(id, seq) {
        const kept = runAround(await this.#database.messages(id, seq + 1, seq + page), seq + 1);
        return kept.length > 0 ? kept : this.#read(id, { after_seq: seq, limit: 100 });
    }

    /** Whatever of the end is kept, for when the service cannot be asked. */
    async kept(id, head) {
        const some = await this.#database.messages(id, Math.max(1, head - 2 * page), head);
        return some.length > 0 ? runAround(some, some.at(-1).seq) : [];
    }

    async #read(id, place) {
        const { items, head_seq: head } = await this.#api.messages(id, place);
        this.#store.takeMessages(id, items);
        this.#store.history(id).reach(head);
        return items;
    }
}
