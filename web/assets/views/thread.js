import { partsOf, setText } from '../dom.js';
import { nameOf } from '../format.js';
import { drawAvatar } from './avatar.js';
import { Composer } from './composer.js';
import { MessageList } from './message-list.js';
import { Scroller } from './scroller.js';

/** The open conversation. */
export class ThreadView {
    #parts;
    #messenger;
    #store;
    #composer;
    #list;
    #scroller;
    #shownID = null;
    #shownEnd = 0;  // seq of the newest message when the end was last on the screen

    /**
     * @param {HTMLElement} root
     * @param {import('../messenger.js').Messenger} messenger
     * @param {import('../drafts.js').Drafts} drafts
     */
    constructor(root, messenger, drafts) {
        const parts = this.#parts = partsOf(root);
        this.#messenger = messenger;
        this.#store = messenger.store;
        this.#composer = new Composer(parts, drafts, (text) => this.#send(text));
        this.#list = new MessageList(parts.messages, this.#store.person, {
            onRetry: (id) => messenger.retry(this.#shownID, id),
            onDiscard: (id) => messenger.discard(id),
        });
        this.#scroller = new Scroller(parts.scroller, parts.history, {
            onNearBeginning: () => messenger.readOlder(this.#shownID),
            onMoved: () => this.#drawNewest(),
        });
        parts.newest.addEventListener('click', () => this.#scroller.toEnd());
        parts.readAgain.addEventListener('click', () => messenger.readAgain(this.#shownID));
        this.#store.addEventListener('change', () => this.draw());
        this.draw();
    }

    /** Puts the focus where one goes on: to write, or, where a keyboard would cover half of the screen, to the head. */
    focus() {
        if (matchMedia('(hover: hover)').matches) this.#composer.focus();
        else this.#parts.peerName.focus();
    }

    draw() {
        const { openID } = this.#store;
        const conversation = openID && this.#store.conversation(openID);
        this.#parts.nothingOpen.hidden = Boolean(openID);
        this.#parts.open.hidden = !openID;
        const isOther = openID !== this.#shownID;
        this.#shownID = openID;
        if (!openID) return;

        if (isOther) this.#composer.turnTo(openID);
        this.#composer.limit = this.#store.messageLimit;
        if (conversation) this.#drawPeer(conversation.peer);
        this.#drawHistory(isOther);
    }

    #drawPeer(peer) {
        const { peerAvatar, peerName, peerUsername, beginningAvatar, beginningText } = this.#parts;
        drawAvatar(peerAvatar, peer);
        drawAvatar(beginningAvatar, peer);
        setText(peerName, nameOf(peer));
        setText(peerUsername, `@${peer.username}`);
        setText(beginningText, `This is where you and ${nameOf(peer)} begin.`);
    }

    #drawHistory(isOther) {
        const timeline = this.#store.timeline(this.#shownID);
        const waiting = this.#store.outbox.entries(this.#shownID);
        const trouble = this.#messenger.trouble(this.#shownID);
        const { beginning, composer, older, trouble: troubleLine, troubleText, messages, scroller } = this.#parts;

        const draw = () => {
            scroller.setAttribute('aria-busy', String(!timeline.isLoaded));
            beginning.hidden = !timeline.isLoaded || timeline.hasOlder;
            older.hidden = Boolean(trouble) || timeline.isLoaded && !timeline.hasOlder;
            composer.hidden = trouble?.status === 404;
            troubleLine.hidden = !trouble;
            setText(troubleText, trouble?.message ?? '');
            this.#list.draw(timeline.messages, waiting);
        };
        if (isOther) {
            draw();
            this.#scroller.toEnd();
        } else {
            this.#scroller.keepingPlace(messages.querySelector('.message'), draw);
        }
        if (this.#scroller.isAtEnd) this.#messenger.forgetBeginning(this.#shownID);
        if (timeline.hasOlder && this.#scroller.isNearBeginning) this.#messenger.readOlder(this.#shownID);
        this.#drawNewest();
    }

    /** The way down, and whether something has come there meanwhile. */
    #drawNewest() {
        const timeline = this.#shownID && this.#store.timeline(this.#shownID);
        if (!timeline) return;
        const end = timeline.messages.at(-1)?.seq ?? 0;
        if (this.#scroller.isAtEnd) this.#shownEnd = end;
        this.#parts.newest.hidden = this.#scroller.isAtEnd;
        this.#parts.newest.classList.toggle('has-news', end > this.#shownEnd);
        setText(this.#parts.newestLabel, end > this.#shownEnd ? 'New messages' : '');
        this.#parts.newest.setAttribute('aria-label', end > this.#shownEnd ? 'To the new messages' : 'To the newest message');
    }

    #send(text) {
        this.#messenger.send(this.#shownID, text);
        this.#scroller.toEnd();
    }
}
