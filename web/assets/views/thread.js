import { nameOf } from '../core/format.js';
import { drawAvatar } from './avatar.js';
import { Composer } from './composer.js';
import { partsOf, setText } from './dom.js';
import { MessageList } from './message-list.js';
import { Scroller } from './scroller.js';
import { presenceText } from './status.js';

/** The open conversation. */
export class ThreadView {
    #parts;
    #messenger;
    #store;
    #composer;
    #list;
    #scroller;
    #shownID = null;
    #beginnings = 0;  // how often the history that is shown had begun when a place in it was found
    #shownEnd = 0;  // seq of the newest message when the end was last on the screen

    /**
     * @param {HTMLElement} root
     * @param {import('../data/messenger.js').Messenger} messenger
     * @param {import('../data/drafts.js').Drafts} drafts
     * @param {{onAbout: (person: object) => void, onDetails: (message: object, conversation: object) => void}} actions
     */
    constructor(root, messenger, drafts, { onAbout, onDetails }) {
        const parts = this.#parts = partsOf(root);
        this.#messenger = messenger;
        this.#store = messenger.store;
        this.#composer = new Composer(parts, drafts, {
            onSend: (text) => this.#send(text),
            onComposing: (hasText) => messenger.composing(this.#shownID, hasText),
            onUp: () => this.#list.elements.at(-1)?.focus(),
        });
        this.#list = new MessageList(parts.days, this.#store.person, {
            onRetry: (id) => messenger.retry(this.#shownID, id),
            onDiscard: (id) => messenger.discard(id),
            onDetails: (message) => onDetails(message, this.#store.conversation(this.#shownID)),
        });
        this.#scroller = new Scroller(parts.scroller, parts.history, () => this.#moved());
        messenger.isLookedAt = ({ conversation_id: id }) => id === this.#shownID && this.#scroller.isAtEnd && isLooking();
        parts.newest.addEventListener('click', () => this.toNewest());
        parts.unblock.addEventListener('click', () => messenger.block(this.#peer, false).catch(() => {}));
        parts.readAgain.addEventListener('click', () => messenger.readAgain(this.#shownID));
        parts.peer.addEventListener('click', () => onAbout(this.#peer));
        parts.days.addEventListener('keydown', (event) => this.#walk(event));
        parts.scroller.addEventListener('keydown', (event) => event.key === 'End' && event.ctrlKey && this.toNewest());
        for (const type of ['focus', 'visibilitychange']) {
            (type === 'focus' ? window : document).addEventListener(type, () => this.#look());
        }
        this.#store.addEventListener('change', () => this.draw());
        this.draw();
    }

    /** Puts the focus where one goes on: to write, or, where a keyboard would cover half of the screen, to the head. */
    focus() {
        if (matchMedia('(hover: hover)').matches && !this.#parts.composer.hidden) this.#composer.focus();
        else this.#parts.peer.focus();
    }

    /** Goes to the newest message, which may have to be read first. */
    async toNewest() {
        if (this.#history.hasNewer) await this.#messenger.readNewest(this.#shownID);
        this.draw();
        this.#scroller.toEnd();
        this.#look();
    }

    draw() {
        const { openID } = this.#store;
        this.#parts.nothingOpen.hidden = Boolean(openID);
        this.#parts.open.hidden = !openID;
        const isOther = openID !== this.#shownID;
        this.#shownID = openID;
        if (!openID) return;

        if (isOther) {
            this.#beginnings = 0;
            this.#shownEnd = 0;
            this.#composer.turnTo(openID);
        }
        this.#composer.limit = this.#store.messageLimit;
        this.#drawHead();
        this.#drawHistory();
        this.#drawNewest();
        this.#look();
    }

    get #peer() {
        return this.#store.conversation(this.#shownID)?.peer;
    }

    get #history() {
        return this.#store.history(this.#shownID);
    }

    /** Whether the place where one begins has been found. */
    get #isSettled() {
        return this.#beginnings > 0 && this.#beginnings === this.#history.beginnings;
    }

    #drawHead() {
        const { back, elsewhere, peer, peerAvatar, peerName, peerStatus, beginningAvatar, beginningText, typing } = this.#parts;
        const conversation = this.#store.conversation(this.#shownID);
        const others = this.#store.newsCount - (conversation?.unread_count > 0 ? 1 : 0);
        elsewhere.hidden = others === 0;
        setText(elsewhere, String(others));
        back.setAttribute('aria-label', others === 0 ? 'Back to conversations' : `Back to conversations, ${others} with unread messages`);
        const isTyping = this.#store.typists.isTyping(this.#shownID, Date.now());
        typing.hidden = !isTyping;
        peer.hidden = !conversation;
        if (!conversation) return;
        const person = conversation.peer;
        const presence = this.#store.presence.get(person.id);
        drawAvatar(peerAvatar, person);
        drawAvatar(beginningAvatar, person);
        setText(peerName, nameOf(person));
        setText(peerStatus, isTyping ? 'typing…' : presenceText(presence) || `@${person.username}`);
        peerStatus.dataset.kind = isTyping ? 'typing' : presence?.status ?? '';
        peer.title = `About ${nameOf(person)}`;
        setText(beginningText, `This is where you and ${nameOf(person)} begin.`);
    }

    #drawHistory() {
        const history = this.#history;
        const conversation = this.#store.conversation(this.#shownID);
        const trouble = this.#messenger.trouble(this.#shownID);
        const waiting = this.#store.outbox.entries(this.#shownID);
        const { beginning, blocked, blockedText, composer, older, newer, trouble: troubleLine, troubleText, scroller } = this.#parts;

        this.#scroller.keepingPlace(this.#list.elements, () => {
            scroller.setAttribute('aria-busy', String(!history.isOpen));
            beginning.hidden = !history.isOpen || history.hasOlder || !conversation;
            older.hidden = Boolean(trouble) || history.isOpen && !history.hasOlder;
            newer.hidden = Boolean(trouble) || !history.isOpen || !history.hasNewer;
            const isBlocked = Boolean(conversation && this.#store.blocked?.has(conversation.peer.id));
            composer.hidden = trouble?.status === 404 || !conversation || isBlocked;
            blocked.hidden = !isBlocked;
            if (isBlocked) setText(blockedText, `You have blocked ${nameOf(conversation.peer)}.`);
            troubleLine.hidden = !trouble;
            setText(troubleText, trouble?.status === 404 ? 'There is no such conversation.' : trouble?.message ?? '');
            const { firstUnread } = this.#store;
            if (conversation) this.#list.draw(conversation, history.isOpen ? history.messages : [], waiting, firstUnread, this.#isSettled);
        });
        if (!this.#isSettled && history.isOpen) this.#settle();
        if (this.#scroller.isAtEnd && !history.hasNewer) this.#messenger.forgetBeginning(this.#shownID);
        this.#readMore();
    }

    /** Begins at what is new, or at the end. */
    #settle() {
        this.#beginnings = this.#history.beginnings;
        this.#scroller.toEnd();
        const { divider } = this.#list;
        if (divider && divider.getBoundingClientRect().top < this.#parts.scroller.getBoundingClientRect().top) this.#scroller.toTop(divider);
    }

    #moved() {
        this.#readMore();
        this.#drawNewest();
        this.#look();
    }

    #readMore() {
        if (!this.#isSettled || this.#messenger.trouble(this.#shownID)) return;
        if (this.#history.hasOlder && this.#scroller.isNearBeginning) this.#messenger.readOlder(this.#shownID);
        if (this.#history.hasNewer && this.#scroller.isNearEnd) this.#messenger.readNewer(this.#shownID);
    }

    /** The way down, and how much has come there meanwhile. */
    #drawNewest() {
        if (!this.#shownID) return;
        const { newest, newestCount } = this.#parts;
        const { hasNewer, head } = this.#history;
        const isAtEnd = this.#scroller.isAtEnd && !hasNewer;
        if (isAtEnd) this.#shownEnd = head;
        const unread = this.#store.conversation(this.#shownID)?.unread_count ?? 0;
        newest.hidden = isAtEnd || !this.#isSettled;
        newestCount.hidden = unread === 0;
        setText(newestCount, unread > 999 ? '999+' : String(unread));
        newest.setAttribute('aria-label', unread > 0 || head > this.#shownEnd ? 'To the new messages' : 'To the newest message');
    }

    /** Whoever has a message before their eyes has read it, and all before it. */
    #look() {
        if (!this.#shownID || !this.#isSettled || !isLooking()) return;
        const { seq } = this.#scroller.lastVisible(this.#list.elements.filter(({ dataset }) => dataset.seq))?.dataset ?? {};
        if (seq) this.#messenger.seen(this.#shownID, Number(seq));
    }

    async #send(text) {
        const { hasNewer } = this.#history;
        const stored = this.#messenger.send(this.#shownID, text);
        if (hasNewer) this.toNewest();
        else this.#scroller.toEnd();
        await stored;
    }

    /** The arrow keys walk along the messages, and from the last one back to where one writes. */
    #walk(event) {
        const { elements } = this.#list;
        const place = elements.indexOf(event.target.closest('.message'));
        if (place < 0 || event.altKey) return;
        const next = { ArrowUp: Math.max(0, place - 1), ArrowDown: place + 1, Home: 0, End: elements.length - 1 }[event.key];
        if (next === undefined || event.ctrlKey) return;
        event.preventDefault();
        if (next < elements.length) elements[next].focus({ preventScroll: false });
        else this.#composer.focus();
    }
}

function isLooking() {
    return document.visibilityState === 'visible' && document.hasFocus();
}
