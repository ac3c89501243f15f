"""The web client: keyboard, phone, screen reader, colours; and pictures of it under the test's work folder."""

import re

import pytest
from playwright.sync_api import expect

from support.person import newcomer
from support.web import ada, ben, conversation, open_window, talking  # noqa: F401 (fixtures)
from support.window import PHONE, fill

pytestmark = pytest.mark.browser

# Whatever is on the screen: texts with less contrast than WCAG 2.2 asks for (§1.4.3), controls and pictures without a name (§4.1.2),
# names that are doubled, ids that are, and focus that is lost.
AUDIT = """() => {
    const faults = [];
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const rgba = (color) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
        return [r, g, b, a / 255];
    };
    const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
    const luminance = (color) => {
        const [r, g, b] = color.map((value) => value / 255).map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element) => {
        const layers = [];
        for (let each = element; each; each = each.parentElement) layers.push(rgba(getComputedStyle(each).backgroundColor));
        return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
    };
    const isSeen = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true })
        && !element.closest('.visually-hidden') && element.getBoundingClientRect().width > 1;
    const top = document.querySelector('dialog[open]') ?? document.body;

    const walker = document.createTreeWalker(top, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || !isSeen(element) || element.closest('button:disabled, [aria-hidden=true] .avatar')) continue;
        const style = getComputedStyle(element), below = behind(element);
        const [light, dark] = [luminance(over(rgba(style.color), below)), luminance(below)].sort((a, b) => b - a);
        const ratio = (light + 0.05) / (dark + 0.05), size = parseFloat(style.fontSize);
        const enough = size >= 24 || size >= 18.66 && style.fontWeight >= 700 ? 3 : 4.5;
        if (ratio < enough) faults.push(`contrast ${ratio.toFixed(2)} of “${walker.currentNode.data.trim().slice(0, 40)}” (${element.className})`);
    }
    for (const control of top.querySelectorAll('button, a[href], input, textarea, [role=switch], [role=region], dialog[open]')) {
        if (!control.checkVisibility()) continue;
        const labels = control.labels?.length ? [...control.labels].map((label) => label.textContent).join(' ') : '';
        const by = (control.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
        const text = control.matches('input, textarea, dialog, [role=region]') ? '' : control.textContent;
        const name = [control.getAttribute('aria-label'), by, labels, text].join(' ').trim();
        if (!name) faults.push(`no name: ${control.outerHTML.slice(0, 100)}`);
        for (const id of (control.getAttribute('aria-describedby') ?? '').split(' ').filter(Boolean)) {
            if (!document.getElementById(id)) faults.push(`described by nothing: ${id}`);
        }
        const { width, height } = control.getBoundingClientRect();
        if (control.matches('button:not(.link), input') && width > 1 && (width < 24 || height < 24)) faults.push(`small: ${name} ${width}×${height}`);
    }
    for (const svg of top.querySelectorAll('svg')) {
        if (svg.checkVisibility() && svg.getAttribute('aria-hidden') !== 'true') faults.push('a picture without aria-hidden');
    }
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
    for (const id of new Set(ids.filter((id, index) => ids.indexOf(id) !== index))) faults.push(`the id ${id} twice`);
    for (const list of top.querySelectorAll('ul, ol')) {
        if ([...list.children].some((child) => child.tagName !== 'LI')) faults.push('a list with something else in it');
    }
    if (top.querySelectorAll('main').length && [...document.querySelectorAll('main')].filter((each) => each.checkVisibility()).length > 1) {
        faults.push('two main landmarks');
    }
    return faults;
}"""

TALK = [
    ("ben", "Hello Ada! Are you still in London?"),
    ("ben", "I found the notes on the engine"),
    ("ada", "Yes, until Friday."),
    ("ada", "Where were they?"),
    ("ben", "In the library, between two volumes of Babbage that nobody had opened since 1842. See https://example.org/notes"),
    ("ada", "That is wonderful news. Bring them along, and we go through them page by page."),
    ("ben", "Tomorrow at ten?"),
    ("ada", "At ten."),
]


@pytest.fixture
def pictures(work):
    folder = work / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def audit(window) -> list[str]:
    window.page.wait_for_timeout(350)  # until what moves has come to rest
    return window.page.evaluate(AUDIT)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desk", "phone"])
