import { demoPeople } from './api.js';
import { partsOf, setText } from './dom.js';
import { Drafts } from './drafts.js';
import { JSONStorage } from './json-storage.js';
import { Messenger } from './messenger.js';
import { addressOf, conversationInAddress, inboxAddress } from './router.js';
import { Session } from './session.js';
import { Socket } from './socket.js';
import { announce } from './views/announcer.js';
import { ConnectionView } from './views/connection.js';
import { InboxView } from './views/inbox.js';
import { PeopleSearch } from './views/people-search.js';
import { SignInView } from './views/sign-in.js';
import { ThreadView } from './views/thread.js';

/** How often what is shown of times is looked at again ("Today" becomes "Yesterday"), in milliseconds. */
const clockTick = 60_000;

const element = (id) => document.getElementById(id);

/** Where a word for the next page waits while this one is being left. */
const notices = new JSONStorage('sessionStorage', 'parley.notice');

const session = await Session.restored();
if (session.person) {
    talk();
} else {
    const notice = session.isDuplicate
        ? 'The tab this one was copied from stays signed in. Sign in once more to use both.'
        : notices.get('next');
    notices.remove('next');
    new SignInView(element('sign-in'), session, talk).show(notice);
}

/** Shows the product to whoever is signed in. */
function talk() {
    const socket = new Socket(session);
    const messenger = new Messenger(session, socket);
    const { store } = messenger;
    const root = element('talk');

    const thread = new ThreadView(element('thread'), messenger, new Drafts(store.person.id));
    const inbox = new InboxView(element('inbox'), messenger, {
        onOpen: (id) => { location.hash = addressOf(id); },
        onSignOut: () => signOut(store),
    });
    const { people, peopleHint } = partsOf(element('inbox'));
    new PeopleSearch(
        { input: element('people-search'), list: element('people'), panel: people, hint: peopleHint },
        (prefix, signal) => messenger.people(prefix, signal),
        async (person) => { location.hash = addressOf(await messenger.converse(person)); },
    );
    new ConnectionView(element('connection'), socket);
    announce(element('announcements'), messenger);
    offerDemoPeer(messenger, inbox);

    const follow = () => {
        const before = store.openID;
        const id = conversationInAddress();
        root.classList.toggle('is-open', id !== null);
        if (id) messenger.open(id);
        else messenger.close();
        // Once the views, which began to listen earlier, have drawn what is now there.
        store.addEventListener('change', () => id ? thread.focus() : before && inbox.focus(before), { once: true });
    };
    addEventListener('hashchange', follow);
    addEventListener('keydown', (event) => {
        if (event.key === 'Escape' && !event.isComposing && !element('unsent-dialog').open) location.hash = inboxAddress;
    });
    session.addEventListener('ended', () => leave('You have been signed out. What you wrote is kept until you are back.'));

    setInterval(() => store.changed(), clockTick);

    root.hidden = false;
    messenger.start();
    follow();
}

/** In development, the other demo person is one click away. */
async function offerDemoPeer(messenger, inbox) {
    const others = (await demoPeople()).filter(({ username }) => username !== messenger.store.person.username);
    if (others.length === 0) return;
    const found = await messenger.people(others[0].username).catch(() => []);
    const person = found.find(({ username }) => username === others[0].username);
    if (person) inbox.offer(person);
}

async function signOut(store) {
    if (store.outbox.size > 0 && !await confirmLoss(store.outbox.size)) return;
    store.outbox.clear();
    await session.signOut();
    leave('');
}

/** @returns {Promise<boolean>} whether what was not sent may be lost */
function confirmLoss(count) {
    const dialog = element('unsent-dialog');
    setText(partsOf(dialog).count, count === 1 ? 'One message has not been sent yet.' : `${count} messages have not been sent yet.`);
    dialog.returnValue = 'stay';
    dialog.showModal();
    return new Promise((resolve) => {
        dialog.addEventListener('close', () => resolve(dialog.returnValue === 'leave'), { once: true });
    });
}

/** Begins anew with an empty page: nothing of one person stays in memory for the next. */
function leave(notice) {
    if (notice) notices.set('next', notice);
    history.replaceState(null, '', location.pathname);
    location.reload();
}
