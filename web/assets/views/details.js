import { stageOf } from '../core/conversation.js';
import { nameOf, wholeTime } from '../core/format.js';
import { Dialog } from './dialog.js';
import { setText } from './dom.js';

/** What became of a message, with times; and its text, to be copied. */
export class DetailsDialog extends Dialog {
    #messenger;
    #message = null;

    /**
     * @param {HTMLDialogElement} element
     * @param {import('../data/messenger.js').Messenger} messenger
     */
    constructor(element, messenger) {
        super(element);
        this.#messenger = messenger;
        this.parts.copy.addEventListener('click', () => this.#copy());
        this.parts.copy.hidden = !navigator.clipboard;
    }

    async showMessage(message, conversation) {
        this.#message = message;
        const isMine = message.sender_id === this.#messenger.store.person.id;
        const { text, copy } = this.parts;
        setText(text, message.content);
        setText(copy, 'Copy text');
        const times = [[isMine ? 'Sent' : `Sent by ${nameOf(message.sender)}`, message.id ? message.sent_at : null]];
        this.#draw(times);
        this.show();
        if (!isMine || !message.id || stageOf(message, conversation) === 'sent') return;
        try {
            const { recipients: [{ delivered_at: delivered, read_at: read }] } = await this.#messenger.api.status(conversation.id, message.id);
            if (this.#message === message) this.#draw([...times, ['Delivered', delivered], ['Read', read]]);
        } catch {
            // What is shown already stays; it is asked again next time.
        }
    }

    /** @param {[string, string | null | undefined][]} times */
    #draw(times) {
        this.parts.times.replaceChildren(...times.filter(([, time]) => time !== undefined).flatMap(([what, time]) => {
            const term = document.createElement('dt'), value = document.createElement('dd');
            term.textContent = what;
            value.textContent = time ? wholeTime(new Date(time)) : 'not yet';
            return [term, value];
        }));
    }

    async #copy() {
        try {
            await navigator.clipboard.writeText(this.#message.content);
            setText(this.parts.copy, 'Copied');
        } catch {
            setText(this.parts.copy, 'Could not copy');
        }
    }
}
