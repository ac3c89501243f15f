import { nameOf, shortWhen } from '../core/format.js';
import { appearance } from './appearance.js';
import { drawAvatar } from './avatar.js';
import { Dialog } from './dialog.js';
import { instantiate, setText } from './dom.js';

/** What one can switch, as far as the service knows it. */
const switches = {
    read_receipts: ['Read receipts', 'Others see that you have read their messages.'],
    show_typing: ['Typing', 'Others see that you are writing to them.'],
    show_last_seen: ['Last seen', 'Others see whether you are here, and when you last were.'],
};

/** Everything about oneself: name, appearance, privacy, devices, password, and the ways out. */
export class SettingsDialog extends Dialog {
    #messenger;
    #store;

    /**
     * @param {HTMLDialogElement} element
     * @param {import('../data/messenger.js').Messenger} messenger
     * @param {{onSignOut: () => void, onOtherAccount: () => void, onShortcuts: () => void}} actions
     */
    constructor(element, messenger, { onSignOut, onOtherAccount, onShortcuts }) {
        super(element);
        this.#messenger = messenger;
        this.#store = messenger.store;
        const { nameForm, passwordForm, saveName, looks, signOut, otherAccount, shortcuts } = this.parts;
        nameForm.name.addEventListener('input', () => {
            const name = nameForm.name.value.trim();
            saveName.disabled = name === '' || name === nameOf(this.#store.person);
        });
        nameForm.addEventListener('submit', (event) => this.#submit(event, () => this.#rename()));
        passwordForm.addEventListener('submit', (event) => this.#submit(event, () => this.#changePassword()));
        looks.addEventListener('click', ({ target }) => {
            if (!target.dataset.look) return;
            appearance.look = target.dataset.look;
            this.#drawLook();
        });
        signOut.addEventListener('click', onSignOut);
        otherAccount.addEventListener('click', onOtherAccount);
        shortcuts.addEventListener('click', () => {
            this.close();
            onShortcuts();
        });
    }

    show() {
        const { nameForm, nameNote, passwordForm, passwordNote, saveName } = this.parts;
        nameForm.name.value = nameOf(this.#store.person);
        saveName.disabled = true;
        passwordForm.reset();
        passwordForm.username.value = this.#store.person.username;
        say(nameNote, `Others find you as @${this.#store.person.username}.`);
        say(passwordNote, 'All other devices are signed out.');
        drawAvatar(this.parts.avatar, this.#store.person);
        this.#drawLook();
        this.#drawPrivacy();
        super.show();
        this.#readPrivacy();
        this.#readDevices();
        this.#readBlocks();
    }

    /** A form's button works once at a time. */
    async #submit(event, action) {
        event.preventDefault();
        const button = event.target.querySelector('[type=submit]');
        button.disabled = true;
        await action();
        button.disabled = event.target === this.parts.nameForm;
    }

    async #rename() {
        const { nameForm, nameNote, avatar } = this.parts;
        try {
            this.#store.takeMe(await this.#messenger.api.rename(nameForm.name.value.trim()));
            drawAvatar(avatar, this.#store.person);
            say(nameNote, 'Saved.');
        } catch (error) {
            say(nameNote, error.message, true);
        }
    }

    async #changePassword() {
        const { passwordForm, passwordNote } = this.parts;
        const { current, replacement } = passwordForm;
        if (!current.value || !replacement.value) return say(passwordNote, 'Please enter both passwords.', true);
        try {
            await this.#messenger.api.changePassword(current.value, replacement.value);
            passwordForm.reset();
            say(passwordNote, 'Changed. All other devices are signed out.');
            this.#readDevices();
        } catch (error) {
            say(passwordNote, error.status === 403 ? 'The current password is not right.' : error.message, true);
        }
    }

    #drawLook() {
        for (const button of this.parts.looks.children) button.setAttribute('aria-pressed', String(button.dataset.look === appearance.look));
    }

    async #readPrivacy() {
        try {
            this.#store.takePrivacy(await this.#messenger.api.privacy());
            this.#drawPrivacy();
        } catch {
            // What was known stays.
        }
    }

    #drawPrivacy() {
        const known = Object.keys(switches).filter((key) => key in this.#store.privacy);
        this.parts.privacy.hidden = known.length === 0;
        this.parts.privacyError.hidden = true;
        if (this.parts.switches.children.length === known.length) {
            known.forEach((key, place) => this.#drawSwitch(this.parts.switches.children[place], key));
            return;
        }
        this.parts.switches.replaceChildren(...known.map((key) => {
            const { element, parts } = instantiate('switch-row');
            const [name, about] = switches[key];
            setText(parts.name, name);
            setText(parts.about, about);
            parts.name.id = `switch-${key}`;
            parts.about.id = `switch-${key}-about`;
            parts.switch.setAttribute('aria-labelledby', parts.name.id);
            parts.switch.setAttribute('aria-describedby', parts.about.id);
            parts.switch.addEventListener('click', () => this.#toggle(key));
            this.#drawSwitch(element, key);
            return element;
        }));
    }

    #drawSwitch(row, key) {
        row.querySelector('[role=switch]').setAttribute('aria-checked', String(this.#store.privacy[key]));
    }

    async #toggle(key) {
        const { privacyError } = this.parts;
        try {
            this.#store.takePrivacy(await this.#messenger.api.changePrivacy({ [key]: !this.#store.privacy[key] }));
            this.#drawPrivacy();
        } catch (error) {
            privacyError.hidden = false;
            setText(privacyError, error.message);
        }
    }

    async #readDevices() {
        const { devices, devicesNote } = this.parts;
        try {
            const { items } = await this.#messenger.api.devices();
            say(devicesNote, '');
            devices.replaceChildren(...[...items].sort((a, b) => b.is_current - a.is_current).map((device) => this.#device(device)));
        } catch (error) {
            say(devicesNote, error.message, true);
        }
    }

    #device({ id, name, last_seen_at: seen, is_current: isCurrent }) {
        const { element, parts } = instantiate('device-row');
        const called = name || 'Unnamed device';
        setText(parts.name, called);
        setText(parts.about, isCurrent ? 'This browser' : `Last seen ${shortWhen(new Date(seen))}`);
        parts.end.hidden = isCurrent;
        parts.end.setAttribute('aria-label', `Sign out ${called}`);
        parts.end.addEventListener('click', async () => {
            try {
                await this.#messenger.api.signOutDevice(id);
                say(this.parts.devicesNote, `${called} was signed out.`);
                element.remove();
            } catch (error) {
                say(this.parts.devicesNote, error.message, true);
            }
        });
        return element;
    }

    async #readBlocks() {
        try {
            await this.#messenger.readBlocks();
        } catch {
            return;
        }
        this.#drawBlocks();
    }

    #drawBlocks() {
        const { blocks, blockedPeople } = this.parts;
        const people = [...this.#store.blocked.values()];
        blocks.hidden = people.length === 0;
        blockedPeople.replaceChildren(...people.map((person) => {
            const { element, parts } = instantiate('blocked-row');
            drawAvatar(parts.avatar, person);
            setText(parts.name, nameOf(person));
            setText(parts.about, `@${person.username}`);
            parts.unblock.setAttribute('aria-label', `Unblock ${nameOf(person)}`);
            parts.unblock.addEventListener('click', async () => {
                await this.#messenger.block(person, false).catch(() => {});
                this.#drawBlocks();
            });
            return element;
        }));
    }
}

function say(element, text, isTrouble = false) {
    setText(element, text);
    element.classList.toggle('is-trouble', isTrouble);
}
