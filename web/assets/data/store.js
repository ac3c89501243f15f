import { activity, merged, mostUnread, preview, withMessage, withRead, withReceipt } from '../core/conversation.js';
import { History } from '../core/history.js';
import { OutboxQueue } from '../core/outbox-queue.js';
import { hasGap } from '../core/revisions.js';
import { Typists } from '../core/typists.js';

/** How long views may wait for the browser to draw (which it does not do for a window that nobody sees), in milliseconds. */
const longestWait = 100;

/**
 * What this page knows for the person signed in. Views read it and draw again at `change`.
 *
 * It is in memory, and behind it in the database of the account. What the service says is written there by the leading tab alone, so that
 * what a token says is known is really there; every tab writes what it has read of histories, and what was written in it.
 *
 * Events: `change`, once for however many changes were made since the browser last drew; `gap` when an event showed that one is missing;
 * `outbox` when another tab changed it; `uncounted` when the service has to say how much is unread (`detail`: conversation id); `person` when
 * one's own profile may have changed; `receipts` when one's read receipts were switched.
 */
export class Store extends EventTarget {
    #database;
    #tabs;
    #conversations = new Map();
    #sorted = null;  // all of them, the latest first, until one changes
    #histories = new Map();
    #saving = { conversations: new Set(), messages: [], sent: [], meta: new Map(), isReset: false };
    #saved = null;  // a promise, while something is being saved
    #telling = null;  // what will tell the views

    outbox = new OutboxQueue();
    typists = new Typists();

    /** Who is there: person id → {status, last_seen_at?}. What nobody told is not in it. */
    presence = new Map();

    /** The conversation on the screen, and the first `seq` in it that was unread when it was opened, if any was. */
    openID = null;
    firstUnread = null;

    /** Up to where this is in step with the service; `null` before the first time. */
    token = null;

    /** How the reading of the inbox stands. `cursor` is where the next page begins, `null` when there is none. */
    inbox = { isLoaded: false, trouble: null, cursor: null };

    /** Largest message in Unicode scalars; the service says its own at `ready`. */
    messageLimit = 4096;

    /** One's own privacy, as far as it is known. */
    privacy = {};

    /** Whom one has blocked, by id; `null` until that has been read. */
    blocked = null;

