/** Who tries things here. The token is kept for this tab alone. */

const key = 'parley.docs';

class Account extends EventTarget {
    #kept = read();

    get token() { return this.#kept?.token ?? null; }
    get name() { return this.#kept?.name ?? null; }

    /** @throws {Error} with words for people */
    async signIn(name, password) {
        const who = name.includes('@') ? { email: name } : { username: name };
        const answer = await call('/api/v1/auth/login', { method: 'POST', body: JSON.stringify({ ...who, password, device_name: 'The API page' }) });
        await this.use(answer.access);
    }

    async use(token) {
        const person = await call('/api/v1/users/me', { headers: { Authorization: `Bearer ${token}` } });
        this.#keep({ token, name: person.username });
    }

    signOut() { this.#keep(null); }

    #keep(kept) {
        this.#kept = kept;
        try {
            if (kept) sessionStorage.setItem(key, JSON.stringify(kept));
            else sessionStorage.removeItem(key);
        } catch {
            // Without storage it lasts until the page is left.
        }
        this.dispatchEvent(new Event('change'));
    }
}

function read() {
    try {
        return JSON.parse(sessionStorage.getItem(key));
    } catch {
        return null;
    }
}

async function call(path, { headers, ...options } = {}) {
    let response;
    try {
        response = await fetch(path, { ...options, headers: { 'Content-Type': 'application/json', ...headers }, cache: 'no-store' });
    } catch {
        throw new Error('The service cannot be reached right now.');
    }
    const answer = await response.json().catch(() => null);
    if (!response.ok) throw new Error(answer?.error?.message ?? 'Something went wrong.');
    return answer;
}

/** The people whom a development service offers; none elsewhere. */
export async function demoPeople() {
    try {
        const response = await fetch('/api/v1/demo', { cache: 'no-store' });
        return response.ok ? (await response.json()).people : [];
    } catch {
        return [];
    }
}

export const account = new Account();

/** The button in the bar and its dialog. */
export function mountAccount() {
    const [button, dialog, form, fault, demo] = ['who', 'sign-in', 'sign-in-form', 'sign-in-fault', 'demo'].map((id) => document.getElementById(id));

    const show = () => {
        button.textContent = account.token ? `@${account.name}` : 'Sign in';
        button.title = account.token ? 'Sign out' : '';
        button.classList.toggle('in', Boolean(account.token));
    };
    const attempt = async (work) => {
        fault.hidden = true;
        try {
            await work();
            dialog.close();
        } catch (error) {
            fault.textContent = error.message;
            fault.hidden = false;
        }
    };

    account.addEventListener('change', show);
    show();
    button.addEventListener('click', async () => {
        if (account.token) return account.signOut();
        fault.hidden = true;
        form.reset();
        dialog.showModal();
        const people = await demoPeople();
        demo.replaceChildren(...people.map((person) => {
            const choice = document.createElement('button');
            choice.type = 'button';
            choice.className = 'secondary';
            choice.textContent = `Be ${person.display_name}`;
            choice.addEventListener('click', () => attempt(() => account.signIn(person.username, person.password)));
            return choice;
        }));
        demo.hidden = people.length === 0;
    });
    document.getElementById('sign-in-cancel').addEventListener('click', () => dialog.close());
    form.addEventListener('submit', (event) => {
        event.preventDefault();
        const { name, password, token } = Object.fromEntries(new FormData(form));
        attempt(() => (token.trim() ? account.use(token.trim()) : account.signIn(name.trim(), password)));
    });
}
