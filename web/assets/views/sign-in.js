import { demoPeople } from '../api.js';
import { partsOf, setText } from '../dom.js';
import { avatar } from './avatar.js';
import { nameOf } from '../format.js';

/** What the two purposes of the form say. */
const purposes = {
    'sign-in': { username: 'Username or e-mail', submit: 'Sign in', working: 'Signing in…', autocomplete: 'current-password' },
    'sign-up': { username: 'Username', submit: 'Create account', working: 'Creating your account…', autocomplete: 'new-password' },
};

/** Signing in and signing up; in development also one click to be one of the demo people. */
export class SignInView {
    #root;
    #parts;
    #form;
    #session;
    #onSignedIn;
    #purpose = 'sign-in';

    /**
     * @param {HTMLElement} root
     * @param {import('../session.js').Session} session
     * @param {() => void} onSignedIn
     */
    constructor(root, session, onSignedIn) {
        this.#root = root;
        this.#parts = partsOf(root);
        this.#form = this.#parts.form;
        this.#session = session;
        this.#onSignedIn = onSignedIn;

        for (const button of root.querySelectorAll('[data-purpose]')) {
            button.addEventListener('click', () => this.#choose(button.dataset.purpose));
        }
        this.#form.addEventListener('submit', (event) => {
            event.preventDefault();
            this.#submit();
        });
        this.#form.addEventListener('input', () => this.#complain(null));
        this.#parts.reveal.addEventListener('click', () => this.#reveal(this.#form.password.type === 'password'));
    }

    /** @param {string} [notice] why one has to sign in again */
    async show(notice) {
        this.#root.hidden = false;
        this.#parts.notice.hidden = !notice;
        setText(this.#parts.notice, notice ?? '');
        this.#form.username.focus();
        const people = await demoPeople();
        this.#parts.demo.hidden = people.length === 0;
        this.#parts.demoPeople.replaceChildren(...people.map((person) => this.#demoButton(person)));
    }

    #demoButton(person) {
        const button = document.createElement('button');
        button.type = 'button';
        button.className = 'demo-person';
        const label = document.createElement('span');
        label.textContent = `Continue as ${nameOf(person)}`;
        button.append(avatar({ id: person.username, ...person }), label);
        button.addEventListener('click', () => this.#work('Signing in…', () => this.#session.signIn(person.username, person.password)));
        return button;
    }

    #choose(purpose) {
        this.#purpose = purpose;
        const { username, submit, autocomplete } = purposes[purpose];
        for (const button of this.#root.querySelectorAll('[data-purpose]')) {
            button.setAttribute('aria-pressed', String(button.dataset.purpose === purpose));
        }
        setText(this.#parts.usernameLabel, username);
        setText(this.#parts.submit, submit);
        this.#parts.usernameHint.hidden = this.#parts.displayNameField.hidden = purpose !== 'sign-up';
        this.#form.password.autocomplete = autocomplete;
        this.#complain(null);
        this.#form.username.focus();
    }

    #reveal(isShown) {
        this.#form.password.type = isShown ? 'text' : 'password';
        this.#parts.reveal.setAttribute('aria-pressed', String(isShown));
        setText(this.#parts.reveal, isShown ? 'Hide' : 'Show');
        this.#form.password.focus();
    }

    #submit() {
        const username = this.#form.username.value.trim();
        const password = this.#form.password.value;
        if (!username || !password) {
            this.#complain(username ? 'Please enter your password.' : 'Please enter your username.', username ? 'password' : 'username');
            return;
        }
        this.#work(purposes[this.#purpose].working, () => this.#purpose === 'sign-in'
            ? this.#session.signIn(username, password)
            : this.#session.signUp(username, password, this.#form.display_name.value.trim()));
    }

    /** Does what takes a while; meanwhile nothing else can be begun. */
    async #work(label, action) {
        this.#complain(null);
        this.#busy(true);
        setText(this.#parts.submit, label);
        try {
            await action();
            this.#reveal(false);
            this.#form.reset();
            this.#root.hidden = true;
            this.#onSignedIn();
        } catch (error) {
            this.#complain(error.message, error.details?.path);
        } finally {
            this.#busy(false);
            setText(this.#parts.submit, purposes[this.#purpose].submit);
        }
    }

    #busy(isBusy) {
        for (const button of this.#root.querySelectorAll('button')) button.disabled = isBusy;
    }

    /** @param {string} [fieldName] which field to put right */
    #complain(message, fieldName) {
        this.#parts.error.hidden = !message;
        setText(this.#parts.error, message ?? '');
        for (const input of this.#form.querySelectorAll('input')) input.removeAttribute('aria-invalid');
        const field = message && (this.#form.elements[fieldName] ?? this.#form.password);
        field?.setAttribute?.('aria-invalid', 'true');
        field?.focus?.();
    }
}
