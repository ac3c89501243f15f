import { nameOf } from '../core/format.js';
import { isMeant } from '../core/matching.js';
import { drawAvatar } from './avatar.js';
import { instantiate, setText } from './dom.js';

/** How long the fingers must rest before the service is asked, in milliseconds. */
const rest = 250;

/** From so many letters on the service is asked. */
const shortest = 3;

/** How many conversations are offered. */
const mostKnown = 8;

/** Finds conversations by whom they are with, and people to begin one with. A combobox with a list. Source: WAI-ARIA APG. */
export class Search {
    #input;
    #list;
    #panel;
    #hint;
    #messenger;
    #onChosen;
    #people = [];
    #active = -1;
    #timer = 0;
    #asked = null;  // AbortController of the question under way

    /**
     * @param {{search: HTMLInputElement, foundList: HTMLElement, found: HTMLElement, searchHint: HTMLElement, searchKey: HTMLElement}} parts
     * @param {import('../data/messenger.js').Messenger} messenger
     * @param {(person: object) => Promise<void>} onChosen
     */
    constructor({ search, foundList, found, searchHint, searchKey }, messenger, onChosen) {
        this.#input = search;
        this.#list = foundList;
        this.#panel = found;
        this.#hint = searchHint;
        this.#messenger = messenger;
        this.#onChosen = onChosen;
        search.addEventListener('input', () => this.#changed());
        search.addEventListener('keydown', (event) => this.#key(event));
        search.addEventListener('focus', () => { searchKey.hidden = true; });
        search.addEventListener('blur', () => { searchKey.hidden = search.value !== ''; });
        foundList.addEventListener('mousedown', (event) => event.preventDefault());  // the focus stays in the field
        foundList.addEventListener('click', ({ target }) => {
            const option = target.closest('[role=option]');
            if (option) this.#choose(this.#options.indexOf(option));
        });
    }

    focus() {
        this.#input.focus();
        this.#input.select();
    }

    get #options() {
        return [...this.#list.querySelectorAll('[role=option]')];
    }

    #changed() {
        clearTimeout(this.#timer);
        this.#asked?.abort();
        const typed = this.#input.value.trim().replace(/^@/, '');
        this.#panel.hidden = typed === '';
        this.#input.closest('.inbox').classList.toggle('is-searching', typed !== '');
        const known = typed ? this.#known(typed) : [];
        if (typed.length < shortest) {
            this.#show(known, [], 'Three letters or more find people.');
        } else {
            this.#show(known, [], 'Looking for people…');
            this.#timer = setTimeout(() => this.#ask(typed, known), rest);
        }
    }

    #known(typed) {
        return this.#messenger.store.conversations.map(({ peer }) => peer).filter((peer) => isMeant(peer, typed)).slice(0, mostKnown);
    }

    async #ask(typed, known) {
        const asked = this.#asked = new AbortController();
        try {
            const found = await this.#messenger.people(typed, asked.signal);
            if (asked.signal.aborted) return;
            const others = found.filter(({ id }) => !known.some((person) => person.id === id));
            this.#show(known, others, known.length + others.length > 0 ? '' : `Nobody is called “${typed}”.`);
        } catch (error) {
            if (!asked.signal.aborted) this.#show(known, [], error.message);
        }
    }

    #show(known, others, hint) {
        const chosen = this.#people[this.#active]?.id;
        this.#people = [...known, ...others];
        this.#list.replaceChildren(...this.#group('Conversations', known, 0), ...this.#group('People', others, known.length));
        setText(this.#hint, hint);
        this.#input.setAttribute('aria-expanded', String(this.#people.length > 0));
        this.#activate(Math.max(0, this.#people.findIndex(({ id }) => id === chosen)));
    }

    #group(title, people, from) {
        if (people.length === 0) return [];
        const head = document.createElement('li');
        head.className = 'group';
        head.setAttribute('role', 'presentation');
        head.textContent = title;
        return [head, ...people.map((person, index) => {
            const { element, parts } = instantiate('found-person');
            element.id = `found-${from + index}`;
            drawAvatar(parts.avatar, person);
            setText(parts.name, nameOf(person));
            setText(parts.username, `@${person.username}`);
            return element;
        })];
    }

    #activate(index) {
        const options = this.#options;
        this.#active = options.length > 0 ? index : -1;
        options.forEach((row, place) => row.setAttribute('aria-selected', String(place === index)));
        const row = options[index];
        if (row) this.#input.setAttribute('aria-activedescendant', row.id);
        else this.#input.removeAttribute('aria-activedescendant');
        row?.scrollIntoView({ block: 'nearest' });
    }

    #key(event) {
        if (event.isComposing) return;
        const count = this.#people.length;
        if (event.key === 'Escape') {
            event.stopPropagation();  // this Escape was for the search
            if (this.#input.value) this.#clear();
            else this.#input.blur();
        } else if (event.key === 'Enter' && this.#active >= 0) {
            this.#choose(this.#active);
        } else if (event.key === 'ArrowDown' && count && !event.altKey) {
            this.#activate((this.#active + 1) % count);
        } else if (event.key === 'ArrowUp' && count && !event.altKey) {
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
