import { mountAccount } from './account.js';
import { h, prose } from './dom.js';
import { breakable, limitWords, operation } from './operation.js';
import { Schemas } from './schema.js';
import { socketSection } from './socket.js';

const [groups, contents, filter, menu, loading] = ['groups', 'contents', 'filter', 'menu', 'loading'].map((id) => document.getElementById(id));

async function documentAt(path) {
    const response = await fetch(path);
    if (!response.ok) throw new Error(`${response.status}`);
    return response.json();
}

const slug = (name) => name.toLowerCase().replaceAll(' ', '-');

function restSections(openAPI) {
    const schemas = new Schemas(openAPI);
    const routes = Object.entries(openAPI.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, route]) => ({ path, method, route })));
    return openAPI.tags.map(({ name, description }) => h('section.group', { id: slug(name), 'aria-labelledby': `${slug(name)}-title` },
        h('h2', { id: `${slug(name)}-title` }, name), h('p.lead', {}, prose(description)),
        routes.filter(({ route }) => route.tags.includes(name)).map(({ path, method, route }) => operation(path, method, route, schemas))));
}

function limitSection(limits) {
    return h('section.group', { id: 'limits', 'aria-labelledby': 'limits-title' },
        h('h2', { id: 'limits-title' }, 'Limits'),
        h('p.lead', {}, prose('What goes over a limit is refused with 429 `rate_limited` and `Retry-After`, on the socket with `retry_after_ms`. Wait so long and send the same again: nothing is lost.')),
        limits.length === 0 ? h('p', {}, 'They are switched off at this service.')
            : h('div.scroll', { tabindex: '0', role: 'group', 'aria-label': 'Limits' }, h('table.members', {}, h('tbody', {}, limits.map((limit) =>
                h('tr', {}, h('th', { scope: 'row' }, h('code', {}, limit.name)), h('td', {}, limit.of), h('td', {}, limitWords(limit).slice(limit.name.length + 2))))))));
}

/** The headings of what is there, and what stands under each. */
function fillContents() {
    contents.replaceChildren(...[...groups.querySelectorAll('.group')].map((group) => h('div', {},
        h('a.part', { href: `#${group.id}` }, group.querySelector('h2').textContent),
        h('ul', {}, [...group.querySelectorAll('.operation:not([hidden])')].map((item) => h('li', {}, h('a', { href: `#${item.id}` },
            h('span.method', { data: { method: item.querySelector('.method').dataset.method } }, item.querySelector('.method').textContent),
            h('span', {}, breakable(item.querySelector('.path').textContent.replace('/api/v1', ''))))))))));
}

function find(words) {
    for (const item of groups.querySelectorAll('.operation')) {
        item.hidden = !words.every((word) => item.dataset.words.includes(word));
    }
    for (const group of groups.querySelectorAll('.group')) {
        group.hidden = words.length > 0 && !group.querySelector('.operation:not([hidden])');
    }
    fillContents();
}

/** Opens what the address names. */
function follow() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target || !groups.contains(target)) return;
    if (target.matches('details')) {
        target.hidden = false;
        target.open = true;
        target.querySelector('summary').focus({ preventScroll: true });
    }
    target.scrollIntoView();
}

function showMenu(isOpen) {
    document.body.classList.toggle('menu-open', isOpen);
    menu.setAttribute('aria-expanded', String(isOpen));
}

filter.addEventListener('input', () => find(filter.value.toLowerCase().split(/\s+/).filter(Boolean)));
menu.addEventListener('click', () => showMenu(!document.body.classList.contains('menu-open')));
contents.addEventListener('click', (event) => { if (event.target.closest('a')) showMenu(false); });
addEventListener('hashchange', follow);
addEventListener('keydown', (event) => {
    const isTyping = event.target.closest('input, textarea, select, dialog');
    if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        filter.focus();
    }
    if (event.key === 'Escape') showMenu(false);
});

mountAccount();
try {
    const [openAPI, asyncAPI] = await Promise.all([documentAt('/api/v1/openapi.json'), documentAt('/api/v1/asyncapi.json')]);
    const rest = restSections(openAPI);
    // The route of the handshake stands with what is said on the socket.
    const handshake = rest.find((section) => section.id === 'socket');
    const socket = socketSection(asyncAPI, new Schemas(asyncAPI));
    if (handshake) socket.querySelector('.workbench').before(...handshake.querySelectorAll('.operation'));
    groups.replaceChildren(...rest.filter((section) => section !== handshake), socket, limitSection(openAPI['x-rate-limits']));
    fillContents();
    loading.remove();
    follow();
} catch {
    loading.textContent = 'The documents cannot be read right now. Reload to try again.';
}
