"""The page at `/`: two people, two windows, and what may come between them."""

import re
import secrets
from contextlib import suppress

import pytest
from playwright.sync_api import TimeoutError, expect

from support.person import Person, newcomer
from support.window import Window, history

pytestmark = pytest.mark.browser


# People for each test alone: a page shows all of somebody's conversations.


@pytest.fixture
def ada(service) -> Person:
    return newcomer(service)


@pytest.fixture
def ben(service) -> Person:
    return newcomer(service)


@pytest.fixture
def conversation(ada, ben) -> str:
    return ada.conversation_with(ben)


@pytest.fixture
def open_window(browser, service):
    """Opens windows that share nothing. None of them may meet an error of its script or of its security policy."""
    windows: list[Window] = []

    def open_window(at=service, **options) -> Window:
        windows.append(Window(browser, at, **options))
        return windows[-1]

    yield open_window
    for window in windows:
        window.context.close()
        assert window.complaints == []


@pytest.fixture
def talking(open_window, ada, ben, conversation):
    """Two windows in which ada and ben have their conversation open. Options say how each is opened."""

    def talking(adas: dict = {}, bens: dict = {}) -> tuple[Window, Window]:
        windows = []
        for me, other, options in ((ada, ben, adas), (ben, ada, bens)):
            window = open_window(**options)
            window.sign_in(me.username)
            window.open(other.username)
            windows.append(window)
        return tuple(windows)

    return talking


def unused_name() -> str:
    return f"user_{secrets.token_hex(6)}"


# Two people


# acceptance: A-061
def test_two_newcomers_find_each_other_and_talk(open_window):
    ada, ben = unused_name(), unused_name()
    at_adas, at_bens = open_window(), open_window()
    at_adas.sign_up(ada, "Ada Lovelace")
    at_bens.sign_up(ben)
    at_adas.is_signed_in_as("Ada Lovelace")
    at_bens.is_signed_in_as(ben)

    at_bens.converse(ada)
    at_bens.say("Hello Ada")
    expect(at_adas.page).to_have_title("(1) Parley")
    at_adas.open(ben)
    expect(at_adas.page).to_have_title("Parley")

    at_adas.say("Hello Ben", "How are you?")
    at_bens.shows("Hello Ada", "Hello Ben", "How are you?")
    at_bens.say("Well, thank you")
    for window in (at_adas, at_bens):
        window.shows("Hello Ada", "Hello Ben", "How are you?", "Well, thank you")
        expect(window.conversations).to_have_count(1)
    expect(at_adas.conversations).to_contain_text("Well, thank you")
    expect(at_bens.conversations).to_contain_text("You: Well, thank you")


def test_both_write_at_once_and_both_see_one_order(talking, ada, conversation):
    at_adas, at_bens = talking()
    for number in range(10):
        at_adas.say(f"ada {number}")
        at_bens.say(f"ben {number}")
    expect(at_adas.messages).to_have_count(20)
    expect(at_bens.messages).to_have_count(20)
    stored = history(ada, conversation)
    at_adas.shows(*stored)
    at_bens.shows(*stored)
    for name in ("ada", "ben"):
        assert [text for text in stored if text.startswith(name)] == [f"{name} {number}" for number in range(10)]


def test_what_was_open_and_said_is_there_after_a_reload(talking):
    at_adas, at_bens = talking()
    at_adas.say("one", "two")
    at_bens.shows("one", "two")
    at_bens.composer.fill("half a thought")
    at_bens.page.reload()
    at_bens.shows("one", "two")
    expect(at_bens.composer).to_have_value("half a thought")
    at_bens.composer.press("Enter")
    at_adas.shows("one", "two", "half a thought")


