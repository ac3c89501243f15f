"""The web client: sign-ins, tabs of one browser, settings."""

import re

import pytest
from playwright.sync_api import expect

from support.person import PASSWORD
from support.web import ada, ben, conversation, open_window, talking  # noqa: F401 (fixtures)
from support.window import history

pytestmark = pytest.mark.browser


# acceptance: A-042
def test_tokens_are_renewed_ahead_of_time_on_the_open_socket(open_window, ada, ben, conversation):
    window = open_window(wired=True)
    window.page.clock.install()
    window.sign_in(ada.username)
    window.open(ben.username)
    window.say("before")
    window.shows("before")
    with window.page.expect_response("**/auth/refresh") as renewal:
        window.page.clock.fast_forward("15:00")
    assert renewal.value.status == 200
    tokens = renewal.value.json()
    window.say("after")
    window.shows("before", "after")
    assert window.wire.commands("auth")[-1] == {"token": tokens["access"]}

    kept = window.page.evaluate("JSON.stringify([{ ...sessionStorage }, { ...localStorage }])")
    assert tokens["refresh"] in kept
    assert tokens["access"] not in kept


def test_a_device_that_is_signed_out_elsewhere_says_so_and_keeps_nothing_of_others(open_window, ada, ben, conversation):
    window = open_window()
    with window.page.expect_response("**/auth/login") as login:
        window.sign_in(ada.username)
    window.open(ben.username)
    window.say("a secret")
    window.shows("a secret")
    assert ada.http.post("/auth/logout", json={"refresh": login.value.json()["refresh"]}).status_code == 204
    expect(window.page.get_by_text("You have been signed out.")).to_be_visible()
    kept = window.page.evaluate("""async () => {
        const rows = [];
        for (const { name } of await indexedDB.databases()) {
            const db = await new Promise((resolve) => { indexedDB.open(name).onsuccess = ({ target }) => resolve(target.result); });
            for (const table of db.objectStoreNames) {
                rows.push(...await new Promise((resolve) => {
                    db.transaction(table).objectStore(table).getAll().onsuccess = ({ target }) => resolve(target.result);
                }));
            }
        }
        return JSON.stringify(rows);
    }""")
    assert "a secret" not in kept


# acceptance: D-061
def test_tabs_of_one_person_share_one_socket_and_see_the_same(open_window, ada, ben, conversation):
    first = open_window()
    first.sign_in(ada.username)
    first.is_signed_in_as(ada.username)
    second = open_window(beside=first)
    second.is_signed_in_as(ada.username)
    at_bens = open_window()
    at_bens.sign_in(ben.username)
    at_bens.open(ada.username)
    assert len(ada.http.get("/devices").json()["items"]) == 2  # the browser's, and the one that asks

    for window in (first, second):
        window.open(ben.username)
    second.say("from the second tab")
    first.say("from the first tab")
    at_bens.say("from ben")
    everything = ["from the second tab", "from the first tab", "from ben"]
    for window in (first, second, at_bens):
        expect(window.messages).to_have_count(3)
        assert sorted(window.messages.all_inner_texts()) == sorted(everything)
        window.is_connected()

    # The tab with the socket is closed: the other one takes its place, and what was written there is sent.
    first.page.close()
    second.say("and now alone")
    expect(at_bens.messages.last).to_have_text("and now alone")
    second.shows(*history(ada, conversation))
    at_bens.say("heard?")
    expect(second.messages.last).to_have_text("heard?")


def test_what_a_tab_without_the_socket_writes_offline_is_sent_by_the_other(open_window, ada, ben, conversation):
    first = open_window()
    first.sign_in(ada.username)
    first.is_signed_in_as(ada.username)
    second = open_window(beside=first)
    second.open(ben.username)
    second.go_offline()
    second.say("one", "two")
    expect(second.unsent()).to_have_count(2)
    first.open(ben.username)
    expect(first.unsent()).to_have_count(2)
    second.context.set_offline(False)
    for window in (first, second):
        window.shows("one", "two")
    assert history(ada, conversation) == ["one", "two"]


