import { API } from './api.js';
import { Sender } from './sender.js';
import { Store } from './store.js';
import { Upkeep } from './upkeep.js';

/** Messages that were missed up to which they are read one page after the other; beyond, the history begins again at its end. */
const farBehind = 500;

/** A history is cut back to the smaller number when its end is looked at and it has grown beyond the larger: every message costs the browser. */
const mostKept = 400, keptWhenCut = 200;

/**
 * What one can do, and what happens by itself. It alone writes to the `Store`.
 *
 * Live messages are quick but may be missed; the history is the truth. So whenever the connection was away, or a `seq` is skipped, what
 * is on the screen is brought up to date from the history.
 *
 * Events: `arrived` when somebody else's message comes in live (`detail`: the message).
 */
export class Messenger extends EventTarget {
    #api;
    #socket;
    #sender;
    #inbox;
    #histories = new Map();  // conversation id → Upkeep
    #readingOlder = new Set();

    /**
     * @param {import('./session.js').Session} session of somebody who is signed in
     * @param {import('./socket.js').Socket} socket
     */
    constructor(session, socket) {
        super();
        this.store = new Store(session.person);
        this.#api = new API(session);
        this.#socket = socket;
        this.#sender = new Sender(socket, this.store, (entry, ack) => this.#sent(entry, ack));
        this.#inbox = new Upkeep(() => this.#readInbox(), () => this.#inboxSettled());
        socket.addEventListener('ready', ({ detail }) => this.#ready(detail));
        socket.addEventListener('frame', ({ detail: { type, data } }) => this.#events[type]?.(data));
        document.addEventListener('visibilitychange', () => this.#look());
    }

    start() {
        this.#inbox.ask();
        this.#socket.start();
    }

    // MARK: Conversations

    /** Shows a conversation. */
    open(id) {
        this.store.openID = id;
        if (!this.store.timeline(id)) this.store.beginTimeline(id);
        this.#history(id).ask();
        if (this.store.inbox.isLoaded && !this.store.conversation(id)) this.#inbox.ask();
        this.#look();
        this.store.changed();
    }

    /** Shows none. */
    close() {
        this.store.openID = null;
        this.store.changed();
    }

    /** Finds or makes the conversation with a person. @returns {Promise<string>} its id */
    async converse(person) {
        const conversation = await this.#api.converse(person.id);
        this.store.addConversations([{ peer: person, ...conversation }]);
        return conversation.id;
    }

    people(prefix, signal) {
        return this.#api.people(prefix, signal).then(({ items }) => items.filter(({ id }) => id !== this.store.person.id));
    }

    /** Reads the inbox anew. */
    refresh() {
        this.#inbox.ask();
    }

    /** Reads the next page of the inbox, if there is one. */
    async readMoreConversations() {
        const { inbox } = this.store;
        const { cursor } = inbox;
        if (!cursor) return;
        inbox.cursor = null;  // until this page says where the next one begins
        try {
            const page = await this.#api.conversations(cursor);
            inbox.cursor = page.has_more ? page.next_cursor : null;
            this.store.seen.assume(page.items);
            this.store.addConversations(page.items);
        } catch {
            inbox.cursor = cursor;  // scrolling asks again
        }
    }

    // MARK: Messages

    send(conversationID, content) {
        this.store.outbox.add(conversationID, content);
        this.store.changed();
        this.#sender.send(conversationID);
    }

    retry(conversationID, clientMessageID) {
        this.store.outbox.retry(clientMessageID);
        this.store.changed();
        this.#sender.send(conversationID);
    }

    discard(clientMessageID) {
        this.store.outbox.remove(clientMessageID);
        this.store.changed();
    }

    /** Reads the page above the oldest message known. */
    async readOlder(id) {
        const timeline = this.store.timeline(id);
        if (!timeline?.isLoaded || !timeline.hasOlder || this.#readingOlder.has(id)) return;
        this.#readingOlder.add(id);
        try {
            timeline.addOlder(this.#checked(await this.#api.messages(id, { before_seq: timeline.start })));
            this.store.changed();
        } catch {
            // Scrolling up again asks again.
        } finally {
            this.#readingOlder.delete(id);
        }
    }

    /** Lets go of what was read long ago in a conversation whose end is on the screen. */
    forgetBeginning(id) {
        const timeline = this.store.timeline(id);
        if (timeline.messages.length <= mostKept || this.#readingOlder.has(id)) return;
        timeline.forgetBeginning(keptWhenCut);
        this.store.changed();
    }

    /** Why the history of a conversation cannot be read at present, if so. */
    trouble(id) {
        return this.#histories.get(id)?.trouble ?? null;
    }

    /** Reads the history of a conversation once more. */
    readAgain(id) {
        this.#history(id).ask();
    }

    // MARK: What happens by itself

    #events = {
        new_message: (message) => this.#arrived(message),
        resync: () => this.#catchUp(),
    };

    #ready({ limits }) {
        this.store.messageLimit = limits?.content_chars ?? this.store.messageLimit;
        this.#catchUp();
        this.#sender.resume();
    }

    /** Others than the open conversation catch up when they are opened. */
    #catchUp() {
        this.#inbox.ask();
        if (this.store.openID) this.#history(this.store.openID).ask();
    }

    #arrived(message) {
        const { store } = this;
        store.addMessage(message);
        if (!store.conversation(message.conversation_id)) this.#inbox.ask();
        if (store.openID === message.conversation_id && store.timeline(store.openID).hasHole) this.#history(store.openID).ask();
        this.#look();
        if (message.sender_id !== store.person.id) this.dispatchEvent(new CustomEvent('arrived', { detail: message }));
    }

    #sent({ conversation_id, content, client_msg_id }, { server_id, seq, sent_at }) {
        const { person } = this.store;
        this.store.addMessage({
            id: server_id, conversation_id, seq, sender_id: person.id, sender: person, type: 'text', content, client_msg_id, sent_at,
        });
        if (this.store.timeline(conversation_id)?.hasHole) this.#history(conversation_id).ask();
    }

    /** Whoever has the conversation before their eyes has seen it. */
    #look() {
        const conversation = this.store.conversation(this.store.openID);
        if (document.visibilityState !== 'visible' || !conversation?.last_message) return;
        if (this.store.seen.mark(conversation.id, conversation.last_message.seq)) this.store.changed();
    }

