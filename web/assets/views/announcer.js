import { nameOf } from '../core/format.js';

/** How many announcements are kept; a screen reader speaks them as they come. */
const kept = 5;

/** Tells a screen reader of messages as they come in, and the title of the window how many conversations have news. */
export function announce(region, messenger) {
    const { store } = messenger;
    messenger.addEventListener('arrived', ({ detail: message }) => {
        const line = document.createElement('p');
        const name = nameOf(message.sender);
        line.textContent = message.conversation_id === store.openID ? `${name}: ${message.content}` : `New message from ${name}`;
        region.append(line);
        while (region.children.length > kept) region.firstElementChild.remove();
    });
    store.addEventListener('change', () => {
        const { newsCount } = store;
        document.title = newsCount > 0 ? `(${newsCount}) Parley` : 'Parley';
    });
}
