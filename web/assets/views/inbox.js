import { partsOf, setChildren, setText } from '../dom.js';
import { nameOf, shortWhen, wholeTime } from '../format.js';
import { addressOf } from '../router.js';
import { Rows } from '../rows.js';
import { drawAvatar } from './avatar.js';

/** The conversations, the latest first, and who one is. */
export class InboxView {
    #parts;
    #store;
    #messenger;
    #rows = new Rows('conversation-row');
    #demoPeer = null;

    /**
     * @param {HTMLElement} root
     * @param {import('../messenger.js').Messenger} messenger
     * @param {{onSignOut: () => void, onOpen: (id: string) => void}} actions
     */
    constructor(root, messenger, { onSignOut, onOpen }) {
        this.#parts = partsOf(root);
        this.#messenger = messenger;
        this.#store = messenger.store;
        const { conversations, conversationsArea, greet, inboxRetry, signOut } = this.#parts;

        signOut.addEventListener('click', onSignOut);
        inboxRetry.addEventListener('click', () => messenger.refresh());
        greet.addEventListener('click', async () => onOpen(await messenger.converse(this.#demoPeer)));
        conversations.addEventListener('keydown', (event) => this.#walk(event));
        conversationsArea.addEventListener('scroll', () => {
            const { scrollTop, scrollHeight, clientHeight } = conversationsArea;
            if (scrollHeight - scrollTop - clientHeight < 400) messenger.readMoreConversations();
        });

        this.#drawMe();
        this.#store.addEventListener('change', () => this.draw());
        this.draw();
    }

    /** Offers to begin with the other one of the demo people, where there are any. */
    offer(person) {
        this.#demoPeer = person;
        setText(this.#parts.greet, `Say hello to ${nameOf(person)}`);
        this.draw();
    }

    /** Puts the focus on a conversation. */
    focus(conversationID) {
        this.#parts.conversations.querySelector(`[data-id="${CSS.escape(conversationID)}"]`)?.focus();
    }

    draw() {
        const { conversations, inbox } = this.#store;
        setChildren(this.#parts.conversations, conversations.map((conversation) => this.#row(conversation)));
        this.#rows.sweep();
        this.#parts.inboxEmpty.hidden = !inbox.isLoaded || conversations.length > 0;
        this.#parts.greet.hidden = !this.#demoPeer;
        this.#parts.inboxTrouble.hidden = inbox.isLoaded || !inbox.trouble;
    }

    #drawMe() {
        const { person } = this.#store;
        drawAvatar(this.#parts.myAvatar, person);
        setText(this.#parts.myName, nameOf(person));
        setText(this.#parts.myUsername, `@${person.username}`);
        setText(this.#parts.emptyUsername, `@${person.username}`);
    }

    #row(conversation) {
        const { id, peer, last_message: last, created_at: createdAt } = conversation;
        const { element, parts } = this.#rows.get(id);
        const hasNews = this.#store.seen.hasNews(conversation);
        const time = new Date(last?.sent_at ?? createdAt);
        const waiting = this.#store.outbox.entries(id).at(-1);

        parts.link.href = addressOf(id);
        parts.link.dataset.id = id;
        parts.link.classList.toggle('has-news', hasNews);
        if (id === this.#store.openID) parts.link.setAttribute('aria-current', 'true');
        else parts.link.removeAttribute('aria-current');
        drawAvatar(parts.avatar, peer);
        setText(parts.name, nameOf(peer));
        setText(parts.time, shortWhen(time));
        parts.time.dateTime = time.toISOString();
        parts.time.title = wholeTime(time);
        setText(parts.preview, this.#preview(waiting, last));
        parts.preview.classList.toggle('failed', Boolean(waiting?.failure));
        parts.unread.hidden = !hasNews;
        setText(parts.unread, 'New messages');
        return element;
    }

    #preview(waiting, last) {
        if (waiting) return `${waiting.failure ? 'Not sent' : 'Sending'}: ${oneLine(waiting.content)}`;
        if (!last) return 'No messages yet';
        return last.sender_id === this.#store.person.id ? `You: ${oneLine(last.preview)}` : oneLine(last.preview);
    }

    /** The arrow keys walk along the list. */
    #walk(event) {
        const step = { ArrowDown: 'nextElementSibling', ArrowUp: 'previousElementSibling' }[event.key];
        if (!step) return;
        event.preventDefault();
        event.target.closest('li')?.[step]?.querySelector('a').focus();
    }
}

function oneLine(text) {
    return (text ?? '').replace(/\s+/g, ' ').trim();
}
