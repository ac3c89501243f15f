import { account } from './account.js';
import { h, json, prose } from './dom.js';
import { limitWords } from './operation.js';

/** The socket: what one may say, what one is told, why it ends, and a console to try it. */
export function socketSection(document, schemas) {
    const { address, description, 'x-close-codes': closeCodes } = document.channels.socket;
    const messages = Object.entries(document.components.messages);
    const commands = messages.filter(([key]) => key.startsWith('command.'));
    const frames = messages.filter(([key]) => key.startsWith('frame.'));
    return h('section.group', { id: 'socket', 'aria-labelledby': 'socket-title' },
        h('h2', { id: 'socket-title' }, 'The socket'),
        h('p.lead', {}, h('code', {}, address), ' · ', prose(description)),
        h('p', {}, prose('Frames are text: `{"type","id"?,"data"}`. Give a command an `id`, and its answer repeats it.')),
        workbench(commands),
        h('h3', { id: 'commands' }, 'You send'),
        commands.map(([key, message]) => entry(key, message, schemas, document.operations[key])),
        h('h3', { id: 'frames' }, 'You get'),
        frames.map(([key, message]) => entry(key, message, schemas, document.operations[key])),
        h('h3', { id: 'close-codes' }, 'Close codes'),
        h('div.scroll', { tabindex: '0', role: 'group', 'aria-label': 'Close codes' }, h('table.members', {}, h('tbody', {}, closeCodes.map(({ code, why, remedy }) =>
            h('tr', {}, h('th', { scope: 'row' }, h('code', {}, String(code))), h('td', {}, why), h('td', {}, remedy)))))));
}

function entry(key, message, schemas, operation) {
    const isCommand = key.startsWith('command.');
    const kind = isCommand ? 'send' : operation ? 'event' : 'answer';
    const element = h('details.operation', { id: key, data: { words: `${message.name} ${message.summary}`.toLowerCase() } },
        h('summary', {}, h('span.method', { data: { method: kind } }, kind.toUpperCase()), h('code.path', {}, message.name),
            h('span.what', {}, prose(message.summary))));
    element.addEventListener('toggle', () => {
        if (!element.open || element.children.length > 1) return;
        const answers = operation?.reply?.messages.map(({ $ref }) => $ref.split('/').at(-1)) ?? [];
        element.append(h('div.inside', {},
            isCommand ? h('p.facts', {}, (operation['x-rate-limit'] ?? []).map((limit) => h('span', {}, limitWords(limit)))) : null,
            h('div.pair', {}, h('div', {}, schemas.table(message.payload.properties.data, 'Members of data')), json(message.examples[0].payload)),
            answers.length ? h('p', {}, 'Answered by ', answers.map((name, index) => [index ? ' or ' : '', h('a', { href: `#${name}` }, h('code', {}, name.slice('frame.'.length)))]), '.') : null));
    });
    return element;
}

/** A socket of one's own, to talk by hand. */
function workbench(commands) {
    const longestLog = 200;
    let socket = null;
    const log = h('ol.log', { 'aria-label': 'Frames', 'aria-live': 'polite', tabindex: '0' });
    const choice = h('select', { 'aria-label': 'Command' }, commands.filter(([key]) => key !== 'command.auth').map(([key, { name }]) => h('option', { value: key }, name)));
    const text = h('textarea', { spellcheck: 'false', rows: '7', 'aria-label': 'Frame' });
    const toggle = h('button.primary', { type: 'button', click: () => (socket ? socket.close(1000) : open()) }, 'Connect');
    const say = h('button.secondary', { type: 'button', disabled: true, click: () => send(text.value) }, 'Send');
    const examples = new Map(commands.map(([key, message]) => [key, message.examples[0].payload]));
    const fill = () => { text.value = JSON.stringify(examples.get(choice.value), null, 2); };
    choice.addEventListener('change', fill);
    choice.value = 'command.ping';
    fill();

    function note(kind, value) {
        log.append(h('li', { data: { kind } }, typeof value === 'string' ? h('p', {}, value) : json(value)));
        while (log.children.length > longestLog) log.firstElementChild.remove();
        log.scrollTop = log.scrollHeight;
    }

    function send(words) {
        try {
            const frame = JSON.parse(words);
            socket.send(JSON.stringify(frame));
            // A token is nobody's business, not even in a log that only its owner sees.
            note('sent', frame.type === 'auth' ? { type: 'auth', data: { token: '…' } } : frame);
        } catch {
            note('fault', 'This is not JSON.');
        }
    }

    function open() {
        if (!account.token) return note('fault', 'Sign in first: the socket needs an access token.');
        socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`, 'parley.v1');
        toggle.textContent = 'Disconnect';
        socket.addEventListener('open', () => {
            send(JSON.stringify({ type: 'auth', id: 'auth', data: { token: account.token } }));
            say.disabled = false;
        });
        socket.addEventListener('message', ({ data }) => note('got', JSON.parse(data)));
        socket.addEventListener('close', ({ code, reason }) => {
            note('fault', `Closed: ${code}${reason ? `, ${reason}` : ''}.`);
            socket = null;
            toggle.textContent = 'Connect';
            say.disabled = true;
        });
    }

    return h('details.try.workbench', {}, h('summary', {}, 'Try it: a socket of your own'),
        h('div', {}, h('div.choices', {}, toggle, choice, say), text, log));
}