def test_everything_can_be_read_and_has_a_name(open_window, pictures, service, ada, ben, conversation, scheme, size):
    ada.http.patch("/users/me", json={"display_name": "Ada Lovelace"})
    ben.http.patch("/users/me", json={"display_name": "Ben Franklin"})
    people = {"ada": ada, "ben": ben}
    for name, text in (("Grace Hopper", "The bug was a moth, I have it here"), ("Émilie du Châtelet", "Bonjour!"), ("李清照", "明天见")):
        other = newcomer(service)
        other.http.patch("/users/me", json={"display_name": name})
        fill(ada.conversation_with(other), (other, text))
    fill(conversation, *((people[who], text) for who, text in TALK[:-2]))
    for person in (ada, ben):
        person.http.post(f"/conversations/{conversation}/read", json={"seq": len(TALK) - 2})
    fill(conversation, *((people[who], text) for who, text in TALK[-2:-1]))

    options = PHONE if size == "phone" else {"viewport": {"width": 1180, "height": 760}}
    window = open_window(color_scheme=scheme, reduced_motion="reduce", wired=True, **options)

    def look(name: str):
        assert audit(window) == [], name
        window.page.screenshot(path=pictures / f"{size}-{scheme}-{name}.png")

    look("sign-in")
    window.page.get_by_role("button", name="Create account").click()
    look("sign-up")
    window.page.get_by_role("button", name="Sign in", exact=True).first.click()
    window.sign_in(ada.username)
    expect(window.conversations).to_have_count(4)
    look("inbox")
    window.find("gra")
    expect(window.page.get_by_role("option")).to_have_count(1)
    look("search")
    window.page.keyboard.press("Escape")
    window.open("Ben Franklin")
    expect(window.messages).to_have_count(len(TALK) - 1)
    expect(window.page.get_by_role("separator", name="Unread messages")).to_be_visible()
    look("unread")
    window.say("At ten.")
    expect(window.unsent()).to_have_count(0)
    look("thread")
    refusal = {"code": "not_authorized", "message": "You cannot write to this person."}
    window.wire.answer = lambda frame: {"type": "error", "id": frame["id"], "data": refusal} if frame["type"] == "send_message" else None
    window.say("This one is refused")
    expect(window.unsent("failed")).to_have_count(1)
    window.wire.tell("typing", {"conversation_id": conversation, "user_id": ben.id, "is_typing": True})
    expect(window.page.locator(".typing")).to_be_visible()
    look("failed")
    window.unsent("failed").get_by_role("button", name="Delete").click()
    window.wire.answer = lambda frame: None
    window.page.locator("[data-part=peer]").click()
    about = window.page.get_by_role("dialog")
    expect(about.get_by_role("button", name="Block")).to_be_visible()
    look("about")
    about.get_by_role("button", name="Block").click()
    expect(about.get_by_role("button", name="Unblock")).to_be_visible()
    window.page.keyboard.press("Escape")
    look("blocked")
    window.page.get_by_role("button", name="Unblock").click()
    expect(window.composer).to_be_visible()
    window.page.locator(".message").last.focus()
    window.page.keyboard.press("Enter")
    look("details")
    window.page.keyboard.press("Escape")
    window.context.set_offline(True)
    window.say("Written on the train")
    expect(window.page.get_by_text("You are offline.")).to_be_visible()
    look("offline")
    window.context.set_offline(False)
    window.is_connected()
    window.page.keyboard.press("Escape")
    if size == "phone":
        expect(window.composer).to_be_hidden()
    settings = window.open_settings()
    expect(settings.get_by_role("switch").first).to_be_visible()
    look("settings")
    settings.get_by_role("button", name="Keyboard shortcuts").click()
    look("shortcuts")


def test_an_empty_inbox_says_how_to_begin(open_window, pictures, ada):
    window = open_window()
    window.sign_in(ada.username)
    expect(window.page.get_by_role("heading", name="No conversations yet")).to_be_visible()
    assert audit(window) == []
    window.page.screenshot(path=pictures / "empty.png")


def test_the_look_is_chosen_and_kept(open_window, ada):
    window = open_window(color_scheme="light")
    window.sign_in(ada.username)
    paper = "getComputedStyle(document.querySelector('.inbox')).backgroundColor"
    light = window.page.evaluate(paper)
    window.open_settings().get_by_role("button", name="Dark").click()
    assert window.page.evaluate(paper) != light
    window.page.reload()
    window.is_signed_in_as(ada.username)
    assert window.page.evaluate(paper) != light
    window.open_settings().get_by_role("button", name="System").click()
    assert window.page.evaluate(paper) == light