def test_older_messages_come_as_one_scrolls_up_and_the_place_is_kept(talking, ada, conversation):
    for number in range(1, 121):
        answer = ada.http.post(f"/conversations/{conversation}/messages", json={"content": f"number {number}"})
        assert answer.status_code == 201, answer.text
    at_adas, at_bens = talking()
    at_bens.shows(*(f"number {number}" for number in range(71, 121)))
    expect(at_bens.messages.last).to_be_in_viewport()

    scroller = at_bens.page.get_by_role("region", name="Messages")
    scroller.evaluate("element => { element.scrollTop = 0; }")
    expect(at_bens.messages).not_to_have_count(50)
    expect(at_bens.messages.filter(has_text=re.compile("^number 71$"))).to_be_in_viewport()
    at_adas.say("number 121")
    expect(at_bens.page.get_by_role("button", name="To the new messages")).to_be_visible()
    expect(at_bens.messages.last).not_to_be_in_viewport()

    while at_bens.messages.count() < 121:
        scroller.evaluate("element => { element.scrollTop = 0; }")
        at_bens.page.wait_for_timeout(50)
    at_bens.shows(*(f"number {number}" for number in range(1, 122)))
    at_bens.page.get_by_role("button", name="To the new messages").click()
    expect(at_bens.messages.last).to_be_in_viewport()


# What comes between


# acceptance: A-065
def test_whoever_was_offline_catches_up_and_nothing_is_lost_or_doubled(talking, ada, conversation):
    at_adas, at_bens = talking()
    at_adas.say("before")
    at_bens.shows("before")

    at_adas.context.set_offline(True)
    at_adas.say("written offline", "and one more")
    expect(at_adas.unsent()).to_have_count(2)
    at_bens.say("missed by ada", "and missed")
    at_bens.shows("before", "missed by ada", "and missed")

    at_adas.context.set_offline(False)
    expect(at_adas.messages).to_have_count(5)
    everything = ["before", "missed by ada", "and missed", "written offline", "and one more"]
    at_bens.shows(*everything)
    at_adas.shows(*everything)
    assert history(ada, conversation) == everything


# acceptance: A-065
def test_whoever_was_cut_off_sees_what_was_said_meanwhile(talking, ben):
    at_adas, at_bens = talking(adas={"wired": True})
    at_adas.wire.cut()
    at_bens.say("said into the dark", "and again")
    at_bens.shows("said into the dark", "and again")
    expect(at_adas.messages).to_have_count(0)
    at_adas.wire.mend()
    at_adas.shows("said into the dark", "and again")

    at_adas.page.keyboard.press("Escape")
    at_adas.wire.cut()
    at_bens.say("now she looks at her inbox")
    at_bens.shows("said into the dark", "and again", "now she looks at her inbox")
    expect(at_adas.conversations).to_contain_text("and again")
    at_adas.wire.mend()
    expect(at_adas.conversations).to_contain_text("now she looks at her inbox")
    expect(at_adas.page).to_have_title("(1) Parley")
    at_adas.open(ben.username)
    at_adas.shows("said into the dark", "and again", "now she looks at her inbox")


# acceptance: A-065
def test_a_service_that_is_killed_and_comes_back_costs_nothing(make_service, open_window):
    service = make_service()
    ada, ben = newcomer(service), newcomer(service)
    conversation = ada.conversation_with(ben)
    at_adas, at_bens = open_window(service), open_window(service)
    for window, me, other in ((at_adas, ada, ben), (at_bens, ben, ada)):
        window.sign_in(me.username)
        window.open(other.username)
    at_adas.say("before")
    at_bens.shows("before")

    service.kill()
    at_adas.say("ada, meanwhile")
    at_bens.say("ben, meanwhile")
    expect(at_adas.page.get_by_text("What you write is kept")).to_be_visible()
    service.start()

    with suppress(TimeoutError):  # the page tries by itself too, and may have been quicker
        at_adas.page.get_by_role("button", name="Try now").click(timeout=2000)
    expect(at_adas.messages).to_have_count(3)
    expect(at_adas.unsent()).to_have_count(0)
    expect(at_bens.unsent()).to_have_count(0)
    stored = history(ada, conversation)
    assert sorted(stored) == ["ada, meanwhile", "before", "ben, meanwhile"]
    at_adas.shows(*stored)
    at_bens.shows(*stored)


# acceptance: A-040
def test_a_message_whose_answer_was_lost_is_sent_again_and_stored_once(talking, ada, conversation):
    at_adas, at_bens = talking(adas={"wired": True})
    wire = at_adas.wire

    def lose_answer(frame):
        if frame["type"] != "message_ack":
            return frame
        wire.alter = lambda frame: frame
        wire.cut()
        return None

    wire.alter = lose_answer
    at_adas.say("only once")
    at_bens.shows("only once")
    expect(at_adas.unsent()).to_have_count(1)
    wire.mend()
    at_adas.shows("only once")
    first, second = wire.commands("send_message")
    assert first["client_msg_id"] == second["client_msg_id"]
    at_adas.say("and the next")
    at_bens.shows("only once", "and the next")
    assert history(ada, conversation) == ["only once", "and the next"]


