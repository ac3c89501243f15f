import { stageOf } from '../core/conversation.js';
import { dayName, nameOf, timeOfDay, wholeTime } from '../core/format.js';
import { arrange } from '../core/grouping.js';
import { linked } from '../core/links.js';
import { setChildren, setText } from './dom.js';
import { Rows } from './rows.js';
import { drawStatus } from './status.js';

/** A message of so few emoji and nothing else is shown large. */
const fewEmoji = /^(?:\p{Extended_Pictographic}(?:\ufe0f|\u200d\p{Extended_Pictographic}|\p{Emoji_Modifier})*\s*){1,3}$/u;

/** The messages of one conversation: by day and by sender, one's own that wait at the end. */
export class MessageList {
    #list;
    #person;
    #actions;
    #messages = new Rows('message-row');
    #days = new Rows('day-row');
    #unread = new Rows('unread-row');

    /**
     * @param {HTMLElement} list
     * @param {object} person who looks at it
     * @param {{onRetry: (clientMessageID: string) => void, onDiscard: (clientMessageID: string) => void, onDetails: (message: object) => void}} actions
     */
    constructor(list, person, actions) {
        this.#list = list;
        this.#person = person;
        this.#actions = actions;
    }

    /**
     * @param {object} conversation
     * @param {readonly object[]} messages as the service gave them, by `seq`
     * @param {object[]} waiting entries of the outbox
     * @param {number | null} firstUnread the `seq` from which on messages of others are new
     * @param {boolean} isSettled whether what comes in now comes in live
     */
    draw(conversation, messages, waiting, firstUnread, isSettled) {
        const unsent = waiting.map((entry) => ({
            ...entry, sender_id: this.#person.id, sent_at: new Date(entry.written_at).toISOString(), stage: entry.failure ? 'failed' : 'sending',
        }));
        const days = [];
        let isDivided = firstUnread === null;
        for (const row of arrange([...messages, ...unsent])) {
            if (row.day) days.push({ day: row.day, elements: [] });
            const { elements } = days.at(-1);
            if (!isDivided && row.message.seq >= firstUnread && row.message.sender_id !== this.#person.id) {
                isDivided = true;
                elements.push(this.#unread.get(firstUnread).element);
            }
            elements.push(this.#message(row, conversation, isSettled));
        }
        setChildren(this.#list, days.map(({ day, elements }) => this.#day(day, elements)));
        for (const rows of [this.#messages, this.#days, this.#unread]) rows.sweep();
    }

    /** The line above what is new, if it stands here. */
    get divider() {
        return this.#list.querySelector('.unread-divider');
    }

    /** All messages from top to bottom. */
    get elements() {
        return [...this.#list.querySelectorAll('.message')];
    }

    #day(day, elements) {
        const { element, parts } = this.#days.get(day.getTime());
        setText(parts.day, dayName(day));
        setChildren(parts.messages, elements);
        return element;
    }

    #message({ message, time, isFirst, isLast }, conversation, isSettled) {
        // A message keeps its row, and so its place on the screen, when its waiting ends and it gets its id.
        const isMine = message.sender_id === this.#person.id;
        const key = message.client_msg_id && isMine ? message.client_msg_id : message.id;
        const row = this.#messages.get(key, (row) => this.#wire(row, key, isSettled));
        const stage = isMine ? message.stage ?? stageOf(message, conversation) : null;
        if (row.message === message && row.isFirst === isFirst && row.isLast === isLast && row.stage === stage) return row.element;
        const isSameText = row.message?.content === message.content;
        Object.assign(row, { message, isFirst, isLast, stage });

        const { element, parts } = row;
        element.dataset.mine = isMine;
        element.dataset.way = stage ?? 'received';
        if (message.seq) element.dataset.seq = message.seq;
        element.classList.toggle('first', isFirst);
        element.classList.toggle('last', isLast);
        setText(parts.sender, isMine ? 'You: ' : `${nameOf(message.sender)}: `);
        if (!isSameText) drawText(parts.text, contentOf(message));
        parts.bubble.classList.toggle('large', fewEmoji.test(message.content ?? ''));
        setText(parts.time, timeOfDay(time));
        parts.time.dateTime = time.toISOString();
        parts.time.title = wholeTime(time);
        drawStatus(parts.status, stage);
        parts.failure.hidden = stage !== 'failed';
        setText(parts.reason, message.failure ? `Not sent. ${message.failure}` : '');
        return element;
    }

    #wire(row, clientMessageID, isSettled) {
        const { element, parts: { retry, discard, more, meta } } = row;
        element.classList.toggle('arriving', isSettled);
        retry.addEventListener('click', () => this.#actions.onRetry(clientMessageID));
        discard.addEventListener('click', () => this.#actions.onDiscard(clientMessageID));
        for (const way of [more, meta]) way.addEventListener('click', () => this.#actions.onDetails(row.message));
        element.addEventListener('keydown', (event) => {
            if (event.key !== 'Enter' || event.target !== element) return;
            event.preventDefault();
            this.#actions.onDetails(row.message);
        });
    }
}

/** What a message says, for those who know text only. */
function contentOf({ type, content }) {
    return type === undefined || type === 'text' ? content : 'This message cannot be shown here.';
}

function drawText(element, text) {
    element.replaceChildren(...linked(text).map((piece) => {
        if (!piece.href) return piece.text;
        const link = document.createElement('a');
        link.href = piece.href;
        link.target = '_blank';
        link.rel = 'noopener noreferrer';
        link.textContent = piece.text;
        return link;
    }));
}