def test_signing_in_again_in_another_tab_takes_the_device_over(open_window, ada, ben, conversation):
    first = open_window()
    first.sign_in(ada.username)
    first.open(ben.username)
    second = open_window(beside=first)
    second.is_signed_in_as(ada.username)
    second.open_settings().get_by_role("button", name="Use another account here").click()
    expect(second.page.get_by_role("heading", name="Signed in on this browser")).to_be_visible()
    second.sign_in(ada.username)
    second.open(ben.username)
    second.say("hello")
    for window in (first, second):
        window.shows("hello")
        window.is_connected()
    assert len(ada.http.get("/devices").json()["items"]) == 2


def test_two_people_can_be_signed_in_on_one_browser(open_window, ada, ben, conversation):
    at_adas = open_window()
    at_adas.sign_in(ada.username)
    at_adas.is_signed_in_as(ada.username)
    at_bens = open_window(beside=at_adas)
    at_bens.open_settings().get_by_role("button", name="Use another account here").click()
    at_bens.sign_in(ben.username)
    at_bens.open(ada.username)
    at_adas.open(ben.username)
    at_bens.say("from one browser")
    at_adas.shows("from one browser")
    for window, person in ((at_adas, ada), (at_bens, ben)):
        window.page.reload()
        window.is_signed_in_as(person.username)


# acceptance: D-061
def test_where_tabs_cannot_share_they_take_turns(open_window, ada, ben, conversation):
    """Web Locks are offered to https and localhost only."""
    no_locks = "Object.defineProperty(Navigator.prototype, 'locks', { value: undefined });"
    first = open_window(without=no_locks)
    first.sign_in(ada.username)
    first.open(ben.username)
    first.say("one")
    first.shows("one")
    second = open_window(beside=first, without=no_locks)
    second.open(ben.username)
    second.say("two")
    second.shows("one", "two")
    expect(first.page.get_by_text("Parley is open in another window")).to_be_visible()
    first.page.get_by_role("button", name="Use it here").click()
    first.shows("one", "two")
    expect(second.page.get_by_text("Parley is open in another window")).to_be_visible()
    first.say("three")
    first.shows("one", "two", "three")


def test_a_browser_that_keeps_nothing_can_still_talk(open_window, ada, ben, conversation):
    nothing = """
        Object.defineProperty(window, 'indexedDB', { get() { throw new DOMException('no', 'SecurityError'); } });
        Object.defineProperty(Navigator.prototype, 'serviceWorker', { value: undefined });
    """
    window, at_bens = open_window(without=nothing), open_window()
    window.sign_in(ada.username)
    window.open(ben.username)
    at_bens.sign_in(ben.username)
    at_bens.open(ada.username)
    window.say("one", "two")
    at_bens.shows("one", "two")
    at_bens.say("three")
    window.shows("one", "two", "three")
    window.page.reload()
    window.shows("one", "two", "three")


def test_signing_out_asks_before_it_loses_what_was_not_sent(talking, ada):
    at_adas, _ = talking(adas={"wired": True})
    at_adas.wire.cut()
    at_adas.say("not yet sent")
    expect(at_adas.unsent()).to_have_count(1)
    settings = at_adas.open_settings()
    settings.get_by_role("button", name="Sign out", exact=True).last.click()
    dialog = at_adas.page.get_by_role("dialog", name=re.compile("lose what was not sent"))
    dialog.get_by_role("button", name="Stay").click()
    expect(at_adas.unsent()).to_have_count(1)
    settings.get_by_role("button", name="Sign out", exact=True).last.click()
    dialog.get_by_role("button", name="Sign out").click()
    expect(at_adas.username).to_be_focused()
    assert at_adas.page.evaluate("JSON.stringify({ ...sessionStorage, ...localStorage })").count("not yet sent") == 0
    assert at_adas.page.evaluate("indexedDB.databases().then((all) => all.length)") == 0
    at_adas.wire.mend()
    at_adas.sign_in(ada.username)
    at_adas.is_signed_in_as(ada.username)


