"""The web client: bad networks, dead services, reloads and crashes. Nothing is lost, doubled or reordered."""

import random
import re
from contextlib import suppress

import pytest
from playwright.sync_api import TimeoutError, expect

from support.person import newcomer
from support.service import ROOT
from support.web import ada, ben, conversation, open_window, talking  # noqa: F401 (fixtures)
from support.window import fill, history

pytestmark = pytest.mark.browser


# acceptance: A-065 E-011 E-017
def test_whoever_was_offline_catches_up_and_nothing_is_lost_or_doubled(talking, ada, conversation):
    at_adas, at_bens = talking()
    at_adas.say("before")
    at_bens.shows("before")

    at_adas.go_offline()
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


# acceptance: E-001
def test_without_a_network_a_reload_shows_what_was_said(talking, ada, conversation):
    at_adas, at_bens = talking()
    at_adas.say("one", "two")
    at_bens.shows("one", "two")
    at_bens.say("three")
    at_adas.shows("one", "two", "three")
    at_adas.page.evaluate("navigator.serviceWorker.ready.then(() => null)")

    at_adas.go_offline()
    at_adas.say("written offline")
    at_adas.page.reload()
    expect(at_adas.messages).to_have_text(["one", "two", "three", "written offline"])
    expect(at_adas.unsent()).to_have_count(1)
    expect(at_adas.conversations).to_contain_text("written offline")
    expect(at_adas.page.get_by_text("You are offline.")).to_be_visible()
    at_adas.say("and after the reload")
    expect(at_adas.unsent()).to_have_count(2)
    at_bens.say("missed")

    at_adas.context.set_offline(False)
    everything = ["one", "two", "three", "missed", "written offline", "and after the reload"]
    at_adas.shows(*everything)
    at_bens.shows(*everything)
    assert history(ada, conversation) == everything


def test_all_files_of_the_client_are_kept_for_when_there_is_no_network():
    """There is no build step that could write the list."""
    web = ROOT / "web"
    files = {str(path.relative_to(web)) for path in web.joinpath("assets").rglob("*") if path.is_file()}
    listed = re.findall(r"^    '([^']+)',$", (web / "sw.js").read_text(), re.MULTILINE)
    assert sorted(listed) == sorted({"./", "manifest.webmanifest", *files})
    assert len(listed) == len(set(listed))


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


def test_a_long_absence_is_caught_up_without_a_hole(talking, ada, ben, conversation):
    at_adas, at_bens = talking(adas={"wired": True})
    at_bens.say("before")
    at_adas.shows("before")
    at_adas.wire.cut()
    fill(conversation, *((ben, f"number {number}") for number in range(120)))
    at_adas.wire.mend()
    expect(at_adas.messages).to_have_count(121)
    at_adas.shows("before", *(f"number {number}" for number in range(120)))


# acceptance: A-065 D-044
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


def test_a_restart_of_the_service_is_hardly_noticed(make_service, open_window):
    service = make_service()
    ada, ben = newcomer(service), newcomer(service)
    conversation = ada.conversation_with(ben)
    at_adas, at_bens = open_window(service), open_window(service)
    for window, me, other in ((at_adas, ada, ben), (at_bens, ben, ada)):
        window.sign_in(me.username)
        window.open(other.username)
    at_adas.say("before")
    at_bens.shows("before")
    assert service.stop() == 0
    at_adas.say("in between")
    service.start()
    at_bens.shows("before", "in between")
    at_bens.say("after")
    for window in (at_adas, at_bens):
        window.shows("before", "in between", "after")
        window.is_connected()
    assert history(ada, conversation) == ["before", "in between", "after"]


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
    wire.mend()
    at_adas.shows("only once")
    at_adas.say("and the next")
    at_bens.shows("only once", "and the next")
    at_adas.shows("only once", "and the next")
    assert len({data["client_msg_id"] for data in wire.commands("send_message")}) == 2
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


def test_a_crash_while_sending_loses_and_doubles_nothing(talking, open_window, ada, ben, conversation):
    """The tab is gone in the middle of thirty messages; another one of the same browser goes on."""
    at_adas, at_bens = talking()
    texts = [f"number {number}" for number in range(30)]
    at_adas.page.evaluate("""texts => {
        const field = document.querySelector('textarea');
        for (const text of texts) {
            field.value = text;
            field.dispatchEvent(new Event('input'));
            field.form.requestSubmit();
        }
    }""", texts)
    with suppress(Exception):
        at_adas.page.goto("chrome://crash", timeout=2000)
    at_adas.page.close()
    again = open_window(beside=at_adas)
    again.is_signed_in_as(ada.username)
    again.open(ben.username)
    again.shows(*texts)
    at_bens.shows(*texts)
    assert history(ada, conversation) == texts


# acceptance: E-013 E-014
def test_whatever_comes_between_everybody_ends_with_the_same(open_window, ada, ben, conversation):
    """Two people, two tabs and a device more: they write while connections are cut, pages reloaded and tabs closed, at random."""
    luck = random.Random(5)
    first = open_window(wired=True)
    first.sign_in(ada.username)
    first.is_signed_in_as(ada.username)
    windows = [first, open_window(wired=True, beside=first)]
    for person in (ada, ben):
        windows.append(open_window(wired=True))
        windows[-1].sign_in(person.username)
    for window, other in zip(windows, (ben, ben, ben, ada)):
        window.open(other.username)
    said = []
    for step in range(60):
        place = luck.randrange(len(windows))
        window = windows[place]
        match luck.randrange(8):
            case 0:
                window.wire.cut()
            case 1 | 2:
                window.wire.mend()
            case 3 if step % 2:
                window.page.reload()
                expect(window.composer).to_be_visible()
            case 4 if place < 2 and step % 3 == 0:
                sibling = windows[1 - place]
                window.page.close()
                windows[place] = open_window(wired=True, beside=sibling)
                windows[place].open(ben.username)
            case _:
                said.append(f"{place} says {step}")
                window.say(said[-1])
                expect(window.composer).to_have_value("")
    for window in windows:
        window.wire.mend()
    for window in windows:
        expect(window.messages).to_have_count(len(said), timeout=40_000)
        expect(window.unsent()).to_have_count(0)
    stored = history(ada, conversation)
    assert sorted(stored) == sorted(said)
    for window in windows:
        window.shows(*stored)
    for place in (2, 3):
        assert [text for text in stored if text.startswith(f"{place} ")] == [text for text in said if text.startswith(f"{place} ")]


def test_a_skipped_live_message_is_fetched(talking):
    at_adas, at_bens = talking(bens={"wired": True})
    at_bens.wire.alter = lambda frame: None if frame["data"].get("content") == "dropped" else frame
    at_adas.say("dropped", "arrives")
    at_bens.shows("dropped", "arrives")


def test_live_messages_in_any_order_and_twice_end_as_they_were_said(talking, conversation):
    at_adas, at_bens = talking(bens={"wired": True})
    held = []

    def shuffle(frame):
        if frame["type"] != "new_message":
            return frame
        held.append(frame)
        if len(held) % 3 == 0:
            for late in reversed(held[-3:]):
                at_bens.wire.tell("new_message", late["data"])
                at_bens.wire.tell("new_message", late["data"])
        return None

    at_bens.wire.alter = shuffle
    texts = [f"number {number}" for number in range(12)]
    at_adas.say(*texts)
    at_bens.shows(*texts)