def test_what_was_not_sent_outlives_a_reload(talking, ada, conversation):
    at_adas, at_bens = talking(adas={"wired": True})
    at_adas.wire.cut()
    at_adas.say("first", "second")
    expect(at_adas.unsent()).to_have_count(2)
    at_adas.page.reload()
    expect(at_adas.unsent()).to_have_count(2)
    at_adas.wire.mend()
    at_adas.shows("first", "second")
    at_bens.shows("first", "second")
    assert history(ada, conversation) == ["first", "second"]


def test_a_skipped_live_message_is_fetched(talking):
    at_adas, at_bens = talking(bens={"wired": True})
    wire = at_bens.wire
    wire.alter = lambda frame: None if frame["data"].get("content") == "dropped" else frame
    at_adas.say("dropped", "arrives")
    at_bens.shows("dropped", "arrives")


def test_whatever_order_messages_come_in_a_history_ends_whole_and_in_order(open_window):
    """Live messages are dropped, doubled and swapped at random; pages come in between. `seq` is all there is to go by."""
    told = open_window().page.evaluate("""async () => {
        const { Timeline } = await import('/assets/timeline.js');
        let seed = 1;
        const random = (below) => (seed = seed * 48271 % 2147483647) % below;
        const message = (seq) => ({ seq, id: String(seq) });
        const newestFirst = (from, to) => Array.from({ length: Math.max(0, to - from) }, (_, index) => message(to - index));
        const wrong = [];
        for (let round = 0; round < 500; round += 1) {
            const timeline = new Timeline();
            let head = random(120);
            const live = () => timeline.add(message(head - random(Math.min(head, 4))));
            const readNewer = () => timeline.addNewer({ items: newestFirst(timeline.reach, Math.min(head, timeline.reach + 10)).reverse() });
            const readOlder = () => {
                const end = (timeline.start ?? 1) - 1, start = Math.max(0, end - 20);
                timeline.addOlder({ items: newestFirst(start, end), has_more: start > 0 });
            };
            if (head > 0 && random(2)) live();
            timeline.addNewest({ items: newestFirst(Math.max(0, head - 50), head), has_more: head > 50 });
            for (let step = 0; step < 60; step += 1) {
                head += random(2);
                if (head > 0 && random(3)) live();
                if (!random(5)) readNewer();
                if (timeline.hasOlder && !random(10)) readOlder();
                if (!random(20)) timeline.forgetBeginning(30);
            }
            while (timeline.reach < head) readNewer();
            while (timeline.hasOlder) readOlder();
            const seqs = timeline.messages.map(({ seq }) => seq);
            if (timeline.hasHole || seqs.length !== head || seqs.some((seq, index) => seq !== index + 1)) wrong.push(seqs);
        }
        return wrong;
    }""")
    assert told == []


def test_a_refused_message_says_why_and_can_be_tried_again_or_deleted(talking, ada, conversation):
    at_adas, at_bens = talking(adas={"wired": True})
    wire = at_adas.wire

    def refuse(frame):
        if frame["type"] != "send_message":
            return None
        error = {"code": "not_authorized", "message": "You cannot write here.", "client_msg_id": frame["data"]["client_msg_id"]}
        return {"type": "error", "id": frame["id"], "data": error}

    wire.answer = refuse
    at_adas.say("to be retried", "to be deleted")
    expect(at_adas.unsent("failed")).to_have_count(2)
    expect(at_adas.unsent("failed").first).to_contain_text("Not sent. You cannot write here.")

    wire.answer = lambda frame: None
    at_adas.say("goes through")
    at_bens.shows("goes through")
    at_adas.unsent("failed").filter(has_text="deleted").get_by_role("button", name="Delete").click()
    at_adas.unsent("failed").filter(has_text="retried").get_by_role("button", name="Try again").click()
    for window in (at_adas, at_bens):
        window.shows("goes through", "to be retried")
    sent = wire.commands("send_message")
    assert {sent[0]["client_msg_id"]} == {data["client_msg_id"] for data in sent if data["content"] == "to be retried"}
    assert history(ada, conversation) == ["goes through", "to be retried"]