def test_everything_is_done_with_the_keyboard(open_window, ada, ben):
    at_adas, at_bens = open_window(), open_window()
    for window, person in ((at_adas, ada), (at_bens, ben)):
        expect(window.username).to_be_focused()
        window.page.keyboard.type(person.username)
        window.page.keyboard.press("Tab")
        window.page.keyboard.type(person.password)
        window.page.keyboard.press("Enter")
        window.is_signed_in_as(person.username)

    at_adas.page.keyboard.press("/")
    expect(at_adas.search).to_be_focused()
    at_adas.page.keyboard.type(ben.username)
    expect(at_adas.page.get_by_role("option")).to_have_count(1)
    at_adas.page.keyboard.press("Enter")
    expect(at_adas.composer).to_be_focused()
    at_adas.page.keyboard.type("one line")
    at_adas.page.keyboard.press("Shift+Enter")
    at_adas.page.keyboard.type("and another")
    at_adas.page.keyboard.press("Enter")
    expect(at_adas.composer).to_have_value("")
    expect(at_adas.messages).to_have_count(1)
    assert at_adas.messages.inner_text() == "one line\nand another"

    at_adas.page.keyboard.press("ArrowUp")
    expect(at_adas.page.locator(".message")).to_be_focused()
    at_adas.page.keyboard.press("Enter")
    expect(at_adas.page.get_by_role("dialog", name="Message details")).to_be_visible()
    at_adas.page.keyboard.press("Escape")
    expect(at_adas.page.locator(".message")).to_be_focused()
    at_adas.page.keyboard.press("ArrowDown")
    expect(at_adas.composer).to_be_focused()

    at_adas.page.keyboard.press("Escape")
    expect(at_adas.composer).to_be_hidden()
    expect(at_adas.conversations).to_be_focused()
    at_adas.page.keyboard.press("Enter")
    expect(at_adas.composer).to_be_focused()
    at_adas.page.keyboard.press("Escape")
    expect(at_adas.conversations).to_be_focused()
    at_adas.page.keyboard.press("?")
    expect(at_adas.page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    at_adas.page.keyboard.press("Escape")
    at_adas.page.keyboard.press("Alt+ArrowDown")
    expect(at_adas.composer).to_be_focused()
    at_adas.page.keyboard.press("Control+k")
    expect(at_adas.search).to_be_focused()


def test_the_tab_key_reaches_everything_in_order(talking):
    at_adas, _ = talking()
    at_adas.say("hello")
    expect(at_adas.unsent()).to_have_count(0)
    at_adas.page.locator("[data-part=me]").focus()
    order = []
    for _ in range(9):
        order.append(at_adas.page.evaluate("document.activeElement.dataset.part ?? document.activeElement.className"))
        at_adas.page.keyboard.press("Tab")
    assert order[:7] == ["me", "settings", "search", "link", "peer", "scroller", "text"]


def test_a_phone_shows_one_thing_at_a_time(talking, service, ada, ben):
    at_adas, at_bens = talking(adas=PHONE)
    expect(at_adas.conversations).to_be_hidden()
    at_bens.say("Hello")
    at_adas.shows("Hello")
    announcement = at_adas.page.locator("#announcements")
    expect(announcement).to_contain_text(f"{ben.username}: Hello")
    eve = newcomer(service)
    fill(eve.conversation_with(ada), (eve, "Hello too"))
    back = at_adas.page.get_by_role("link", name="Back to conversations, 1 with unread messages")
    expect(back).to_have_text("1")
    back.tap()
    expect(at_adas.composer).to_be_hidden()
    expect(at_adas.conversations).to_have_count(2)
    at_adas.page.go_back()
    at_adas.shows("Hello")
    assert at_adas.page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_screen_reader_hears_who_said_what(talking, ada, ben):
    at_adas, at_bens = talking()
    at_bens.say("Hello Ada")
    at_adas.say("Hello Ben")
    expect(at_adas.page.locator(".message").first).to_contain_text(f"{ben.username}: Hello Ada")
    expect(at_adas.page.locator(".message").last).to_contain_text("You: Hello Ben")
    expect(at_adas.page.get_by_role("navigation", name="Conversations")).to_be_visible()
    expect(at_adas.page.get_by_role("main")).to_have_count(1)
    expect(at_adas.page.get_by_role("heading", level=3, name=re.compile("Today"))).to_be_visible()


def test_whoever_wants_less_motion_gets_none(open_window, ada, ben, conversation):
    window = open_window(reduced_motion="reduce")
    window.sign_in(ada.username)
    window.open(ben.username)
    window.say("still")
    expect(window.unsent()).to_have_count(0)
    assert window.page.evaluate("document.getAnimations().length") == 0