# Settings


def test_a_name_is_changed_and_others_see_it(open_window, ada, ben, conversation):
    window, at_bens = open_window(), open_window()
    window.sign_in(ada.username)
    at_bens.sign_in(ben.username)
    at_bens.open(ada.username)
    settings = window.open_settings()
    name = settings.get_by_label("Your name")
    name.fill("Ada Lovelace")
    settings.get_by_role("button", name="Save").click()
    expect(settings.get_by_text("Saved.")).to_be_visible()
    window.page.keyboard.press("Escape")
    window.is_signed_in_as("Ada Lovelace")
    window.page.reload()
    window.is_signed_in_as("Ada Lovelace")
    expect(at_bens.conversations).to_contain_text("Ada Lovelace")
    expect(at_bens.page.locator("[data-part=peerName]")).to_have_text("Ada Lovelace")


def test_devices_are_listed_and_signed_out(open_window, ada):
    here, there = open_window(), open_window()
    for window in (here, there):
        window.sign_in(ada.username)
        window.is_signed_in_as(ada.username)
    settings = here.open_settings()
    devices = settings.locator("[data-part=devices] li")
    expect(devices).to_have_count(3)
    expect(devices.first).to_contain_text("This browser")
    expect(devices.filter(has_text="Chrome on Linux")).to_have_count(2)
    devices.filter(has_text="Chrome on Linux").last.get_by_role("button", name="Sign out Chrome on Linux").click()
    expect(there.page.get_by_text("You have been signed out.")).to_be_visible()
    expect(settings.get_by_text("Chrome on Linux was signed out.")).to_be_visible()
    here.is_connected()


def test_a_password_is_changed_with_the_old_one_only(open_window, ada):
    window = open_window()
    window.sign_in(ada.username)
    settings = window.open_settings()
    current, new = settings.get_by_label("Current password"), settings.get_by_label("New password")
    current.fill("not the password")
    new.fill("another password")
    settings.get_by_role("button", name="Change password").click()
    expect(settings.get_by_text("The current password is not right.")).to_be_visible()
    current.fill(PASSWORD)
    settings.get_by_role("button", name="Change password").click()
    expect(settings.get_by_text("Changed. All other devices are signed out.")).to_be_visible()
    window.is_connected()
    assert ada.http.get("/users/me").status_code == 401
    ada.password = "another password"
    ada.log_in()


@pytest.mark.parametrize("name, setting", [("Read receipts", "read_receipts"), ("Typing", "show_typing"), ("Last seen", "show_last_seen")])
def test_privacy_is_switched_here_and_on_the_other_devices(open_window, ada, name, setting):
    window, other = open_window(), open_window()
    for each in (window, other):
        each.sign_in(ada.username)
        each.is_signed_in_as(ada.username)
    switch = window.open_settings().get_by_role("switch", name=name)
    expect(switch).to_have_attribute("aria-checked", "true")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    assert ada.http.get("/users/me/privacy").json()[setting] is False
    expect(other.open_settings().get_by_role("switch", name=name)).to_have_attribute("aria-checked", "false")


def test_whoever_hides_what_they_read_is_not_shown_what_others_read(talking, ada):
    at_adas, at_bens = talking()
    at_adas.say("read?")
    expect(at_adas.stage("read?")).to_have_text("Read")
    settings = at_adas.open_settings()
    settings.get_by_role("switch", name="Read receipts").click()
    at_adas.page.keyboard.press("Escape")
    expect(at_adas.stage("read?")).to_have_text("Delivered")
    at_adas.open_settings().get_by_role("switch", name="Read receipts").click()
    at_adas.page.keyboard.press("Escape")
    expect(at_adas.stage("read?")).to_have_text("Read")
