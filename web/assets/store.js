import { Outbox } from './outbox.js';
import { Seen } from './seen.js';
import { Timeline } from './timeline.js';

/** Characters of a message that the inbox shows. */
const previewLength = 120;

/** How long views may wait for the browser to draw (which it does not do for a window that nobody sees), in milliseconds. */
const longestWait = 100;

/**
 * What this page knows for the person signed in, in memory. Views read it and draw again at `change`; only the `Messenger` writes.
 *
 * Events: `change`, once for however many changes were made since the browser last drew.
 */
export class Store extends EventTarget {
    #conversations = new Map();
    #timelines = new Map();
    #telling = null;  // what will tell the views

    /** The conversation on the screen. */
    openID = null;

    /** How the reading of the inbox stands. `cursor` is where the next page begins, `null` when there is none. */
    inbox = { isLoaded: false, trouble: null, cursor: null };

    /** Largest message in Unicode scalars; the service says its own at `ready`. */
    messageLimit = 4096;

    /** @param {{id: string, username: string, display_name?: string}} person who is signed in */
    constructor(person) {
        super();
        this.person = person;
        this.outbox = new Outbox(person.id);
        this.seen = new Seen(person.id);
    }

    /** All known conversations, the latest activity first. */
    get conversations() {
        return [...this.#conversations.values()].sort((a, b) => activity(b) - activity(a));
    }

    /** In how many conversations somebody else has written since this person looked. */
    get newsCount() {
        return this.conversations.filter((conversation) => this.seen.hasNews(conversation)).length;
    }

    conversation(id) {
        return this.#conversations.get(id);
    }

    /** The history of a conversation, if it has been opened. */
    timeline(id) {
        return this.#timelines.get(id);
    }

    /** Begins the history of a conversation, forgetting what was known of it. */
    beginTimeline(id) {
        const timeline = new Timeline();
        this.#timelines.set(id, timeline);
        return timeline;
    }

    /** Takes conversations as the service gave them; an answer that was overtaken by a live message does not undo it. */
    addConversations(conversations) {
        for (const conversation of conversations) {
            const known = this.#conversations.get(conversation.id);
            const isOvertaken = (known?.last_message?.seq ?? 0) > (conversation.last_message?.seq ?? 0);
            const last = isOvertaken ? known.last_message : conversation.last_message;
            this.#conversations.set(conversation.id, { ...known, ...conversation, last_message: last ?? null });
        }
        this.changed();
    }

    /** Takes a message that came by itself or was confirmed. */
    addMessage(message) {
        this.confirm(message);
        this.timeline(message.conversation_id)?.add(message);
        this.noteLatest(message);
        if (message.sender_id === this.person.id) this.seen.mark(message.conversation_id, message.seq);
        this.changed();
    }

    /** The inbox shows the newest message of a conversation. */
    noteLatest({ id, conversation_id: conversationID, seq, sender_id, sent_at, content }) {
        const conversation = this.conversation(conversationID);
        if (!conversation || seq <= (conversation.last_message?.seq ?? 0)) return;
        const preview = Array.from(content ?? '').slice(0, previewLength).join('');
        conversation.last_message = { id, seq, sender_id, sent_at, preview };
    }

    /** What the service has need not be sent again, however we learn of it. */
    confirm(message) {
        if (message.sender_id === this.person.id && message.client_msg_id) this.outbox.remove(message.client_msg_id);
    }

    /** Tells the views in time for the next frame. */
    changed() {
        this.#telling ??= { frame: requestAnimationFrame(() => this.#tell()), timer: setTimeout(() => this.#tell(), longestWait) };
    }

    #tell() {
        cancelAnimationFrame(this.#telling.frame);
        clearTimeout(this.#telling.timer);
        this.#telling = null;
        this.dispatchEvent(new Event('change'));
    }
}

function activity(conversation) {
    return Date.parse(conversation.last_message?.sent_at ?? conversation.created_at);
}
