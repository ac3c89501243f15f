import { stageOf } from '../core/conversation.js';
import { nameOf, shortWhen, wholeTime } from '../core/format.js';
import { drawAvatar } from './avatar.js';
import { partsOf, setChildren, setText } from './dom.js';
import { addressOf } from './router.js';
import { Rows } from './rows.js';
import { drawStatus } from './status.js';

/** The service counts up to this many unread messages. */
const mostCounted = 999;

/** The conversations, the latest first, and who one is. */
export class InboxView {
    #parts;
    #store;
    #messenger;
    #drafts;
    #rows = new Rows('conversation-row');
    #filter = 'all';
    #demoPeer = null;

    /**
     * @param {HTMLElement} root
     * @param {import('../data/messenger.js').Messenger} messenger
     * @param {import('../data/drafts.js').Drafts} drafts
     * @param {{onSettings: () => void, onOpen: (id: string) => void}} actions
     */
    constructor(root, messenger, drafts, { onSettings, onOpen }) {
        this.#parts = partsOf(root);
        this.#messenger = messenger;
        this.#store = messenger.store;
        this.#drafts = drafts;
        const { conversations, conversationsArea, filters, greet, inboxRetry, me, settings, showAll } = this.#parts;

        me.addEventListener('click', onSettings);
        settings.addEventListener('click', onSettings);
        inboxRetry.addEventListener('click', () => messenger.refresh());
        greet.addEventListener('click', async () => onOpen(await messenger.converse(this.#demoPeer)));
        showAll.addEventListener('click', () => this.#choose('all'));
        filters.addEventListener('click', ({ target }) => {
            const chosen = target.closest('[data-filter]')?.dataset.filter;
            if (chosen) this.#choose(chosen);
        });
        conversations.addEventListener('keydown', (event) => this.#walk(event));
        conversationsArea.addEventListener('scroll', () => this.#readMore());

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

    /** The conversation so many lines below the open one, as they stand here; the first when none is open. */
    neighbour(step) {
        const shown = this.#shown;
        const place = shown.findIndex(({ id }) => id === this.#store.openID);
        return place < 0 ? shown[0] : shown[place + step];
    }

    draw() {
        const { conversations, inbox, newsCount } = this.#store;
        const { allRead, emptyUsername, filters, greet, inboxEmpty, inboxTrouble, inboxWaiting, myAvatar, myName, myUsername, unreadTotal } = this.#parts;
        const { person } = this.#store;
        const shown = this.#shown;

        drawAvatar(myAvatar, person);
        setText(myName, nameOf(person));
        setText(myUsername, `@${person.username}`);
        setText(emptyUsername, `@${person.username}`);

        setChildren(this.#parts.conversations, shown.map((conversation) => this.#row(conversation)));
        this.#rows.sweep();
        filters.hidden = conversations.length === 0 || newsCount === 0 && this.#filter === 'all';
        setText(unreadTotal, newsCount > 0 ? String(newsCount) : '');
        allRead.hidden = this.#filter === 'all' || shown.length > 0;
        const isKnown = inbox.isLoaded || conversations.length > 0;
        inboxEmpty.hidden = !inbox.isLoaded || conversations.length > 0;
        inboxTrouble.hidden = isKnown || !inbox.trouble;
        inboxWaiting.hidden = isKnown || Boolean(inbox.trouble);
        greet.hidden = !this.#demoPeer;
        this.#readMore();
    }

    get #shown() {
        const { conversations, openID } = this.#store;
        // What is being read does not vanish from under one's eyes.
        return this.#filter === 'all' ? conversations : conversations.filter(({ id, unread_count: count }) => count > 0 || id === openID);
    }

    #choose(filter) {
        this.#filter = filter;
        for (const button of this.#parts.filters.querySelectorAll('[data-filter]')) {
            button.setAttribute('aria-pressed', String(button.dataset.filter === filter));
        }
        this.draw();
    }

    #readMore() {
        const { scrollTop, scrollHeight, clientHeight } = this.#parts.conversationsArea;
        if (clientHeight > 0 && scrollHeight - scrollTop - clientHeight < 600) this.#messenger.readMoreConversations();
    }

    #row(conversation) {
        const { id, peer, last_message: last, created_at: createdAt, unread_count: unread } = conversation;
        const row = this.#rows.get(id);
        const isOpen = id === this.#store.openID;
        const waiting = this.#store.outbox.entries(id).at(-1);
        const isTyping = this.#store.typists.isTyping(id, Date.now());
        const isHere = this.#store.presence.get(peer.id)?.status === 'online';
        const draft = isOpen || waiting ? '' : this.#drafts.get(id);
        const when = new Date(last?.sent_at ?? createdAt);
        const time = shortWhen(when);
        const drawn = [conversation, isOpen, waiting, isTyping, isHere, draft, time];
        if (row.drawn?.every((value, index) => value === drawn[index])) return row.element;
        row.drawn = drawn;

        const { element, parts } = row;
        parts.link.href = addressOf(id);
        parts.link.dataset.id = id;
        parts.link.classList.toggle('has-news', unread > 0);
        if (isOpen) parts.link.setAttribute('aria-current', 'true');
        else parts.link.removeAttribute('aria-current');
        drawAvatar(parts.avatar, peer);
        parts.here.hidden = !isHere;
        setText(parts.name, nameOf(peer));
        setText(parts.time, time);
        parts.time.dateTime = when.toISOString();
        parts.time.title = wholeTime(when);
        const isMine = last?.sender_id === this.#store.person.id;
        drawStatus(parts.status, waiting ? waiting.failure ? 'failed' : 'sending' : isMine ? stageOf(last, conversation) : null);

        const [kind, text] = this.#preview({ last, isMine, waiting, isTyping, draft });
        setText(parts.preview, text);
        parts.preview.dataset.kind = kind;
        parts.unread.hidden = unread === 0;
        setText(parts.unread, unread > mostCounted ? `${mostCounted}+` : String(unread));
        parts.unread.setAttribute('aria-label', unread === 1 ? '1 unread message' : `${unread} unread messages`);
        return element;
    }

    /** @returns {[string, string]} what kind of line it is, and the line */
    #preview({ last, isMine, waiting, isTyping, draft }) {
        if (isTyping) return ['typing', 'typing…'];
        if (draft) return ['draft', `Draft: ${oneLine(draft)}`];
        if (waiting) return waiting.failure ? ['failed', `Not sent: ${oneLine(waiting.content)}`] : ['said', `You: ${oneLine(waiting.content)}`];
        if (!last) return ['none', 'No messages yet'];
        return ['said', isMine ? `You: ${oneLine(last.preview)}` : oneLine(last.preview)];
    }

    /** The arrow keys walk along the list. */
    #walk(event) {
        const step = { ArrowDown: 'nextElementSibling', ArrowUp: 'previousElementSibling' }[event.key];
        if (!step || event.altKey) return;
        event.preventDefault();
        event.target.closest('li')?.[step]?.querySelector('a').focus();
    }
}

function oneLine(text) {
    return (text ?? '').replace(/\s+/g, ' ').trim();
}
