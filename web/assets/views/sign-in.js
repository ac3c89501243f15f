import { nameOf } from '../core/format.js';
import { accounts } from '../net/accounts.js';
import { demoPeople } from '../net/api.js';
import { signIn, signUp } from '../net/session.js';
import { avatar } from './avatar.js';
import { partsOf, setText } from './dom.js';

/** What the two purposes of the form say. */
const purposes = {
    'sign-in': { username: 'Username or e-mail', submit: 'Sign in', working: 'Signing in…', autocomplete: 'current-password' },
    'sign-up': { username: 'Username', submit: 'Create account', working: 'Creating your account…', autocomplete: 'new-password' },
};

/**
 * Signing in and signing up; one click for whoever is signed in on this browser already, and in development for the demo people.
 */
export class SignInView {
    #root;
    #parts;
    #form;
    #onSignedIn;
    #purpose = 'sign-in';

    /**
     * @param {HTMLElement} root
     * @param {(session: import('../net/session.js').Session | null, id: string) => void} onSignedIn
     */
    constructor(root, onSignedIn) {
        this.#root = root;
        this.#parts = partsOf(root);
        this.#form = this.#parts.form;
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
        const known = accounts.all;
        this.#parts.accounts.hidden = known.length === 0;
        this.#parts.accountChoice.replaceChildren(...known.map(({ id, person }) =>
            this.#button(person, nameOf(person), () => this.#onSignedIn(null, id))));

        const people = (await demoPeople()).filter(({ username }) => !known.some(({ person }) => person.username === username));
        this.#parts.demo.hidden = people.length === 0;
        this.#parts.demoHint.hidden = people.length < 2;
        this.#parts.demoPeople.replaceChildren(...people.map((person) => this.#button(
            person, `Continue as ${nameOf(person)}`,
            () => this.#work('Signing in…', () => signIn(person.username, person.password, { isDemo: true })))));
    }

    #button(person, text, action) {
        const button = document.createElement('button');
        button.type = 'button';
        button.className = 'person-choice';
        const label = document.createElement('span');
        label.textContent = text;
        button.append(avatar(person), label);
        button.addEventListener('click', action);
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
        for (const name of ['usernameHint', 'displayNameField', 'passwordHint']) this.#parts[name].hidden = purpose !== 'sign-up';
        this.#form.password.autocomplete = autocomplete;
        this.#complain(null);
        this.#form.username.focus();
    }

    #reveal(isShown) {
        this.#form.password.type = isShown ? 'text' : 'password';
        this.#parts.reveal.setAttribute('aria-pressed', String(isShown));
        this.#parts.reveal.setAttribute('aria-label', isShown ? 'Hide the password' : 'Show the password');
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
            ? signIn(username, password)
            : signUp(username, password, this.#form.display_name.value.trim()));
    }

    /** Does what takes a while; meanwhile nothing else can be begun. */
    async #work(label, action) {
        this.#complain(null);
        this.#busy(true);
        setText(this.#parts.submit, label);
        try {
            const session = await action();
            this.#reveal(false);
            this.#form.reset();
            this.#onSignedIn(session, session.person.id);
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
