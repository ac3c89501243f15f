import { TypingPace } from '../core/typists.js';

/** Letters are gathered for this long before they count as typing, in milliseconds. Source: ACCEPTANCE D-065. */
const debounce = 300;

/** Tells the others in a conversation that one is writing, and forgets in time that they were. */
export class Typing {
    #link;
    #store;
    #id = null;  // the conversation that is being written in
    #pace = new TypingPace();
    #timer = 0;
    #endTimer = 0;

    constructor(link, store) {
        this.#link = link;
        this.#store = store;
    }

    /** The text of the composer changed. */
    changed(conversationID, hasText) {
        if (this.#id !== conversationID) this.stopped();
        this.#id = conversationID;
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#say(this.#pace.changed(hasText, Date.now())), debounce);
    }

    /** Nothing is being written any more. */
    stopped() {
        clearTimeout(this.#timer);
        this.#say(this.#pace.stopped());
    }

    /** The message itself says it. */
    sent() {
        clearTimeout(this.#timer);
        this.#pace.sent();
    }

    /** Takes a `typing` frame. */
    heard({ conversation_id: id, user_id: person, is_typing: isTyping }) {
        if (person === this.#store.person.id) return;
        this.#store.typists.note(id, isTyping, Date.now());
        this.#store.changed();
        this.#forgetInTime();
    }

    #say(isTyping) {
        if (isTyping === null || this.#store.privacy.show_typing === false) return;
        this.#link.notify('typing', { conversation_id: this.#id, is_typing: isTyping });
    }

    #forgetInTime() {
        clearTimeout(this.#endTimer);
        const end = this.#store.typists.nextEnd(Date.now());
        if (end === null) return;
        this.#endTimer = setTimeout(() => {
            this.#store.changed();
            this.#forgetInTime();
        }, end - Date.now() + 10);
    }
}