    // MARK: Reading

    async #readInbox() {
        const { inbox } = this.store;
        const page = await this.#api.conversations();
        if (!inbox.isLoaded) inbox.cursor = page.has_more ? page.next_cursor : null;
        inbox.isLoaded = true;
        if (this.store.seen.isFirstVisit) this.store.seen.assume(page.items);
        this.store.addConversations(page.items);
        if (this.store.openID && !this.store.conversation(this.store.openID)) await this.#readConversation(this.store.openID);
        this.#look();
    }

    /** An address may name a conversation that stands far down in the inbox, or none. */
    async #readConversation(id) {
        try {
            const { participants, ...conversation } = await this.#api.conversation(id);
            const peer = participants.find((person) => person.id !== this.store.person.id);
            this.store.addConversations([{ ...conversation, peer }]);
        } catch (error) {
            if (error.isTemporary) throw error;  // else its history, which does not exist either, says so
        }
    }

    #inboxSettled() {
        this.store.inbox.trouble = this.#inbox.trouble;
        this.store.changed();
    }

    #history(id) {
        if (!this.#histories.has(id)) this.#histories.set(id, new Upkeep(() => this.#readHistory(id), () => this.store.changed()));
        return this.#histories.get(id);
    }

    async #readHistory(id) {
        const timeline = this.store.timeline(id);
        if (!timeline.isLoaded) {
            await this.#readNewest(id, timeline);
            if (!timeline.hasHole) return;
        }
        let page;
        do {
            page = this.#checked(await this.#api.messages(id, { after_seq: timeline.reach, limit: 100 }));
            if (page.head_seq - timeline.reach > farBehind) return this.#readNewest(id, this.store.beginTimeline(id));
            timeline.addNewer(page);
            this.store.changed();
        } while (page.has_more);
    }

    async #readNewest(id, timeline) {
        const page = this.#checked(await this.#api.messages(id));
        timeline.addNewest(page);
        if (page.items.length > 0) this.store.noteLatest(page.items[0]);
    }

    /** A page may hold what we have been waiting to see confirmed. */
    #checked(page) {
        for (const message of page.items) this.store.confirm(message);
        return page;
    }
}
