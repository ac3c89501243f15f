/** The tables, with what a row is found by. */
const tables = {
    meta: { keyPath: 'key' },
    conversations: { keyPath: 'id' },
    messages: { keyPath: ['conversation_id', 'seq'] },
    outbox: { keyPath: 'client_msg_id' },
};

/**
 * What one account keeps in this browser, in IndexedDB: it outlives reloads and crashes, and is there without a network.
 *
 * A browser that refuses (private windows of some, a full disk) costs what would have outlived the page, nothing else: then there is no
 * database, and every call is answered as if it were empty.
 */
export class Database {
    #db;

    static async open(accountID) {
        const database = new Database();
        try {
            const request = indexedDB.open(nameOf(accountID), 1);
            request.onupgradeneeded = () => {
                for (const [name, options] of Object.entries(tables)) request.result.createObjectStore(name, options);
            };
            database.#db = await settled(request);
            database.#db.onversionchange = () => database.close();  // another tab signs out
            database.#db.onclose = () => { database.#db = null; };
        } catch {
            database.#db = null;
        }
        return database;
    }

    /** Removes all that an account kept. */
    static async remove(accountID) {
        await settled(indexedDB.deleteDatabase(nameOf(accountID))).catch(() => {});
    }

    get isOpen() {
        return Boolean(this.#db);
    }

    close() {
        this.#db?.close();
        this.#db = null;
    }

    /** All rows of a table. */
    all(table) {
        return this.#read(table, (rows) => rows.getAll(), []);
    }

    get(table, key) {
        return this.#read(table, (rows) => rows.get(key), undefined);
    }

    /** Messages of a conversation from one `seq` to another, both included. */
    messages(conversationID, from, to) {
        return this.#read('messages', (rows) => rows.getAll(IDBKeyRange.bound([conversationID, from], [conversationID, to])), []);
    }

    /**
     * Writes all of it or nothing.
     *
     * @param {{table: string, put?: object[], remove?: any[], clear?: boolean}[]} changes
     * @returns {Promise<boolean>} whether it is on the disk
     */
    async write(changes) {
        if (!this.#db || changes.length === 0) return false;
        try {
            const transaction = this.#db.transaction(changes.map(({ table }) => table), 'readwrite', { durability: 'strict' });
            const done = new Promise((resolve, reject) => {
                transaction.oncomplete = resolve;
                transaction.onabort = () => reject(transaction.error);
            });
            for (const { table, put = [], remove = [], clear = false } of changes) {
                const rows = transaction.objectStore(table);
                if (clear) rows.clear();
                for (const key of remove) rows.delete(key);
                for (const row of put) rows.put(row);
            }
            transaction.commit();  // what is committed goes on after the page is closed
            await done;
            return true;
        } catch {
            return false;
        }
    }

    async #read(table, ask, otherwise) {
        try {
            return this.#db ? await settled(ask(this.#db.transaction(table).objectStore(table))) : otherwise;
        } catch {
            return otherwise;
        }
    }
}

const nameOf = (accountID) => `parley-${accountID}`;

function settled(request) {
    return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
}
