import { Database } from './data/database.js';
import { Drafts } from './data/drafts.js';
import { JSONStorage } from './data/json-storage.js';
import { Messenger } from './data/messenger.js';
import { Store } from './data/store.js';
import { accountLock, accounts } from './net/accounts.js';
import { demoPeople } from './net/api.js';
import { Link } from './net/link.js';
import { Session } from './net/session.js';
import { Tabs } from './net/tabs.js';
import { AboutDialog } from './views/about.js';
import { announce } from './views/announcer.js';
import './views/appearance.js';
import { ConnectionView } from './views/connection.js';
import { DetailsDialog } from './views/details.js';
import { Dialog } from './views/dialog.js';
import { partsOf, setText } from './views/dom.js';
import { InboxView } from './views/inbox.js';
import { addressOf, conversationInAddress, inboxAddress } from './views/router.js';
import { Search } from './views/search.js';
import { SettingsDialog } from './views/settings.js';
import { listenForShortcuts } from './views/shortcuts.js';
import { SignInView } from './views/sign-in.js';
import { ThreadView } from './views/thread.js';

/** How often what is shown of times is looked at again ("Today" becomes "Yesterday"), in milliseconds. */
const clockTick = 30_000;

const element = (id) => document.getElementById(id);

/** Where a word for the next page waits while this one is being left. */
const notices = new JSONStorage('sessionStorage', 'parley.notice');

navigator.serviceWorker?.register('sw.js').catch(() => {});  // without it there is no page without a network, and that is all

const account = await accounts.here();
if (account) {
    accounts.chooseHere(account.id);
    talk(new Session(account.id));
} else {
    const notice = notices.get('next');
    notices.remove('next');
    new SignInView(element('sign-in'), (session, id) => {
        accounts.chooseHere(id);
        element('sign-in').hidden = true;
        talk(session ?? new Session(id));
    }).show(notice);
}

/** Shows the product to whoever is signed in. */
async function talk(session) {
    const { person } = session;
    const tabs = new Tabs(accountLock(person.id));
    const [database] = await Promise.all([Database.open(person.id), tabs.join()]);
    const store = new Store(person, database, tabs);
    await store.load();

    const link = new Link(session, tabs);
    const messenger = new Messenger(session, tabs, link, store, database);
    const drafts = new Drafts(person.id);
    const goTo = (id) => { location.hash = id ? addressOf(id) : inboxAddress; };

    const about = new AboutDialog(element('about'), messenger);
    const details = new DetailsDialog(element('details'), messenger);
    const shortcuts = new Dialog(element('shortcuts'));
    const settings = new SettingsDialog(element('settings'), messenger, {
        onSignOut: () => signOut({ session, store, database, drafts }),
        onOtherAccount: () => {
            accounts.chooseHere(null);
            leave('');
        },
        onShortcuts: () => shortcuts.show(),
    });
    const thread = new ThreadView(element('thread'), messenger, drafts, {
        onAbout: (peer) => about.showPerson(peer),
        onDetails: (message, conversation) => details.showMessage(message, conversation),
    });
    const inbox = new InboxView(element('inbox'), messenger, drafts, { onOpen: goTo, onSettings: () => settings.show() });
    const search = new Search(partsOf(element('inbox')), messenger, async (peer) => goTo(await messenger.converse(peer)));
    new ConnectionView(element('connection'), link);
    announce(element('announcements'), messenger);
    offerDemoPeer(messenger, inbox);

    listenForShortcuts({
        onSearch: () => {
            if (!matchMedia('(min-width: 721px)').matches) goTo(null);
            search.focus();
        },
        onNeighbour: (step) => goTo(inbox.neighbour(step)?.id ?? store.openID),
        onBack: () => goTo(null),
        onHelp: () => shortcuts.show(),
    });

    const follow = () => {
        const before = store.openID;
        const id = conversationInAddress();
        element('talk').classList.toggle('is-open', id !== null);
        if (id) messenger.open(id);
        else messenger.close();
        // Once the views, which began to listen earlier, have drawn what is now there.
        store.addEventListener('change', () => id ? thread.focus() : before && inbox.focus(before), { once: true });
    };
    addEventListener('hashchange', follow);
    session.addEventListener('ended', async () => {
        link.stop();
        await forget(store, database);
        leave('You have been signed out. What you wrote is kept until you are back.');
    });
    setInterval(() => store.changed(), clockTick);

    element('talk').hidden = false;
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

async function signOut({ session, store, database, drafts }) {
    if (store.outbox.size > 0 && !await confirmLoss(store.outbox.size)) return;
    await session.signOut();
    drafts.clear();
    database.close();
    await Database.remove(store.person.id);
    leave('');
}

/** Whoever is signed out from afar keeps what was not sent, and nothing that others wrote. */
async function forget(store, database) {
    await store.saved();
    await database.write(['conversations', 'messages', 'meta'].map((table) => ({ table, clear: true })));
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
