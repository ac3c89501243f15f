import { instantiate, setText } from '../dom.js';
import { nameOf } from '../format.js';
import { drawAvatar } from './avatar.js';

/** Characters from which on the service looks for people. */
const shortest = 3;

/** How long the keys must rest before it is asked, in milliseconds. */
const rest = 250;

/** Finds people by how their username begins. Follows the combobox pattern of the ARIA Authoring Practices Guide. */
export class PeopleSearch {
    #input;
    #list;
    #panel;
    #hint;
    #find;
    #onChosen;
    #people = [];
    #active = -1;
    #timer = 0;
    #search = new AbortController();

    /**
     * @param {{input: HTMLInputElement, list: HTMLElement, panel: HTMLElement, hint: HTMLElement}} elements
     * @param {(prefix: string, signal: AbortSignal) => Promise<object[]>} find
     * @param {(person: object) => Promise<void>} onChosen
     */
    constructor({ input, list, panel, hint }, find, onChosen) {
        this.#input = input;
        this.#list = list;
        this.#panel = panel;
        this.#hint = hint;
        this.#find = find;
        this.#onChosen = onChosen;
        input.addEventListener('input', () => this.#changed());
        input.addEventListener('keydown', (event) => this.#key(event));
        list.addEventListener('click', (event) => this.#choose([...list.children].indexOf(event.target.closest('li'))));
    }

    #changed() {
        clearTimeout(this.#timer);
        this.#search.abort();
        const prefix = this.#input.value.trim().replace(/^@/, '');
        this.#panel.hidden = prefix === '';
        if (prefix.length < shortest) {
            this.#show([], 'Enter at least three letters of a username.');
        } else {
            this.#timer = setTimeout(() => this.#ask(prefix), rest);
        }
    }

    async #ask(prefix) {
        const search = this.#search = new AbortController();
        try {
            const people = await this.#find(prefix, search.signal);
            if (!search.signal.aborted) this.#show(people, people.length ? '' : `Nobody's username begins with “${prefix}”.`);
        } catch (error) {
            if (!search.signal.aborted) this.#show([], error.message);
        }
    }

    #show(people, hint) {
        this.#people = people;
        this.#list.replaceChildren(...people.map((person, index) => {
            const { element, parts } = instantiate('person-row');
            element.id = `person-${index}`;
            drawAvatar(parts.avatar, person);
            setText(parts.name, nameOf(person));
            setText(parts.username, `@${person.username}`);
            return element;
        }));
        setText(this.#hint, hint);
        this.#input.setAttribute('aria-expanded', String(people.length > 0));
        this.#activate(people.length > 0 ? 0 : -1);
    }

    #activate(index) {
        this.#active = index;
        [...this.#list.children].forEach((row, place) => row.setAttribute('aria-selected', String(place === index)));
        const row = this.#list.children[index];
        if (row) this.#input.setAttribute('aria-activedescendant', row.id);
        else this.#input.removeAttribute('aria-activedescendant');
        row?.scrollIntoView({ block: 'nearest' });
    }

    #key(event) {
        if (event.isComposing) return;
        const count = this.#people.length;
        if (event.key === 'Escape' && this.#input.value) {
            event.stopPropagation();  // this Escape was for the search
            this.#clear();
        } else if (event.key === 'Enter' && this.#active >= 0) {
            this.#choose(this.#active);
        } else if (event.key === 'ArrowDown' && count) {
            this.#activate((this.#active + 1) % count);
        } else if (event.key === 'ArrowUp' && count) {
            this.#activate((this.#active - 1 + count) % count);
        } else {
            return;
        }
        event.preventDefault();
    }

    async #choose(index) {
        const person = this.#people[index];
        if (!person) return;
        try {
            await this.#onChosen(person);
            this.#clear();
        } catch (error) {
            setText(this.#hint, error.message);
        }
    }

    #clear() {
        this.#input.value = '';
        this.#changed();
    }
}