def test_a_rate_limit_delays_and_never_reorders(talking):
    at_adas, at_bens = talking(adas={"wired": True})
    refusals = iter(range(2))

    def limit(frame):
        if frame["type"] != "send_message" or next(refusals, None) is None:
            return None
        return {"type": "error", "id": frame["id"], "data": {"code": "rate_limited", "message": "Later.", "retry_after_ms": 300}}

    at_adas.wire.answer = limit
    at_adas.say("one", "two", "three")
    at_adas.shows("one", "two", "three")
    at_bens.shows("one", "two", "three")


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


def test_a_device_that_is_signed_out_elsewhere_says_so(open_window, ada):
    window = open_window()
    with window.page.expect_response("**/auth/login") as login:
        window.sign_in(ada.username)
    window.is_signed_in_as(ada.username)
    assert ada.http.post("/auth/logout", json={"refresh": login.value.json()["refresh"]}).status_code == 204
    expect(window.page.get_by_text("You have been signed out.")).to_be_visible()


# Bad input


HOSTILE = [
    '<img src=x onerror="window.hacked = 1">',
    "<script>window.hacked = 1</script>",
    "</textarea></p><svg/onload=window.hacked=1>",
    "javascript:window.hacked=1 &lt;b&gt; ${window.hacked=1} {{hacked}}",
    "\u202ereversed\u202c and Z\u0335\u0321\u0362a\u0334\u0321l\u0337\u031bgo \U0001f469\u200d\U0001f469\u200d\U0001f467",
]


def test_hostile_text_stays_text(open_window):
    ada, ben = unused_name(), unused_name()
    at_adas, at_bens = open_window(), open_window()
    at_adas.sign_up(ada, "<img src=x onerror=window.hacked=1>")
    at_bens.sign_up(ben)
    at_adas.is_signed_in_as("<img src=x onerror=window.hacked=1>")
    at_bens.converse(ada)
    at_bens.say(*HOSTILE)
    at_adas.open(ben)
    for window in (at_adas, at_bens):
        window.shows(*HOSTILE)
        window.page.reload()
        window.shows(*HOSTILE)
        assert window.page.evaluate("window.hacked") is None
        assert window.page.locator("#talk img, #talk script, .message svg[onload]").count() == 0


