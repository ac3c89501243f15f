"""The web client at `/`: two people, two windows."""

import re

import pytest
from playwright.sync_api import expect

from support.web import ada, ben, conversation, open_window, talking, unused_name  # noqa: F401 (fixtures)
from support.window import fill, history

pytestmark = pytest.mark.browser


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
    expect(at_adas.unread).to_have_text("1")
    at_adas.open(ben)
    expect(at_adas.page).to_have_title("Parley")
    expect(at_adas.unread).to_have_count(0)

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
    expect(at_adas.unsent()).to_have_count(0)
    expect(at_bens.unsent()).to_have_count(0)
    stored = history(ada, conversation)
    at_adas.shows(*stored)
    at_bens.shows(*stored)
    for name in ("ada", "ben"):
        assert [text for text in stored if text.startswith(name)] == [f"{name} {number}" for number in range(10)]


# acceptance: E-007 E-012 E-017
def test_ticks_turn_from_sending_to_read(talking, ada, ben):
    at_adas, at_bens = talking(adas={"wired": True})
    at_bens.page.keyboard.press("Escape")
    ben_is_away = at_bens.context
    ben_is_away.close()

    held = []
    at_adas.wire.alter = lambda frame: held.append(frame) if frame["type"] == "message_ack" else frame
    at_adas.say("how far?")
    expect(at_adas.stage("how far?")).to_have_text("Sending")
    at_adas.page.wait_for_timeout(200)
    at_adas.wire.alter = lambda frame: frame
    at_adas.wire.cut()
    at_adas.wire.mend()
    expect(at_adas.stage("how far?")).to_have_text("Sent")
    assert len(held) == 1

    with ben.socket():
        answer = ben.http.get("/conversations").json()["items"][0]
        ben.http.post(f"/conversations/{answer['id']}/delivered", json={"seq": 1})
    expect(at_adas.stage("how far?")).to_have_text("Delivered")
    ben.http.post(f"/conversations/{answer['id']}/read", json={"seq": 1})
    expect(at_adas.stage("how far?")).to_have_text("Read")
    expect(at_adas.conversations.locator(".status")).to_have_text("Read")

    at_adas.page.locator(".message").last.hover()
    at_adas.page.get_by_role("button", name="Details").click()
    details = at_adas.page.get_by_role("dialog", name="Message details")
    expect(details.locator("dt")).to_have_text(["Sent", "Delivered", "Read"])
    expect(details.locator("dd").last).to_contain_text("at")


def test_what_comes_to_another_conversation_is_delivered_and_read_when_it_is_opened(open_window, ada, ben, conversation):
    at_adas, at_bens = open_window(), open_window()
    at_adas.sign_in(ada.username)
    at_adas.open(ben.username)
    at_bens.sign_in(ben.username)
    expect(at_bens.conversations).to_have_count(1)
    at_adas.say("one", "two", "three")
    expect(at_adas.stage("three")).to_have_text("Delivered")
    expect(at_bens.unread).to_have_text("3")
    expect(at_bens.unread).to_have_attribute("aria-label", "3 unread messages")
    at_bens.open(ada.username)
    expect(at_adas.stage("three")).to_have_text("Read")
    expect(at_bens.page.get_by_role("separator", name="Unread messages")).to_be_visible()
    assert ben.http.get("/users/me/unread-counts").json()["total"] == 0


def test_reading_on_one_device_reads_on_the_other(open_window, ada, ben, conversation):
    fill(conversation, (ben, "one"), (ben, "two"))
    one, other = open_window(), open_window()
    for window in (one, other):
        window.sign_in(ada.username)
        expect(window.unread).to_have_text("2")
    one.open(ben.username)
    expect(other.unread).to_have_count(0)
    one.say("from the one device")
    expect(other.conversations).to_contain_text("You: from the one device")


def test_typing_shows_and_ends_with_the_message(talking, ada, ben, conversation):
    at_adas, at_bens = talking(adas={"wired": True}, bens={"wired": True})
    at_bens.composer.press_sequentially("He")
    at_bens.page.wait_for_timeout(600)
    assert {"conversation_id": conversation, "is_typing": True} in at_bens.wire.commands("typing")

    at_adas.wire.tell("typing", {"conversation_id": conversation, "user_id": ben.id, "is_typing": True})
    status = at_adas.page.locator("[data-part=peerStatus]")
    expect(status).to_have_text("typing…")
    expect(at_adas.conversations).to_contain_text("typing…")
    at_bens.say("Hello")
    at_adas.shows("Hello")
    expect(status).not_to_have_text("typing…")
    expect(at_adas.conversations).not_to_contain_text("typing…")