    /**
     * @param {{id: string, username: string, display_name?: string}} person who is signed in
     * @param {import('./database.js').Database} database
     * @param {import('../net/tabs.js').Tabs} tabs
     */
    constructor(person, database, tabs) {
        super();
        this.person = person;
        this.#database = database;
        this.#tabs = tabs;
        // Whoever comes to lead writes down what it knows.
        tabs.addEventListener('leading', () => this.#saveAll());
        tabs.addEventListener('told', ({ detail: { type } }) => type === 'outbox' && this.#loadOutbox());
    }

    /** Takes what was kept from an earlier time. */
    async load() {
        const [conversations, sync] = await Promise.all([this.#database.all('conversations'), this.#database.get('meta', 'sync')]);
        for (const conversation of conversations) this.#conversations.set(conversation.id, conversation);
        this.#sorted = null;
        this.token = sync?.token ?? null;
        this.inbox.cursor = sync?.cursor ?? null;
        this.inbox.isLoaded = Boolean(sync);
        this.privacy = sync?.privacy ?? {};
        await this.#loadOutbox();
    }

    /** Whether anything outlives this page. */
    get isKept() {
        return this.#database.isOpen;
    }

    // MARK: Reading

    /** All known conversations, the latest activity first. */
    get conversations() {
        this.#sorted ??= [...this.#conversations.values()].sort((a, b) => activity(b) - activity(a));
        return this.#sorted;
    }

    /** In how many conversations something is unread. */
    get newsCount() {
        return this.conversations.filter(({ unread_count: count }) => count > 0).length;
    }

    conversation(id) {
        return this.#conversations.get(id);
    }

    conversationWith(personID) {
        return this.conversations.find(({ kind, peer }) => kind !== 'group' && peer?.id === personID);
    }

    /** The history of a conversation; an empty one that is not open yet before it has been looked at. */
    history(id) {
        if (!this.#histories.has(id)) this.#histories.set(id, new History());
        return this.#histories.get(id);
    }

    // MARK: What the service says

    /**
     * Takes the answer to a sync.
     *
     * @param {{token: string, reset: boolean, me?: object, conversations: object[], next_cursor?: string | null}} answer
     */
    takeSync({ token, reset: isReset, me, conversations, next_cursor: cursor }) {
        if (isReset) {
            this.#conversations.clear();
            this.#saving.messages = [];
            this.#saving.isReset = true;
            for (const history of this.#histories.values()) history.isOpen = false;
            this.inbox.cursor = cursor ?? null;
        }
        for (const entry of conversations) this.takeConversation(entry);
        if (me) this.takeMe(me);
        this.token = token;
        this.inbox.isLoaded = true;
        this.#noteSync();
    }

    /** Takes a conversation as the service shows it, in whichever of its forms. */
    takeConversation(news) {
        const next = merged(this.#conversations.get(news.id), news, this.person.id);
        this.#put(next);
        if (news.messages) this.takeMessages(news.id, news.messages, { isSynced: true });
        // The service has not heard yet how far one has read: its number is too high.
        if (next.read_seq > (news.last_read_seq ?? 0) && next.read_seq < next.last_seq) this.#count(next.id);
    }

    /** Takes one more page of the inbox. */
    takePage({ items, has_more: hasMore, next_cursor: cursor }) {
        for (const item of items) this.takeConversation(item);
        this.inbox.cursor = hasMore ? cursor : null;
        this.#noteSync();
    }

    /** Takes messages of a history that was read, or, where they are synced, that are new or have changed. */
    takeMessages(conversationID, messages, { isSynced = false } = {}) {
        const history = this.#histories.get(conversationID);
        for (const message of messages) {
            if (message.sender_id === this.person.id) this.#confirm(message);
            if (isSynced) history?.add(message);
        }
        this.#noteNewest(conversationID, messages);
        if (!isSynced || this.#tabs.isLeader) this.#saving.messages.push(...messages);
        this.#save();
        this.changed();
    }

    /**
     * Takes a message that came by itself, or one's own that was acknowledged.
     *
     * @returns {boolean} whether the conversation is known
     */
    takeMessage(message) {
        const { conversation_id: id, sender_id: sender } = message;
        const known = this.#conversations.get(id);
        if (sender !== this.person.id) this.typists.end(id);
        if (known) this.#put(withMessage(known, message, this.person.id));
        this.takeMessages(id, [withoutPrevious(message)], { isSynced: true });
        return Boolean(known);
    }

    /** Takes `read_update` or `delivered_update`. */
    async takeReceipt(update) {
        const known = this.#conversations.get(update.conversation_id);
        if (!known) return;
        const next = withReceipt(known, update, this.person.id);
        this.#put(next);
        if (next.told_seq === known.told_seq || next.unread_count === 0) return;
        if (!await this.#count(next.id)) this.dispatchEvent(new CustomEvent('uncounted', { detail: next.id }));
    }

    /** Notes that one has read up to `seq`, before the service has heard it. @returns {boolean} whether that is news */
    read(id, seq) {
        const known = this.#conversations.get(id);
        if (!known || seq <= known.read_seq) return false;
        const { start, messages } = this.history(id);
        const passed = messages.filter((message) => message.seq > known.read_seq && message.seq <= seq && message.sender_id !== this.person.id);
        const isExact = start <= known.read_seq + 1 && known.unread_count < mostUnread;
        this.#put(withRead(known, seq, isExact ? known.unread_count - passed.length : known.unread_count));
        return true;
    }

    /** Takes one's own account. */
    takeMe({ id, username, display_name, privacy }) {
        this.person = { id, username, display_name };
        this.dispatchEvent(new Event('person'));
        this.changed();
        if (privacy) this.takePrivacy(privacy);
    }

    /** Takes one's own privacy. */
    takePrivacy(privacy) {
        const { read_receipts: before } = this.privacy;
        this.privacy = privacy;
        this.#noteSync();
        this.changed();
        if (before !== undefined && before !== privacy.read_receipts) this.dispatchEvent(new Event('receipts'));
    }

    /** Takes who is there. */
    takePresence(users) {
        for (const { user_id: id, ...presence } of users) this.presence.set(id, presence);
        this.changed();
    }

    /** A conversation that was found by its address, or by whom it is with, shows its last message once that has been read. */
    #noteNewest(id, messages) {
        const known = this.#conversations.get(id);
        const newest = messages.reduce((latest, message) => message.seq > (latest?.seq ?? 0) ? message : latest, known?.last_message);
        if (!known || newest === known.last_message) return;
        this.#put({ ...known, last_seq: Math.max(known.last_seq, newest.seq), last_message: preview(newest) });
    }

    // MARK: The outbox

    /** Changes the outbox: on the disk too, and in the other tabs. */
    async changeOutbox({ put = [], remove = [] }) {
        this.changed();
        await this.#database.write([{ table: 'outbox', put, remove }]);
        this.#tabs.tell('outbox');
    }

    /** What the service has need not be sent again, however we learn of it. */
    #confirm({ client_msg_id: id }) {
        if (!id || !this.outbox.remove(id)) return;
        this.#saving.sent.push(id);
    }

    async #loadOutbox() {
        if (!this.#database.isOpen) return;
        this.outbox.load(await this.#database.all('outbox'));
        this.changed();
        this.dispatchEvent(new Event('outbox'));
    }

    // MARK: Telling and keeping

    /** Tells the views in time for the next frame. */
    changed() {
        this.#telling ??= { frame: requestAnimationFrame(() => this.#tell()), timer: setTimeout(() => this.#tell(), longestWait) };
    }

    /** Resolves when all that was taken so far is on the disk, or cannot be. */
    saved() {
        return this.#saved ? this.#saved.then(() => this.saved()) : Promise.resolve();
    }

    #tell() {
        cancelAnimationFrame(this.#telling.frame);
        clearTimeout(this.#telling.timer);
        this.#telling = null;
        this.dispatchEvent(new Event('change'));
    }

    #put(conversation) {
        this.#conversations.set(conversation.id, conversation);
        this.#sorted = null;
        this.#histories.get(conversation.id)?.reach(conversation.last_seq);
        if (hasGap(conversation)) this.dispatchEvent(new Event('gap'));
        if (this.#tabs.isLeader) this.#saving.conversations.add(conversation.id);
        this.#save();
        this.changed();
    }

    /** Counts what is unread above one's own mark. @returns {Promise<boolean>} whether all of it is here to be counted */
    async #count(id) {
        const { read_seq: from, last_seq: to } = this.#conversations.get(id);
        const { start, end, messages: shown } = this.history(id);
        let messages = shown.filter(({ seq }) => seq > from);
        if (start > from + 1 || end < to) {
            await this.saved();
            messages = await this.#database.messages(id, from + 1, Math.min(to, from + mostUnread));
        }
        const now = this.#conversations.get(id);
        if (!now || now.read_seq !== from || now.last_seq !== to) return true;  // it has moved on, and is counted again
        if (messages.length < to - from) return false;
        const count = messages.filter(({ sender_id: sender }) => sender !== this.person.id).length;
        if (count !== now.unread_count) this.#put({ ...now, unread_count: count });
        return true;
    }

    #noteSync() {
        if (!this.#tabs.isLeader) return;
        this.#saving.meta.set('sync', { key: 'sync', token: this.token, cursor: this.inbox.cursor, privacy: this.privacy });
        this.#save();
    }

    #saveAll() {
        for (const id of this.#conversations.keys()) this.#saving.conversations.add(id);
        if (this.token) this.#noteSync();
        this.#save();
    }

    /** Saves everything since the last time in one transaction, so that the disk never knows a token without what it stands for. */
    #save() {
        this.#saved ??= Promise.resolve().then(async () => {
            const changes = this.#takeChanges();
            await this.#database.write(changes);
            this.#saved = null;
            if (changes.some(({ table }) => table === 'outbox')) this.#tabs.tell('outbox');
            if (this.#hasChanges) this.#save();
        });
    }

    get #hasChanges() {
        const { conversations, messages, sent, meta, isReset } = this.#saving;
        return conversations.size > 0 || messages.length > 0 || sent.length > 0 || meta.size > 0 || isReset;
    }

    #takeChanges() {
        const { conversations, messages, sent, meta, isReset } = this.#saving;
        this.#saving = { conversations: new Set(), messages: [], sent: [], meta: new Map(), isReset: false };
        const clear = isReset && this.#tabs.isLeader;
        const changes = [];
        const rows = [...conversations].map((id) => this.#conversations.get(id)).filter(Boolean);
        if (rows.length > 0 || clear) changes.push({ table: 'conversations', put: rows, clear });
        if (messages.length > 0 || clear) changes.push({ table: 'messages', put: messages, clear });
        if (sent.length > 0) changes.push({ table: 'outbox', remove: sent });
        if (meta.size > 0) changes.push({ table: 'meta', put: [...meta.values()] });
        return changes;
    }
}

function withoutPrevious({ prev_rev, ...message }) {
    return message;
}
