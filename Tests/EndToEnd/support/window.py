"""A person's browser window at the web client, told in their words: sign in, find somebody, say something."""

import json

from playwright.sync_api import Browser, BrowserContext, Locator, Page, WebSocketRoute, expect

from .person import PASSWORD, Person
from .service import Running

# The machine that runs the tests may be busy with others.
expect.set_options(timeout=15_000)

# What the browser itself writes of answers and networks; the page cannot help it.
NOT_THE_PAGES = ("Failed to load resource", "WebSocket connection to")

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


class Window:
    """`wired` puts the test between the page and the service's socket; `beside` shares the browser of another window; `without` is a script
    that takes something away from the browser; `options` are those of a browser context."""

    def __init__(
        self, browser: Browser, service: Running, wired: bool = False, beside: "Window | None" = None, without: str = "", **options
    ):
        self.context: BrowserContext = beside.context if beside else browser.new_context(locale="en-GB", **options)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda line: self._heard(line.type, line.text))
        self.wire = Wire(self.page) if wired else None
        if without:
            self.page.add_init_script(without)
        self.page.goto(service.url)

    def _heard(self, type: str, text: str):
        if "Security Policy" in text or (type == "error" and not text.startswith(NOT_THE_PAGES)):
            self.complaints.append(text)

    # Accounts

    @property
    def username(self) -> Locator:
        return self.page.get_by_role("textbox", name="Username")

    @property
    def password(self) -> Locator:
        return self.page.get_by_role("textbox", name="Password", exact=True)

    def sign_up(self, username: str, name: str = ""):
        self.page.get_by_role("button", name="Create account").first.click()
        self.username.fill(username)
        self.page.locator("#display-name").fill(name)
        self.password.fill(PASSWORD)
        self.page.locator("button[type=submit]:visible").click()

    def sign_in(self, username: str, password: str = PASSWORD):
        self.username.fill(username)
        self.password.fill(password)
        self.page.locator("button[type=submit]:visible").click()

    def is_signed_in_as(self, name: str):
        expect(self.page.locator("[data-part=myName]")).to_have_text(name)

    def open_settings(self) -> Locator:
        self.page.get_by_role("button", name="Settings").click()
        return self.page.get_by_role("dialog", name="Settings")

    # Conversations

    @property
    def conversations(self) -> Locator:
        return self.page.locator(".conversation")

    @property
    def unread(self) -> Locator:
        """The numbers beside conversations."""
        return self.page.locator(".conversation .badge:visible")

    @property
    def search(self) -> Locator:
        return self.page.get_by_role("combobox")

    def find(self, typed: str) -> Locator:
        """The conversations and people who are called like this."""
        self.search.fill(typed)
        return self.page.get_by_role("option")

    def converse(self, username: str):
        self.find(username).filter(has_text=f"@{username}").click()
        expect(self.composer).to_be_visible()

    def open(self, name: str):
        self.conversations.filter(has_text=name).click()
        expect(self.composer).to_be_visible()

    # Messages

    @property
    def composer(self) -> Locator:
        return self.page.get_by_role("textbox", name="Message", exact=True)

    @property
    def messages(self) -> Locator:
        """All that has been said, as it stands from top to bottom."""
        return self.page.locator(".message .text")

    @property
    def scroller(self) -> Locator:
        return self.page.get_by_role("region", name="Messages")

    def say(self, *texts: str):
        for text in texts:
            self.composer.fill(text)
            self.composer.press("Enter")

    def shows(self, *texts: str):
        """Waits until just these messages are there, in this order, and none of one's own is on its way."""
        expect(self.messages).to_have_text(list(texts))
        expect(self.unsent("sending")).to_have_count(0)

    def unsent(self, way: str = "sending") -> Locator:
        """One's own messages that are `sending` or have `failed`."""
        return self.page.locator(f".message[data-way={way}]")

    def stage(self, text: str) -> Locator:
        """How far one's own message got, as a screen reader hears it."""
        return self.page.locator(".message", has_text=text).locator(".status")

    # What may come between

    def is_connected(self):
        expect(self.page.locator("#connection")).to_be_empty()

    def go_offline(self):
        self.context.set_offline(True)
        expect(self.page.get_by_text("You are offline.")).to_be_visible()


class Wire:
    """The way of a page to the service's socket: the test overhears it, cuts it, or keeps frames from the page."""

    def __init__(self, page: Page):
        self.is_cut = False
        self.sent: list[dict] = []
        # What becomes of a frame from the service: itself, another in its place, or nothing.
        self.alter = lambda frame: frame
        # What answers a frame of the page in the service's place, if anything does.
        self.answer = lambda frame: None
        self._open: list[tuple[WebSocketRoute, WebSocketRoute]] = []
        page.route_web_socket("**/ws", self._opened)

    def _opened(self, page: WebSocketRoute):
        if self.is_cut:
            page.close(code=1013)
            return
        service = page.connect_to_server()
        self._open.append((page, service))

        def from_page(text):
            frame = json.loads(text)
            self.sent.append(frame)
            if (answer := self.answer(frame)) is None:
                service.send(text)
            else:
                page.send(json.dumps(answer))

        def from_service(text):
            if (frame := self.alter(json.loads(text))) is not None:
                page.send(json.dumps(frame))

        page.on_message(from_page)
        service.on_message(from_service)

    def cut(self):
        """Ends what is open; nothing can be opened until `mend`."""
        self.is_cut = True
        for page, service in self._open:
            page.close(code=1013)
            service.close(code=1000)
        self._open.clear()

    def mend(self):
        self.is_cut = False

    def tell(self, type: str, data: dict):
        """Sends the page a frame as if the service had."""
        for page, _ in self._open:
            page.send(json.dumps({"type": type, "data": data}))

    def commands(self, type: str) -> list[dict]:
        """What the page has sent of one type."""
        return [frame["data"] for frame in self.sent if frame["type"] == type]


def history(person: Person, conversation: str) -> list[str]:
    """What the service has stored, oldest first."""
    answer = person.http.get(f"/conversations/{conversation}/messages", params={"limit": 100})
    return [message["content"] for message in reversed(answer.json()["items"])]


def fill(conversation: str, *turns: tuple[Person, str]):
    """Lets people say something by REST."""
    for person, text in turns:
        answer = person.http.post(f"/conversations/{conversation}/messages", json={"content": text})
        assert answer.status_code == 201, answer.text
