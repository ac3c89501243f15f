import { API } from '../net/api.js';
import { RequestError } from '../net/http.js';
import { Archive } from './archive.js';
import { Marks } from './marks.js';
import { Presence } from './presence.js';
import { Sender } from './sender.js';
import { Sync } from './sync.js';
import { Typing } from './typing.js';

/** How many messages stay on the screen: each costs the browser. Beyond the first number the far end is cut back to the second. */
const mostShown = 400, shownWhenCut = 250;

/** So many messages that were missed are read page by page; beyond, a conversation begins anew. */
const farAway = 300;

/** From so many unread messages on a conversation opens at the first of them rather than at its end. */
const farBehind = 40;

/**
 * What one can do, and what happens by itself: it brings the parts together, and is what the views talk to.
 *
 * Events: `arrived` when somebody else's message comes in live (`detail`: the message).
 */
export class Messenger extends EventTarget {
    #link;
    #archive;
    #sync;
    #sender;
    #marks;
    #typing;
    #reading = new Set();  // pages under way: conversation id and direction
    #troubles = new Map();  // conversation id → why its history could not be read

    /** Whether a message that comes in is before somebody's eyes at once; the view of the conversation says so. */
    isLookedAt = () => false;

    /**
     * @param {import('../net/session.js').Session} session
     * @param {import('../net/tabs.js').Tabs} tabs
     * @param {import('../net/link.js').Link} link
     * @param {import('./store.js').Store} store
     * @param {import('./database.js').Database} database
     */
    constructor(session, tabs, link, store, database) {
        super();
        this.store = store;
        this.api = new API(session);
        this.#link = link;
        this.#archive = new Archive(this.api, store, database);
        this.#sync = new Sync(this.api, store, () => this.#caughtUp());
        this.#sender = new Sender(link, store, tabs);
        this.#marks = new Marks(link, store, tabs);
        this.#typing = new Typing(link, store);
        new Presence(link, store);
        store.addEventListener('person', () => session.rename(store.person));
        store.addEventListener('uncounted', ({ detail: id }) => this.#readConversation(id));
        // Who does not tell what they read is not told of others either: what is known of their marks is no longer so.
        store.addEventListener('receipts', () => this.#sync.askForAll());
        link.addEventListener('ready', ({ detail }) => this.#ready(detail));
        link.addEventListener('frame', ({ detail: { type, data } }) => this.#events[type]?.(data));
    }

    start() {
        this.#link.start();
    }

    // MARK: Conversations

    /** Shows a conversation. */
    async open(id) {
        const { store } = this;
        if (store.openID === id) return;
        this.#typing.stopped();
        store.openID = id;
        store.firstUnread = null;
        store.changed();
        await this.#begin(id);
    }

    /** Shows none. */
    close() {
        this.#typing.stopped();
        this.store.openID = null;
        this.store.changed();
    }

    /** Finds or makes the conversation with a person. @returns {Promise<string>} its id */
    async converse(person) {
        const known = this.store.conversationWith(person.id);
        if (known) return known.id;
        const conversation = await this.api.converse(person.id);
        this.store.takeConversation({ peer: person, ...conversation });
        return conversation.id;
    }

    /** People who are called like this, but oneself. */
    people(typed, signal) {
        return this.api.people(typed, signal).then(({ items }) => items.filter(({ id }) => id !== this.store.person.id));
    }

    /** Reads whom one has blocked. */
    async readBlocks() {
        const { items } = await this.api.blocks();
        this.store.blocked = new Map(items.map((person) => [person.id, person]));
        this.store.changed();
    }

    /** Blocks somebody, or no longer does. */
    async block(person, isBlocked) {
        await (isBlocked ? this.api.block(person.id) : this.api.unblock(person.id));
        this.store.blocked ??= new Map();
        if (isBlocked) this.store.blocked.set(person.id, person);
        else this.store.blocked.delete(person.id);
        this.store.changed();
    }

    /** Catches up with the service now. */
    refresh() {
        this.#sync.ask();
    }

    readMoreConversations() {
        return this.#sync.readMoreConversations();
    }

    // MARK: Messages

    /** @returns {Promise<void>} when the message is on the disk, from where it will be sent */
    send(conversationID, content) {
        this.#typing.sent();
        if (this.store.openID === conversationID) this.store.firstUnread = null;
        return this.#sender.write(conversationID, content);
    }

    retry(conversationID, clientMessageID) {
        return this.#sender.retry(conversationID, clientMessageID);
    }

    discard(clientMessageID) {
        return this.#sender.discard(clientMessageID);
    }

    /** The text in the composer changed. */
    composing(conversationID, hasText) {
        this.#typing.changed(conversationID, hasText);
    }

    /** A message, and so all before it, has been before somebody's eyes. */
    seen(conversationID, seq) {
        this.#marks.read(conversationID, seq);
    }

    // MARK: History

    /** Reads the page above the first message on the screen. */
    readOlder(id) {
        return this.#readPage(id, 'older', async (history) => {
            const { start } = history;
            history.prepend(await this.#archive.before(id, start));
            if (history.start === start) throw unreadable();
            history.keepOldest(mostShown);
        });
    }

    /** Reads the page below the last message on the screen. */
    readNewer(id) {
        return this.#readPage(id, 'newer', async (history) => {
            const { end } = history;
            history.append(await this.#archive.after(id, end));
            if (history.end === end) throw unreadable();
            history.keepNewest(mostShown);
        });
    }

    /** Goes to the end of a conversation. */
    readNewest(id) {
        const { store } = this;
        return this.#readPage(id, 'newest', async (history) => {
            const head = Math.max(history.head, store.conversation(id)?.last_seq ?? 0);
            history.begin(await this.#archive.newest(id, head), head);
        });
    }

    /** Lets go of what was read long ago in a conversation whose end is on the screen. */
    forgetBeginning(id) {
        const history = this.store.history(id);
        if (history.messages.length > mostShown && !this.#reading.has(`${id} older`)) {
            history.keepNewest(shownWhenCut);
            this.store.changed();
        }
    }

    /** Why the history of a conversation cannot be read at present, if so. */
    trouble(id) {
        return this.#troubles.get(id) ?? null;
    }

    /** Reads the history of a conversation once more. */
    readAgain(id) {
        this.#troubles.delete(id);
        this.store.changed();
        const { isOpen, isAtEnd, head, end } = this.store.history(id);
        if (!isOpen || isAtEnd && head - end > farAway) this.#begin(id);
    }

    /** Begins a conversation where one left it: at the first unread message, or at the end. */
    async #begin(id) {
        const { store } = this;
        const history = store.history(id);
        const conversation = store.conversation(id) ?? await this.#readConversation(id);
        if (store.openID !== id) return;
        const { unread_count: unread, read_seq: read, last_seq: head } = conversation ?? { unread_count: 0, read_seq: 0, last_seq: 0 };
        if (unread > 0) store.firstUnread ??= read + 1;
        if (history.isOpen && !history.hasNewer && unread < farBehind) {
            store.changed();
        } else {
            await this.#readPage(id, 'begin', async () => {
                history.reach(head);
                history.begin(await this.#firstPage(id, head, unread >= farBehind ? read + 1 : null), head);
            });
        }
    }

    async #firstPage(id, head, firstUnread) {
        try {
            return await (firstUnread ? this.#archive.around(id, firstUnread, head) : this.#archive.newest(id, head));
        } catch (error) {
            const kept = error.isTemporary ? await this.#archive.kept(id, head) : [];
            if (kept.length === 0) throw error;
            return kept;
        }
    }

    async #readPage(id, direction, read) {
        const history = this.store.history(id);
        const isWanted = { older: () => history.isOpen && history.hasOlder, newer: () => history.isOpen && history.hasNewer }[direction];
        const name = `${id} ${direction}`;
        if (isWanted?.() === false || this.#reading.has(name)) return;
        this.#reading.add(name);
        try {
            await read(history);
            this.#troubles.delete(id);
        } catch (error) {
            this.#troubles.set(id, error);
        } finally {
            this.#reading.delete(name);
            this.store.changed();
        }
    }

    /** An address may name a conversation that stands far down in the inbox, or none. */
    async #readConversation(id) {
        try {
            this.store.takeConversation(await this.api.conversation(id));
        } catch (error) {
            if (!this.store.conversation(id)) this.#troubles.set(id, error);
            this.store.changed();
        }
        return this.store.conversation(id);
    }

    // MARK: What happens by itself

    #events = {
        new_message: (message) => this.#arrived(message),
        read_update: (update) => this.store.takeReceipt(update),
        delivered_update: (update) => this.store.takeReceipt(update),
        typing: (notice) => this.#typing.heard(notice),
        presence: ({ users }) => this.store.takePresence(users),
        account_update: (me) => {
            this.store.takeMe(me);
            if (this.store.blocked) this.readBlocks().catch(() => {});  // on another device somebody may have been blocked
        },
        conversation_updated: (conversation) => this.store.takeConversation(conversation),
    };

    #ready({ limits }) {
        this.store.messageLimit = limits?.content_chars ?? this.store.messageLimit;
        this.#sync.ask();
        this.#sender.resume();
        if (!this.store.blocked) this.readBlocks().catch(() => {});  // it is asked again where it matters
    }

    #caughtUp() {
        this.#marks.resume();
        const { openID } = this.store;
        if (openID) this.readAgain(openID);
    }

    #arrived(message) {
        if (!this.store.takeMessage(message)) this.#sync.ask();
        if (message.sender_id === this.store.person.id) return;
        if (this.isLookedAt(message)) this.#marks.read(message.conversation_id, message.seq);
        else if (message.conversation_id === this.store.openID) this.store.firstUnread ??= message.seq;
        this.#marks.delivered();
        this.dispatchEvent(new CustomEvent('arrived', { detail: message }));
    }
}

/** A page that brought nothing; to ask at once again would bring nothing either. */
function unreadable() {
    return new RequestError(0, { code: 'unreadable', message: 'These messages cannot be read right now.' });
}
