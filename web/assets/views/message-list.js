import { icon, setChildren, setText } from '../dom.js';
import { dayName, nameOf, timeOfDay, wholeTime } from '../format.js';
import { arrange } from '../grouping.js';
import { Rows } from '../rows.js';

/** How the way of one's own message is told where it goes well. */
const statuses = { sending: 'Sending', sent: 'Sent' };

/** The messages of one conversation: by day and by sender, one's own that wait at the end. */
export class MessageList {
    #list;
    #person;
    #actions;
    #messages = new Rows('message-row');
    #days = new Rows('day-row');

    /**
     * @param {HTMLElement} list
     * @param {object} person who looks at it
     * @param {{onRetry: (clientMessageID: string) => void, onDiscard: (clientMessageID: string) => void}} actions
     */
    constructor(list, person, actions) {
        this.#list = list;
        this.#person = person;
        this.#actions = actions;
    }

    /**
     * @param {readonly object[]} messages as the service gave them, by `seq`
     * @param {object[]} waiting entries of the outbox
     */
    draw(messages, waiting) {
        const unsent = waiting.map((entry) => ({
            ...entry, sender_id: this.#person.id, sent_at: new Date(entry.written_at).toISOString(), way: entry.failure ? 'failed' : 'sending',
        }));
        const elements = [];
        for (const row of arrange([...messages, ...unsent])) {
            if (row.day) elements.push(this.#day(row.day));
            elements.push(this.#message(row));
        }
        setChildren(this.#list, elements);
        this.#messages.sweep();
        this.#days.sweep();
    }

    #day(day) {
        const { element, parts } = this.#days.get(day.getTime());
        setText(parts.day, dayName(day));
        return element;
    }

    #message({ message, time, isFirst, isLast }) {
        // A message keeps its row, and so its place on the screen, when its waiting ends and it gets its id.
        const key = message.client_msg_id && message.sender_id === this.#person.id ? message.client_msg_id : message.id;
        const row = this.#messages.get(key, ({ parts }) => this.#wire(parts, key));
        const { element, parts } = row;
        if (row.message === message && row.isFirst === isFirst && row.isLast === isLast) return element;
        Object.assign(row, { message, isFirst, isLast });

        const isMine = message.sender_id === this.#person.id;
        const way = isMine ? message.way ?? 'sent' : 'received';
        element.dataset.way = way;
        element.dataset.mine = isMine;
        element.classList.toggle('first', isFirst);
        element.classList.toggle('last', isLast);
        setText(parts.sender, isMine ? 'You:' : `${nameOf(message.sender)}:`);
        setText(parts.text, contentOf(message));
        parts.meta.hidden = !isLast && way !== 'failed';
        setText(parts.time, timeOfDay(time));
        parts.time.dateTime = time.toISOString();
        parts.time.title = parts.text.title = wholeTime(time);
        this.#drawStatus(parts.status, way, message.failure);
        parts.actions.hidden = way !== 'failed';
        return element;
    }

    #wire({ retry, discard }, clientMessageID) {
        retry.addEventListener('click', () => this.#actions.onRetry(clientMessageID));
        discard.addEventListener('click', () => this.#actions.onDiscard(clientMessageID));
    }

    #drawStatus(element, way, failure) {
        if (element.dataset.way === way) return;
        element.dataset.way = way;
        element.replaceChildren();
        if (way === 'received') return;
        const label = document.createElement('span');
        label.className = failure ? '' : 'visually-hidden';
        label.textContent = failure ? `Not sent. ${failure}` : statuses[way];
        element.append(icon(way), label);
    }
}

/** What a message says, for those who know text only. */
function contentOf(message) {
    if (message.deleted_at) return 'This message was deleted.';
    return message.content ?? 'A message that this page cannot show yet.';
}
