"""The web client: long histories and long inboxes."""

import re

import pytest
from playwright.sync_api import expect

from support.person import newcomer
from support.web import ada, ben, conversation, open_window, talking  # noqa: F401 (fixtures)
from support.window import fill

pytestmark = pytest.mark.browser


def numbers(first: int, last: int) -> list[str]:
    return [f"number {number}" for number in range(first, last + 1)]


def exactly(number: int) -> re.Pattern:
    return re.compile(f"^number {number}$")


def place_of(window, number: int) -> float:
    return window.messages.filter(has_text=exactly(number)).bounding_box()["y"]


# acceptance: D-080
def test_older_messages_come_as_one_scrolls_up_and_the_place_is_kept(talking, ada, ben, conversation):
    fill(conversation, *((ada, text) for text in numbers(1, 180)))
    ben.http.post(f"/conversations/{conversation}/read", json={"seq": 180})
    at_adas, at_bens = talking()
    expect(at_bens.messages.last).to_be_in_viewport()
    expect(at_bens.messages.last).to_have_text("number 180")

    # However the wheel is turned, what is on the screen moves by what it was turned and nothing else.
    at_bens.scroller.hover()
    for _ in range(40):
        before = at_bens.page.evaluate("document.querySelector('.scroller').scrollTop")
        if before == 0 and at_bens.messages.first.inner_text() == "number 1":
            break
        at_bens.page.mouse.wheel(0, -600)
        at_bens.page.wait_for_timeout(60)
    expect(at_bens.messages).to_have_text(numbers(1, 180))
    expect(at_bens.page.get_by_text("This is where you and")).to_be_visible()

    at_adas.say("number 181")
    newest = at_bens.page.get_by_role("button", name="To the new messages")
    expect(newest).to_be_visible()
    expect(newest).to_have_text("1")
    expect(at_bens.messages.last).not_to_be_in_viewport()
    newest.click()
    expect(at_bens.messages.last).to_have_text("number 181")
    expect(at_bens.messages.last).to_be_in_viewport()
    expect(newest).to_be_hidden()


def test_what_comes_in_does_not_move_what_one_reads(talking, ada, ben, conversation):
    fill(conversation, *((ada, text) for text in numbers(1, 120)))
    ben.http.post(f"/conversations/{conversation}/read", json={"seq": 120})
    at_adas, at_bens = talking()
    expect(at_bens.messages.last).to_be_in_viewport()
    at_bens.scroller.evaluate("element => { element.scrollTop = 900; }")
    at_bens.page.wait_for_timeout(500)
    first_seen = at_bens.page.evaluate("""() => {
        const top = document.querySelector('.scroller').getBoundingClientRect().top;
        return [...document.querySelectorAll('.message')].find((each) => each.getBoundingClientRect().top >= top).dataset.seq;
    }""")
    before = place_of(at_bens, int(first_seen))
    at_adas.say("number 121", "number 122")
    expect(at_bens.page.get_by_role("button", name="To the new messages")).to_have_text("2")
    assert abs(place_of(at_bens, int(first_seen)) - before) <= 1


def test_a_conversation_opens_at_what_is_new_and_goes_on_in_both_directions(open_window, ada, ben, conversation):
    fill(conversation, *((ada, text) for text in numbers(1, 300)))
    ben.http.post(f"/conversations/{conversation}/read", json={"seq": 120})
    window = open_window()
    window.sign_in(ben.username)
    expect(window.unread).to_have_text("180")
    window.open(ada.username)
    divider = window.page.get_by_role("separator", name="Unread messages")
    expect(divider).to_be_in_viewport()
    expect(window.messages.filter(has_text=exactly(121))).to_be_in_viewport()
    expect(window.messages.filter(has_text=exactly(300))).to_have_count(0)

    window.scroller.hover()
    for _ in range(80):
        if window.messages.last.inner_text() == "number 300":
            break
        window.page.mouse.wheel(0, 900)
        window.page.wait_for_timeout(50)
    window.scroller.press("Control+End")
    expect(window.messages.filter(has_text=exactly(300))).to_be_in_viewport()
    expect(window.unread).to_have_count(0)
    texts = window.messages.all_inner_texts()
    assert texts == numbers(int(texts[0].split()[1]), 300)


