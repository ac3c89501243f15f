"""The web client: bad input, refusals, limits."""

import pytest
from playwright.sync_api import expect

from support.person import newcomer
from support.web import ada, ben, conversation, open_window, talking, unused_name  # noqa: F401 (fixtures)
from support.window import history

pytestmark = pytest.mark.browser

HOSTILE = [
    '<img src=x onerror="window.hacked = 1">',
    "<script>window.hacked = 1</script>",
    "</textarea></p><svg/onload=window.hacked=1>",
    "javascript:window.hacked=1 &lt;b&gt; ${window.hacked=1} {{hacked}}",
    "\u202ereversed\u202c and Z\u0335\u0321\u0362a\u0334\u0321l\u0337\u031bgo \U0001f469\u200d\U0001f469\u200d\U0001f467",
    'https://example.org/"onmouseover="window.hacked=1',
]


# acceptance: D-067
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
        assert window.page.locator("#talk img, #talk script, .message svg[onload], .message [onmouseover]").count() == 0


def test_only_web_addresses_are_links_and_they_tell_nothing(talking):
    at_adas, at_bens = talking()
    at_adas.say("see https://example.org/a_(b), javascript:alert(1) and https://user@example.org")
    link = at_bens.page.locator(".message a")
    expect(link).to_have_count(1)
    expect(link).to_have_text("https://example.org/a_(b)")
    assert link.get_attribute("href") == "https://example.org/a_(b)"
    assert link.get_attribute("rel") == "noopener noreferrer"
    assert link.get_attribute("target") == "_blank"


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
        expect(window.page.get_by_text("There is no such conversation.")).to_be_visible()
        expect(window.composer).to_be_hidden()


# acceptance: D-044
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
    at_adas.page.reload()
    expect(at_adas.unsent("failed")).to_have_count(2)

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


# acceptance: D-047 D-058
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


def test_real_limits_are_waited_for(make_service, open_window):
    """More than the service takes at once: all of it arrives, in order."""
    service = make_service(PARLEY_LIMITS="on", PARLEY_LIMIT_SEND_USER="5,5")
    ada, ben = newcomer(service), newcomer(service)
    conversation = ada.conversation_with(ben)
    window = open_window(service)
    window.sign_in(ada.username)
    window.open(ben.username)
    texts = [f"number {number}" for number in range(15)]
    window.say(*texts)
    window.shows(*texts)
    assert history(ada, conversation) == texts
