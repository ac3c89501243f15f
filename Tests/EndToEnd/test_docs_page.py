"""The page at `/docs`: all that the documents say, for people, and a way to try it."""

import httpx
import pytest
from playwright.sync_api import Page, expect

from support.contract import ASYNCAPI, OPENAPI
from support.person import PASSWORD, Person, newcomer

pytestmark = pytest.mark.browser


@pytest.fixture
def ada(service) -> Person:
    return newcomer(service)


@pytest.fixture
def open_page(browser, service):
    """Opens the page. It must meet no error of its script or of its security policy, and ask nobody but the service."""
    contexts, complaints, asked = [], [], []

    def open_page(path: str = "/docs", **options) -> Page:
        contexts.append(browser.new_context(locale="en-GB", **options))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: "Security Policy" in line.text and complaints.append(line.text))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(service.url + path)
        expect(page.locator("#loading")).to_have_count(0)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
    assert all(url.startswith((service.url, service.websocket_url)) for url in asked)


def sign_in(page: Page, person: Person):
    page.get_by_role("button", name="Sign in").first.click()
    page.get_by_label("Username or e-mail").fill(person.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("dialog").get_by_role("button", name="Sign in").click()
    expect(page.locator("#who")).to_have_text(f"@{person.username}")


# acceptance: C-039
def test_every_route_command_and_frame_stands_there(open_page, http):
    openapi, asyncapi = http.get(OPENAPI).json(), http.get(ASYNCAPI).json()
    page = open_page()
    ids = {operation["operationId"] for methods in openapi["paths"].values() for operation in methods.values()} | asyncapi["components"]["messages"].keys()
    assert set(page.locator(".operation").evaluate_all("items => items.map(item => item.id)")) == ids
    # Everything opens, and says something.
    page.locator(".operation").evaluate_all("items => items.forEach(item => { item.open = true })")
    expect(page.locator(".operation > .inside")).to_have_count(len(ids))
    message = page.locator("#postConversationsByConversationMessages")
    for text in ("client_msg_id", "201", "200", "too_long", "conflict", "Takes an Idempotency-Key"):
        expect(message).to_contain_text(text)
    expect(page.locator('[id="frame.new_message"]')).to_contain_text("prev_rev")
    expect(page.locator("#socket")).to_contain_text("4011")


def test_a_route_is_tried_with_an_account(open_page, ada):
    page = open_page("/docs/#patchUsersMe")
    route = page.locator("#patchUsersMe")
    expect(route.get_by_text("Try it")).to_be_visible()
    route.get_by_text("Try it").click()
    expect(route).to_contain_text("Sign in first")
    sign_in(page, ada)
    route.get_by_label("Body", exact=True).fill('{"display_name": "Countess"}')
    route.get_by_role("button", name="Send").click()
    expect(route.locator(".result .status")).to_have_text("200")
    expect(route.locator(".result")).to_contain_text("Countess")
    assert ada.http.get("/users/me").json()["display_name"] == "Countess"
    route.get_by_role("button", name="As a command").click()
    expect(route.locator(".command")).to_contain_text("curl -X PATCH")
    # The account lasts for the tab.
    page.reload()
    expect(page.locator("#who")).to_have_text(f"@{ada.username}")
    page.locator("#who").click()
    expect(page.locator("#who")).to_have_text("Sign in")


def test_a_refusal_is_shown_as_it_is(open_page, ada):
    page = open_page("/docs/#getUsersByUser")
    sign_in(page, ada)
    route = page.locator("#getUsersByUser")
    route.get_by_text("Try it").click()
    route.get_by_label("user", exact=True).fill("nobody")
    route.get_by_role("button", name="Send").click()
    expect(route.locator(".result .status")).to_have_text("404")
    expect(route.locator(".result")).to_contain_text("not_found")


def test_the_socket_is_tried_by_hand(open_page, ada):
    page = open_page("/docs#socket")
    sign_in(page, ada)
    page.get_by_text("Try it: a socket of your own").click()
    page.get_by_role("button", name="Connect").click()
    log = page.locator(".log")
    expect(log).to_contain_text('"ready"')
    assert ada.tokens["access"][:20] not in log.inner_text()
    page.get_by_label("Command", exact=True).select_option("command.ping")
    page.locator(".workbench").get_by_role("button", name="Send").click()
    expect(log).to_contain_text('"pong"')
    page.get_by_role("button", name="Disconnect").click()
    expect(log).to_contain_text("Closed: 1000")


def test_what_one_looks_for_is_found_by_keyboard(open_page):
    page = open_page()
    page.keyboard.press("/")
    expect(page.locator("#filter")).to_be_focused()
    page.keyboard.type("receipt read")
    page.locator("#filter").fill("mark_read")
    expect(page.locator(".operation:visible")).to_have_count(1)
    page.locator("#filter").fill("")
    page.locator('.contents a[href="#postAuthLogin"]').focus()
    page.keyboard.press("Enter")
    expect(page.locator("#postAuthLogin > summary")).to_be_focused()
    expect(page.locator("#postAuthLogin > .inside")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#postAuthLogin > .inside")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone(open_page, scheme):
    page = open_page(viewport={"width": 360, "height": 720}, color_scheme=scheme, has_touch=True)
    page.locator(".operation").evaluate_all("items => items.forEach(item => { item.open = true })")
    page.wait_for_function("document.querySelectorAll('.operation > .inside').length > 20")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, "nothing stands beside the screen"
    page.get_by_role("button", name="Contents").click()
    page.locator('.contents a[href="#limits"]').click()
    expect(page.locator("#limits")).to_be_in_viewport()
    expect(page.locator("#contents")).to_be_hidden()


def test_it_is_served_like_the_first_page(service):
    for path in ("/docs", "/docs/", "/docs/index.html"):
        answer = httpx.get(service.url + path)
        assert answer.status_code == 200 and answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["content-security-policy"] == httpx.get(service.url + "/").headers["content-security-policy"]
