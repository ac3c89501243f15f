/**
 * Keeps the pages of the client so that it opens without a network. Data is not its business: that is in IndexedDB.
 *
 * With a network every file comes from it (the service answers with 304 where nothing changed), so an old page never meets a new service;
 * without one, or when it is too slow, the file comes from here.
 */

const name = 'parley-shell';

/** How long the network may take before what is kept is shown, in milliseconds. */
const patience = 4_000;

const shell = [
    './',
    'manifest.webmanifest',
    'assets/icon.svg',
    'assets/main.js',
    'assets/core/back-off.js',
    'assets/core/conversation.js',
    'assets/core/format.js',
    'assets/core/grouping.js',
    'assets/core/history.js',
    'assets/core/links.js',
    'assets/core/mark-pace.js',
    'assets/core/matching.js',
    'assets/core/outbox-queue.js',
    'assets/core/revisions.js',
    'assets/core/typists.js',
    'assets/core/uuid.js',
    'assets/data/archive.js',
    'assets/data/database.js',
    'assets/data/drafts.js',
    'assets/data/json-storage.js',
    'assets/data/marks.js',
    'assets/data/messenger.js',
    'assets/data/presence.js',
    'assets/data/sender.js',
    'assets/data/store.js',
    'assets/data/sync.js',
    'assets/data/typing.js',
    'assets/data/upkeep.js',
    'assets/net/accounts.js',
    'assets/net/api.js',
    'assets/net/exclusively.js',
    'assets/net/http.js',
    'assets/net/link.js',
    'assets/net/session.js',
    'assets/net/socket.js',
    'assets/net/tabs.js',
    'assets/style/base.css',
    'assets/style/dialogs.css',
    'assets/style/inbox.css',
    'assets/style/sign-in.css',
    'assets/style/theme.css',
    'assets/style/thread.css',
    'assets/views/about.js',
    'assets/views/announcer.js',
    'assets/views/appearance.js',
    'assets/views/avatar.js',
    'assets/views/composer.js',
    'assets/views/connection.js',
    'assets/views/details.js',
    'assets/views/dialog.js',
    'assets/views/dom.js',
    'assets/views/inbox.js',
    'assets/views/message-list.js',
    'assets/views/router.js',
    'assets/views/rows.js',
    'assets/views/scroller.js',
    'assets/views/search.js',
    'assets/views/settings.js',
    'assets/views/shortcuts.js',
    'assets/views/sign-in.js',
    'assets/views/status.js',
    'assets/views/thread.js',
];

const kept = new Set(shell.map((path) => new URL(path, registration.scope).href));

addEventListener('install', (event) => {
    event.waitUntil(fill().then(() => skipWaiting()));
});

addEventListener('activate', (event) => {
    event.waitUntil(clients.claim());
});

addEventListener('fetch', (event) => {
    const { request } = event;
    const address = request.url.split(/[?#]/)[0];
    if (request.method === 'GET' && kept.has(address)) event.respondWith(answer(address));
});

async function fill() {
    const cache = await caches.open(name);
    await cache.addAll(shell.map((path) => new Request(path, { cache: 'no-cache' })));
    // What an earlier version kept and this one does not have.
    for (const request of await cache.keys()) if (!kept.has(request.url)) await cache.delete(request);
}

/** From the network if it answers in time, else from here. */
async function answer(address) {
    const cache = await caches.open(name);
    try {
        const response = await fetch(address, { cache: 'no-cache', signal: AbortSignal.timeout(patience) });
        if (response.ok) await cache.put(address, response.clone());
        else if (response.status >= 500) throw new Error('The service is not well.');
        return response;
    } catch (error) {
        const known = await cache.match(address);
        if (known) return known;
        throw error;
    }
}