def test_no_script_but_the_pages_own_can_run(http):
    policy = http.get("/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_a_text_that_is_too_long_is_not_sent_and_says_by_how_much(talking):
    at_adas, at_bens = talking()
    send = at_adas.page.get_by_role("button", name="Send")
    at_adas.composer.fill("\U0001f98a" * 4096)
    expect(at_adas.page.get_by_text("0 left")).to_be_visible()
    expect(send).to_be_enabled()
    at_adas.composer.fill("\U0001f98a" * 4099)
    expect(at_adas.page.get_by_text("3 too many")).to_be_visible()
    expect(send).to_be_disabled()
    at_adas.composer.press("Enter")
    expect(at_adas.messages).to_have_count(0)
    at_adas.composer.fill(" \n ")
    expect(send).to_be_disabled()


def test_what_is_wrong_with_a_form_stands_beside_it(open_window, ada):
    window = open_window()
    alert = window.page.get_by_role("alert")
    window.sign_in(ada.username, "not the password")
    expect(alert).to_be_visible()
    window.sign_up(ada.username)
    expect(alert).to_contain_text("taken")
    window.sign_up("x")
    expect(alert).to_contain_text("3 to 32")
    expect(window.username).to_be_focused()
    window.username.fill(unused_name())
    expect(alert).to_be_hidden()


def test_an_address_of_no_conversation_shows_none(open_window, ada):
    window = open_window()
    window.sign_in(ada.username)
    window.is_signed_in_as(ada.username)
    for id in ("0199aaaa-0000-7000-8000-000000000000", "%00", "..%2F..%2Fusers"):
        window.page.evaluate("id => { location.hash = '#/c/' + id; }", id)
        expect(window.page.locator("[data-part=troubleText]")).to_be_visible()
        expect(window.composer).to_be_hidden()


# Hands and screens


def test_everything_is_done_with_the_keyboard(open_window, ada, ben):
    at_adas, at_bens = open_window(), open_window()
    for window, person in ((at_adas, ada), (at_bens, ben)):
        expect(window.username).to_be_focused()
        window.page.keyboard.type(person.username)
        window.page.keyboard.press("Tab")
        window.page.keyboard.type(person.password)
        window.page.keyboard.press("Enter")
        window.is_signed_in_as(person.username)

    expect(at_adas.find(ben.username)).to_have_count(1)
    at_adas.page.keyboard.press("Enter")
    expect(at_adas.composer).to_be_focused()
    at_adas.page.keyboard.type("one line")
    at_adas.page.keyboard.press("Shift+Enter")
    at_adas.page.keyboard.type("and another")
    at_adas.page.keyboard.press("Enter")
    expect(at_adas.composer).to_have_value("")
    expect(at_adas.messages).to_have_count(1)
    assert at_adas.messages.inner_text() == "one line\nand another"

    at_adas.page.keyboard.press("Escape")
    expect(at_adas.composer).to_be_hidden()
    expect(at_adas.conversations).to_be_focused()
    at_adas.page.keyboard.press("Enter")
    expect(at_adas.composer).to_be_focused()


def test_a_phone_shows_one_thing_at_a_time(talking, ben):
    phone = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
    at_adas, at_bens = talking(adas=phone)
    expect(at_adas.conversations).to_be_hidden()
    at_bens.say("Hello")
    at_adas.shows("Hello")
    announcement = at_adas.page.locator("#announcements")
    expect(announcement).to_contain_text(f"{ben.username}: Hello")
    at_adas.page.get_by_role("link", name="Back to conversations").tap()
    expect(at_adas.composer).to_be_hidden()
    expect(at_adas.conversations).to_have_count(1)
    at_adas.page.go_back()
    at_adas.shows("Hello")
    assert at_adas.page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_copy_of_a_tab_does_not_take_the_session_along(open_window, ada):
    window = open_window()
    window.sign_in(ada.username)
    window.is_signed_in_as(ada.username)
    with window.context.expect_page() as opened:
        window.page.evaluate("window.open(location.href)")  # gets a copy of sessionStorage, as a duplicated tab does
    expect(opened.value.get_by_text("stays signed in")).to_be_visible()
    window.page.reload()
    window.is_signed_in_as(ada.username)


def test_signing_out_asks_before_it_loses_what_was_not_sent(talking, ada):
    at_adas, at_bens = talking(adas={"wired": True})
    at_adas.wire.cut()
    at_adas.say("not yet sent")
    expect(at_adas.unsent()).to_have_count(1)
    at_adas.page.get_by_role("button", name="Sign out").click()
    dialog = at_adas.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Stay").click()
    expect(at_adas.unsent()).to_have_count(1)
    at_adas.page.get_by_role("button", name="Sign out").click()
    dialog.get_by_role("button", name="Sign out").click()
    expect(at_adas.username).to_be_focused()
    assert at_adas.page.evaluate("JSON.stringify({ ...sessionStorage, ...localStorage })").count("not yet sent") == 0
    at_adas.wire.mend()
    at_adas.sign_in(ada.username)
    at_adas.is_signed_in_as(ada.username)


def test_in_development_two_clicks_make_two_people_talk(make_dev, open_window):
    dev = make_dev()
    dev.start()
    at_adas, at_bens = open_window(dev), open_window(dev)
    at_adas.page.get_by_role("button", name="Continue as Ada").click()
    at_bens.page.get_by_role("button", name="Continue as Ben").click()
    at_bens.is_signed_in_as("Ben")
    at_adas.page.get_by_role("button", name="Say hello to Ben").click()
    at_adas.say("Hello Ben")
    at_bens.open("Ada")
    at_bens.shows("Hello Ben")


def test_elsewhere_nobody_is_offered(open_window):
    window = open_window()
    expect(window.page.get_by_label("Password")).to_be_visible()
    expect(window.page.get_by_role("button", name=re.compile("Continue as"))).to_have_count(0)
