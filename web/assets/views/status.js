import { shortWhen, timeOfDay } from '../core/format.js';
import { icon } from './dom.js';

/** How the way of one's own message is told. */
const words = { sending: 'Sending', sent: 'Sent', delivered: 'Delivered', read: 'Read', failed: 'Not sent' };

/** Shows how far a message got: a shape, and a word for who does not see it. `null` for a message of somebody else. */
export function drawStatus(element, stage) {
    if (element.dataset.stage === (stage ?? '')) return;
    element.dataset.stage = stage ?? '';
    element.replaceChildren();
    if (!stage) return;
    const label = document.createElement('span');
    label.className = 'visually-hidden';
    label.textContent = words[stage];
    element.title = words[stage];
    element.append(icon(stage), label);
}

/** "online", "last seen 14:05"; empty where nothing is known. */
export function presenceText(presence, now = new Date()) {
    if (presence?.status === 'online') return 'online';
    if (!presence?.last_seen_at) return '';
    const seen = new Date(presence.last_seen_at);
    const minutes = Math.floor((now - seen) / 60_000);
    if (minutes < 1) return 'last seen just now';
    if (minutes < 60) return `last seen ${minutes} min ago`;
    const when = shortWhen(seen, now);
    return when === timeOfDay(seen) ? `last seen today at ${when}` : `last seen ${when === 'Yesterday' ? 'yesterday' : when}`;
}