def test_who_is_here_is_shown_and_who_left_is_too(talking, ada, ben, conversation):
    at_adas, _ = talking(adas={"wired": True})
    status = at_adas.page.locator("[data-part=peerStatus]")
    at_adas.wire.tell("presence", {"users": [{"user_id": ben.id, "status": "online"}]})
    expect(status).to_have_text("online")
    expect(at_adas.page.locator(".conversation .here")).to_be_visible()
    at_adas.wire.tell("presence", {"users": [{"user_id": ben.id, "status": "offline", "last_seen_at": "2026-01-01T10:00:00.000Z"}]})
    expect(status).to_contain_text("last seen")
    expect(at_adas.page.locator(".conversation .here")).to_be_hidden()
    assert {"user_ids": [ben.id]} in at_adas.wire.commands("presence")


# acceptance: E-027
def test_two_windows_see_each_other_come_type_and_go(talking):
    at_adas, at_bens = talking()
    status = at_adas.page.locator("[data-part=peerStatus]")
    expect(status).to_have_text("online")
    at_bens.composer.press_sequentially("Hel")
    expect(status).to_have_text("typing…")
    at_bens.composer.fill("")
    expect(status).to_have_text("online")
    at_bens.context.close()
    expect(status).to_contain_text("last seen")
    expect(at_adas.page.locator(".conversation .here")).to_be_hidden()


# acceptance: D-048
def test_whoever_is_blocked_cannot_write_and_is_not_told_why(talking, ada, ben, conversation):
    at_adas, at_bens = talking()
    at_adas.page.locator("[data-part=peer]").click()
    about = at_adas.page.get_by_role("dialog")
    about.get_by_role("button", name=re.compile("^Block")).click()
    expect(about.get_by_role("button", name=re.compile("^Unblock"))).to_be_visible()
    at_adas.page.keyboard.press("Escape")
    expect(at_adas.composer).to_be_hidden()
    expect(at_adas.page.get_by_text("You have blocked")).to_be_visible()
    at_bens.say("Are you there?")
    expect(at_bens.unsent("failed")).to_have_count(1)
    assert "block" not in at_bens.unsent("failed").inner_text().lower()

    at_adas.page.reload()
    expect(at_adas.page.get_by_text("You have blocked")).to_be_visible()
    at_adas.page.get_by_role("button", name="Unblock").click()
    expect(at_adas.composer).to_be_visible()
    at_bens.unsent("failed").get_by_role("button", name="Try again").click()
    at_adas.shows("Are you there?")


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
    expect(at_bens.composer).to_have_value("")
    at_bens.page.reload()
    at_bens.shows("one", "two", "half a thought")
    expect(at_bens.composer).to_have_value("")


def test_conversations_are_found_by_name_and_filtered_by_what_is_unread(open_window, service, ada, ben, conversation):
    ben.http.patch("/users/me", json={"display_name": "Bénédicte Noël"})
    window = open_window()
    window.sign_in(ada.username)
    expect(window.conversations).to_have_count(1)
    found = window.find("noel")
    expect(found).to_have_count(1)
    expect(window.conversations).to_be_hidden()
    window.page.keyboard.press("Escape")
    expect(window.conversations).to_be_visible()

    fill(conversation, (ben, "news"))
    expect(window.unread).to_have_text("1")
    window.page.get_by_role("button", name=re.compile("^Unread")).click()
    expect(window.conversations).to_have_count(1)
    window.open("Bénédicte")
    window.page.keyboard.press("Escape")
    expect(window.page.get_by_text("Nothing unread.")).to_be_visible()
    window.page.get_by_role("button", name="Show all").click()
    expect(window.conversations).to_have_count(1)


# In development


def test_in_development_two_windows_of_one_browser_are_two_people(make_dev, open_window):
    dev = make_dev()
    dev.start()
    at_adas = open_window(dev)
    at_adas.page.get_by_role("button", name="Continue as Ada").click()
    at_adas.is_signed_in_as("Ada")
    at_bens = open_window(dev, beside=at_adas)
    at_bens.page.get_by_role("button", name="Continue as Ben").click()
    at_bens.is_signed_in_as("Ben")
    at_adas.page.get_by_role("button", name="Say hello to Ben").click()
    at_adas.say("Hello Ben")
    at_bens.open("Ada")
    at_bens.shows("Hello Ben")
    for window, name in ((at_adas, "Ada"), (at_bens, "Ben")):
        window.page.reload()
        window.is_signed_in_as(name)


def test_elsewhere_nobody_is_offered(open_window):
    window = open_window()
    expect(window.password).to_be_visible()
    expect(window.page.get_by_role("button", name=re.compile("Continue as"))).to_have_count(0)
