import { setText } from './dom.js';

/** From how many scalars before the limit on the count is shown. */
const nearLimit = 200;

/** Where a message is written. */
export class Composer {
    #form;
    #text;
    #button;
    #count;
    #drafts;
    #actions;
    #conversationID = null;
    #limit = Infinity;

    /**
     * @param {{composer: HTMLFormElement, text: HTMLTextAreaElement, send: HTMLButtonElement, count: HTMLElement}} parts
     * @param {import('../data/drafts.js').Drafts} drafts
     * @param {{onSend: (text: string) => Promise<void>, onComposing: (hasText: boolean) => void, onUp: () => void}} actions
     */
    constructor({ composer, text, send, count }, drafts, actions) {
        this.#form = composer;
        this.#text = text;
        this.#button = send;
        this.#count = count;
        this.#drafts = drafts;
        this.#actions = actions;
        text.addEventListener('input', () => {
            this.#drafts.set(this.#conversationID, text.value);
            this.#changed();
            actions.onComposing(text.value.trim() !== '');
        });
        text.addEventListener('keydown', (event) => {
            if (event.key === 'ArrowUp' && text.value === '' && !event.altKey) {
                event.preventDefault();
                actions.onUp();
            }
            // While an input method composes, Enter ends its word, not ours. (229: Safari says so after the fact.)
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
            event.preventDefault();
            this.#send();
        });
        send.addEventListener('mousedown', (event) => event.preventDefault());  // a phone's keyboard stays open
        composer.addEventListener('submit', (event) => {
            event.preventDefault();
            this.#send();
            text.focus();
        });
    }

    /** Turns to a conversation, with what was begun there. */
    turnTo(conversationID) {
        this.#conversationID = conversationID;
        this.#text.value = this.#drafts.get(conversationID);
        this.#changed();
    }

    /** @param {number} limit in Unicode scalars, which is how the service counts */
    set limit(limit) {
        if (limit === this.#limit) return;
        this.#limit = limit;
        this.#changed();
    }

    focus() {
        this.#text.focus();
    }

    /** The draft is forgotten once the message is on the disk, not before. */
    async #send() {
        if (this.#button.disabled) return;
        const conversationID = this.#conversationID, text = this.#text.value;
        this.#text.value = '';
        this.#changed();
        await this.#actions.onSend(text.trim());
        if (this.#drafts.get(conversationID) === text) this.#drafts.set(conversationID, '');
    }

    #changed() {
        this.#fit();
        const content = this.#text.value.trim();
        const left = this.#limit - Array.from(content).length;
        this.#button.disabled = content === '' || left < 0;
        this.#count.hidden = left > nearLimit;
        this.#form.classList.toggle('too-long', left < 0);
        setText(this.#count, left >= 0 ? `${left} left` : `${-left} too many`);
    }

    /** Makes the field as high as its text; the style sheet says up to where. */
    #fit() {
        this.#text.style.height = 'auto';
        this.#text.style.height = `${this.#text.scrollHeight}px`;
    }
}