def test_a_history_of_thousands_stays_light_and_whole(open_window, ada, ben, conversation):
    with ada.socket() as socket:
        for number in range(1, 1201):
            socket.send("send_message", {"conversation_id": conversation, "content": f"number {number}"})
            socket.expect("message_ack")
    ben.http.post(f"/conversations/{conversation}/read", json={"seq": 1200})
    window = open_window()
    window.sign_in(ben.username)
    window.open(ada.username)
    expect(window.messages.last).to_be_in_viewport()
    while window.messages.first.inner_text() != "number 1":
        window.scroller.evaluate("element => { element.scrollTop = 0; }")
        window.page.wait_for_timeout(20)
        assert window.messages.count() <= 450
    newest = window.page.get_by_role("button", name="To the newest message")
    newest.click()
    expect(window.messages.last).to_have_text("number 1200")
    expect(window.messages.last).to_be_in_viewport()

    # What was read once is there without a network too.
    window.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    window.go_offline()
    window.page.reload()
    expect(window.messages.last).to_have_text("number 1200")
    while window.messages.first.inner_text() != "number 1":
        window.scroller.evaluate("element => { element.scrollTop = 0; }")
        window.page.wait_for_timeout(20)


def test_a_thousand_conversations_are_as_quick_as_ten(open_window, service, ada, ben, conversation):
    """The snapshot is made up, since a thousand people take long to sign up; what follows is real."""
    window = open_window()
    snapshot = ada.http.get("/sync").json()
    entry = snapshot["conversations"][0]
    for number in range(1_000):
        id = f"0199aaaa-0000-7000-8000-{number:012}"
        people = [{**person, "id": id, "display_name": f"Person {number}"} if person["id"] == ben.id else person for person in entry["participants"]]
        last = {"id": id, "seq": 1, "rev": 1, "sender_id": id, "type": "text", "content": f"from {number}", "sent_at": "2026-01-01T10:00:00.000Z"}
        snapshot["conversations"].append({**entry, "id": id, "participants": people, "last_seq": 1, "messages": [last]})
    window.page.route("**/api/v1/sync?", lambda route: route.fulfill(json=snapshot))
    window.sign_in(ada.username)
    expect(window.conversations).to_have_count(1_001)

    def milliseconds_until_shown(text: str) -> float:
        window.page.evaluate("""text => {
            window.shown = new Promise((resolve) => {
                const began = performance.now();
                new MutationObserver((_, observer) => {
                    if (!document.querySelector('.conversation .preview').textContent.includes(text)) return;
                    observer.disconnect();
                    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)));
                }).observe(document.querySelector('.conversations'), { subtree: true, childList: true, characterData: true });
            });
        }""", text)
        fill(conversation, (ben, text))
        return window.page.evaluate("window.shown")

    times = sorted(milliseconds_until_shown(f"news {number}") for number in range(9))
    assert times[4] < 300, times


# acceptance: D-058
def test_an_inbox_of_many_conversations_goes_on_as_one_scrolls(open_window, service, ada):
    people = [newcomer(service) for _ in range(60)]
    for number, person in enumerate(people):
        fill(ada.conversation_with(person), (person, f"from {number}"))
    window = open_window()
    window.sign_in(ada.username)
    expect(window.conversations.first).to_contain_text("from 59")
    for _ in range(20):
        if window.conversations.count() == 60:
            break
        window.page.locator(".conversations").evaluate("element => { element.scrollTop = element.scrollHeight; }")
        window.page.wait_for_timeout(100)
    expect(window.conversations).to_have_count(60)
    expect(window.page).to_have_title("(60) Parley")
    fill(ada.conversation_with(people[0]), (people[0], "on top again"))
    expect(window.conversations.first).to_contain_text("on top again")

    # One that is not in the list yet is found by whom it is with, and shows what was said last.
    window.page.reload()
    expect(window.conversations.first).to_contain_text("on top again")
    expect(window.find(people[1].username)).to_have_count(1)
    window.page.keyboard.press("Enter")
    window.shows("from 1")
    expect(window.page.locator(".conversation[aria-current]")).to_contain_text("from 1")
