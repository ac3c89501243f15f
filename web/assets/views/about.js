import { nameOf } from '../core/format.js';
import { drawAvatar } from './avatar.js';
import { Dialog } from './dialog.js';
import { setText } from './dom.js';
import { presenceText } from './status.js';

/** Who somebody is, and blocking them. */
export class AboutDialog extends Dialog {
    #messenger;
    #person = null;
    #isBlocked = false;

    /**
     * @param {HTMLDialogElement} element
     * @param {import('../data/messenger.js').Messenger} messenger
     */
    constructor(element, messenger) {
        super(element);
        this.#messenger = messenger;
        this.parts.block.addEventListener('click', () => this.#toggle());
    }

    /** Shows somebody. */
    showPerson(person) {
        this.#person = person;
        const { avatar, name, username, status, block, blockNote } = this.parts;
        drawAvatar(avatar, person);
        setText(name, nameOf(person));
        setText(username, `@${person.username}`);
        setText(status, presenceText(this.#messenger.store.presence.get(person.id)));
        block.hidden = blockNote.hidden = true;
        this.#complain('');
        this.show();
        this.#findOut(person);
    }

    /** What cannot be found out is not offered. */
    async #findOut(person) {
        try {
            await this.#messenger.readBlocks();
        } catch {
            return;
        }
        if (this.#person === person) this.#draw();
    }

    async #toggle() {
        const { block } = this.parts;
        block.disabled = true;
        try {
            await this.#messenger.block(this.#person, !this.#isBlocked);
            this.#complain('');
            this.#draw();
        } catch (error) {
            this.#complain(error.message);
        }
        block.disabled = false;
    }

    #draw() {
        const { block, blockNote } = this.parts;
        this.#isBlocked = this.#messenger.store.blocked.has(this.#person.id);
        block.hidden = false;
        blockNote.hidden = this.#isBlocked;
        setText(block, `${this.#isBlocked ? 'Unblock' : 'Block'} ${nameOf(this.#person)}`);
    }

    #complain(message) {
        this.parts.error.hidden = !message;
        setText(this.parts.error, message);
    }
}
