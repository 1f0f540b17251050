"""The widget on other people's pages: strict policies, hostile styles, keyboards, phones, refusals, and no trace."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from barriers import assert_accessible
from hosting import PAGE, STRICT, Site, page_with_widget
from playwright.sync_api import Browser, BrowserContext, Frame, FrameLocator, Page, expect
from serving import served

from bot.config import read_settings
from bot.dialogue.bot import Bot
from bot.patients.live import Live
from bot.web.app import create_app

pytestmark = pytest.mark.browser

HOSTILE = """<style>* { all: unset !important; display: none !important; visibility: hidden !important; }
html, body, head + body * { display: block !important; visibility: visible !important; }
button, iframe, dialog { width: 1px !important; height: 1px !important; transform: rotate(9deg) !important; }
body { transform: scale(.5) !important; } :root { font-size: 3px !important; --brand: red; }</style>"""
SHIFTS = """window.shifted = []; new PerformanceObserver((list) => shifted.push(...list.getEntries()
  .map((each) => each.value))).observe({type: "layout-shift", buffered: true})"""

LOAD = """(chat) => new Promise((done) => { const script = document.createElement("script");
  script.src = `${chat}/widget.js?again`; script.onload = done; document.head.append(script); })"""
LOSSES = (
    "document.querySelector('clinicbot-widget').remove()",
    "document.documentElement.replaceWith(document.implementation.createHTMLDocument('x').documentElement)",
)


@dataclass(frozen=True, slots=True)
class Places:
    """The chat and the sites around it: `listed` and `second` may show it, `other` may not."""

    chat: str
    listed: Site
    second: Site
    other: Site


@pytest.fixture(scope="module")
def places(bot: Bot) -> Iterator[Places]:
    listed, second, other = Site(), Site(), Site()
    known = copy.copy(bot)
    clinic = replace(bot.release.clinic, embedding_sites=(listed.origin, second.origin))
    known.release = replace(bot.release, clinic=clinic)
    with served(create_app(read_settings({}), Live(known))) as place:
        yield Places(place, listed, second, other)
    for site in (listed, second, other):
        site.close()


@pytest.fixture
def visit(browser: Browser, watch: Callable[[BrowserContext], None]) -> Iterator[Callable[..., Page]]:
    """Open an address of another site in a fresh profile."""
    contexts = []

    def opener(
        address: str, *, width: int = 1280, height: int = 900, dark: bool = False, before: str = "", **more: Any
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", **more
        )
        contexts.append(context)
        watch(context)
        if before:
            context.add_init_script(before)
        page = context.new_page()
        page.goto(address)
        return page

    yield opener
    for context in contexts:
        context.close()


@pytest.fixture
def host(places: Places) -> str:
    """A page of a listed site under the strictest policy."""
    return places.listed.add(
        "/", page_with_widget(places.chat), Content_Security_Policy=STRICT.format(chat=places.chat)
    )


def launcher(page: Page) -> Any:
    return page.locator("clinicbot-widget .launcher")


def inside(page: Page) -> FrameLocator:
    return page.frame_locator("clinicbot-widget iframe")


def frame_of(page: Page) -> Frame:
    found = page.locator("clinicbot-widget iframe").element_handle()
    assert found is not None
    frame = found.content_frame()
    assert frame is not None
    return frame


def open_chat(page: Page) -> FrameLocator:
    launcher(page).click()
    expect(inside(page).get_by_label("Your question")).to_be_focused()
    return inside(page)


def ask(chat: FrameLocator, question: str, card: str = "answer") -> None:
    chat.get_by_label("Your question").fill(question)
    chat.get_by_role("button", name="Ask", exact=True).click()
    expect(chat.locator(f".card-{card}").last).to_be_visible()


def test_it_opens_answers_and_closes_under_the_strictest_policy(visit: Callable[..., Page], host: str) -> None:
    page = visit(host)
    expect(launcher(page)).to_have_accessible_name("Ask a question")
    chat = open_chat(page)
    box = page.locator("clinicbot-widget dialog").bounding_box()
    ask(chat, "my lips are so dry")

    assert box is not None
    assert (box["width"], box["height"]) == (380, 600)
    page.get_by_role("button", name="Close the chat").first.click()
    expect(page.locator("clinicbot-widget dialog")).to_be_hidden()


def test_nothing_is_loaded_before_it_is_opened(visit: Callable[..., Page], host: str, places: Places) -> None:
    page = visit(host)
    expect(launcher(page)).to_be_visible()
    loaded: list[dict[str, Any]] = page.evaluate(
        "performance.getEntriesByType('resource').map((each) => ({name: each.name, type: each.initiatorType}))"
    )
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    response = page.request.get(f"{places.chat}/widget.js", headers={"Accept-Encoding": "gzip"})

    assert [each["name"] for each in loaded] == [f"{places.chat}/widget.js"]
    assert int(response.headers["content-length"]) < 10_000
    assert page.locator("iframe").count() == 0
    open_chat(page)
    ask(inside(page), "my lips are so dry")
    assert asked
    assert [url for url in asked if not url.startswith((f"{places.chat}/", "data:"))] == []
    assert page.context.cookies() == []


def test_the_page_around_does_not_shift(visit: Callable[..., Page], host: str) -> None:
    page = visit(host, before=SHIFTS)
    page.evaluate("scrollTo(0, 300)")
    open_chat(page)
    ask(inside(page), "my lips are so dry")
    page.keyboard.press("Escape")
    expect(launcher(page)).to_be_focused()

    assert page.evaluate("shifted") == []
    assert page.evaluate("scrollY") == 300
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_keyboard_alone_is_enough(visit: Callable[..., Page], host: str) -> None:
    page = visit(host)
    page.locator("#last").focus()
    page.keyboard.press("Tab")
    expect(launcher(page)).to_be_focused()
    page.keyboard.press("Enter")
    chat = inside(page)
    expect(chat.get_by_label("Your question")).to_be_focused()
    page.keyboard.type("my lips are so dry")
    expect(chat.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(chat.get_by_role("listbox")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(chat.locator(".card-answer")).to_be_visible()
    page.keyboard.press("Escape")
    expect(launcher(page)).to_be_focused()
    page.keyboard.press("Space")
    expect(chat.locator(".card-answer")).to_be_visible()


def test_somebody_who_sees_nothing_hears_each_name_once_on_the_way_in(visit: Callable[..., Page], host: str) -> None:
    page = visit(host)
    open_chat(page)
    dialog, frame = page.locator("clinicbot-widget dialog"), page.locator("clinicbot-widget iframe")

    expect(dialog).to_have_role("dialog")
    expect(dialog).to_have_accessible_name("Ask a question")
    expect(frame).to_have_attribute("title", "Riverside Skin Clinic: chat")
    expect(page.locator("clinicbot-widget .close")).to_have_accessible_name("Close the chat")
    assert inside(page).get_by_role("banner").count() == inside(page).get_by_role("main").count() == 1
    expect(inside(page).get_by_role("region", name="About this chat")).to_contain_text("Not for emergencies")


def test_escape_closes_from_the_close_button_too_and_focus_returns_where_it_was(
    visit: Callable[..., Page], host: str
) -> None:
    page = visit(host)
    expect(launcher(page)).to_be_visible()
    page.locator("#first").focus()
    page.evaluate("clinicbot.open()")
    expect(inside(page).get_by_label("Your question")).to_be_focused()
    page.locator("clinicbot-widget .close").focus()
    page.keyboard.press("Escape")

    expect(page.locator("#first")).to_be_focused()


def test_escape_in_the_frame_closes_the_innermost_thing_first(visit: Callable[..., Page], host: str) -> None:
    page = visit(host)
    chat = open_chat(page)
    page.keyboard.type("dry li")
    expect(chat.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(chat.get_by_role("listbox")).to_be_hidden()
    assert page.evaluate("clinicbot.isOpen")
    chat.get_by_role("button", name="My questions (0)").click()
    page.keyboard.press("Escape")
    expect(chat.get_by_role("heading", name="My questions")).to_be_hidden()
    assert page.evaluate("clinicbot.isOpen")
    page.keyboard.press("Escape")
    expect(page.locator("clinicbot-widget dialog")).to_be_hidden()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True), (320, False)])
def test_the_page_and_the_frame_are_accessible(visit: Callable[..., Page], host: str, width: int, dark: bool) -> None:
    page = visit(host, width=width, dark=dark)
    expect(launcher(page)).to_be_visible()
    assert_accessible(page)
    open_chat(page)
    assert_accessible(page)
    assert_accessible(frame_of(page))
    ask(inside(page), "my throat is closing up", "emergency")
    assert_accessible(frame_of(page))
    assert frame_of(page).evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_on_a_phone_it_takes_the_screen_and_keeps_the_focus(visit: Callable[..., Page], host: str) -> None:
    page = visit(host, width=390, height=844, has_touch=True, is_mobile=True)
    page.evaluate("scrollTo(0, 500)")
    launcher(page).tap()
    dialog = page.locator("clinicbot-widget dialog")
    expect(inside(page).get_by_label("Your question")).to_be_visible()

    assert dialog.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    assert dialog.evaluate("(each) => each.matches(':modal')")
    # A finger's keyboard would hide half of it: the box waits until it is touched.
    expect(inside(page).get_by_label("Your question")).not_to_be_focused()
    expect(inside(page).locator("main")).to_be_focused()
    page.locator("clinicbot-widget .close").tap()
    expect(dialog).to_be_hidden()
    assert page.evaluate("scrollY") == 500


def test_at_400_percent_zoom_everything_is_there(visit: Callable[..., Page], host: str) -> None:
    page = visit(host, width=320, height=256)  # a screen of 1280 by 1024 at 400 %
    launcher(page).click()
    chat = inside(page)
    expect(chat.locator("main")).to_be_focused()  # the box is below what is in view
    ask(chat, "my lips are so dry")

    assert frame_of(page).evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.locator("clinicbot-widget .close")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(launcher(page)).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_turning_the_screen_keeps_the_conversation(visit: Callable[..., Page], host: str) -> None:
    page = visit(host)
    ask(open_chat(page), "my lips are so dry")
    page.set_viewport_size({"width": 400, "height": 800})
    expect(page.locator("clinicbot-widget dialog:modal")).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 800})

    expect(page.locator("clinicbot-widget dialog:modal")).to_have_count(0)
    expect(inside(page).locator(".card-answer")).to_be_visible()


def test_hostile_styles_do_not_reach_it(visit: Callable[..., Page], places: Places) -> None:
    page = visit(places.listed.add("/hostile", page_with_widget(places.chat, head=HOSTILE)))
    expect(launcher(page)).to_be_visible()
    box = launcher(page).bounding_box()
    open_chat(page)
    panel = page.locator("clinicbot-widget dialog").bounding_box()

    assert box is not None
    assert panel is not None
    assert box["height"] >= 44
    assert box["x"] + box["width"] <= 1280 - 10
    assert box["y"] + box["height"] <= 900 - 10
    assert (panel["width"], panel["height"]) == (380, 600)
    assert launcher(page).evaluate("(each) => getComputedStyle(each).fontSize") == "16px"


def test_it_leaves_the_styles_of_the_page_alone(visit: Callable[..., Page], host: str) -> None:
    page = visit(host)
    look = "JSON.stringify([...document.querySelectorAll('main *')].map((each) => each.getBoundingClientRect()))"
    before = page.evaluate(look)
    open_chat(page)

    assert page.evaluate(look) == before
    assert page.evaluate("Object.keys(window).filter((name) => /clinic|widget/i.test(name))") == []


def test_a_site_that_is_not_listed_is_refused_and_says_so(
    visit: Callable[..., Page], places: Places, complaints: list[str]
) -> None:
    page = visit(places.other.add("/", page_with_widget(places.chat)))
    launcher(page).click()

    expect(page.get_by_role("alert")).to_have_text("The chat could not be loaded here.")
    link = page.get_by_role("link", name="Open it on its own page")
    expect(link).to_have_attribute("href", f"{places.chat}/?locale=en-GB")
    expect(page.get_by_role("link", name="999")).to_have_attribute("href", "tel:999")
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(launcher(page)).to_be_focused()
    assert any("frame-ancestors" in each for each in complaints)
    complaints.clear()


def test_a_policy_without_frames_is_told_to_the_patient_too(
    visit: Callable[..., Page], places: Places, complaints: list[str]
) -> None:
    policy = f"default-src 'none'; script-src {places.chat}"
    page = visit(places.listed.add("/unframed", page_with_widget(places.chat), Content_Security_Policy=policy))
    launcher(page).click()

    expect(page.get_by_role("alert")).to_have_text("The chat could not be loaded here.")
    assert any("frame-src" in each for each in complaints)
    complaints.clear()


def test_a_lost_connection_says_so_and_can_be_tried_again(
    visit: Callable[..., Page], host: str, complaints: list[str]
) -> None:
    page = visit(host)
    expect(launcher(page)).to_be_visible()
    page.context.set_offline(True)
    launcher(page).click()
    expect(page.get_by_role("alert")).to_have_text("The chat could not be loaded here.")
    expect(page.locator("clinicbot-widget .close")).to_be_focused()
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()

    expect(inside(page).get_by_label("Your question")).to_be_visible()
    ask(inside(page), "my lips are so dry")
    page.close()
    complaints.clear()  # the browser notes that the greeting found nobody


def test_a_page_may_open_it_before_it_has_a_body(visit: Callable[..., Page], places: Places) -> None:
    early = f'<script src="{places.chat}/widget.js" data-clinicbot></script><script>clinicbot.open()</script>'
    page = visit(places.listed.add("/early", PAGE.format(lang="en", head=early, body="", script="", filling="x")))

    expect(inside(page).get_by_label("Your question")).to_be_focused()
    assert page.evaluate("document.documentElement.lastElementChild.localName") == "clinicbot-widget"


def test_a_page_may_open_it_before_all_of_the_body_is_there(visit: Callable[..., Page], places: Places) -> None:
    early = f'<script src="{places.chat}/widget.js" data-clinicbot></script>'
    heard = """<script>addEventListener("clinicbot:ready", () => (document.title = "ready"), true); clinicbot.open()</script>"""
    page = visit(places.listed.add("/middle", PAGE.format(lang="en", head=early, body=heard, script="", filling="x")))

    expect(inside(page).get_by_label("Your question")).to_be_focused()
    expect(page).to_have_title("ready")


def test_two_scripts_give_one_launcher(visit: Callable[..., Page], places: Places) -> None:
    page = visit(places.listed.add("/twice", page_with_widget(places.chat, times=2)))
    expect(launcher(page)).to_be_visible()
    page.evaluate(LOAD, places.chat)

    expect(page.locator("clinicbot-widget")).to_have_count(1)
    open_chat(page)


def test_two_scripts_before_the_body_give_one_launcher_too(visit: Callable[..., Page], places: Places) -> None:
    early = f'<script src="{places.chat}/widget.js" data-clinicbot></script>' * 2
    page = visit(places.listed.add("/early-twice", PAGE.format(lang="en", head=early, body="", script="", filling="x")))

    expect(page.locator("clinicbot-widget")).to_have_count(1)
    assert page.evaluate("document.documentElement.lastElementChild.localName") == "clinicbot-widget"
    open_chat(page)


@pytest.mark.parametrize("loss", LOSSES, ids=["element", "page"])
@pytest.mark.parametrize("was_open", [False, True])
def test_what_the_page_lost_comes_back_when_it_is_opened(
    visit: Callable[..., Page], host: str, loss: str, was_open: bool
) -> None:
    page = visit(host)
    expect(launcher(page)).to_be_visible()
    if was_open:
        ask(open_chat(page), "my lips are so dry")
    page.evaluate(loss)
    expect(page.locator("clinicbot-widget")).to_have_count(0)
    assert not page.evaluate("clinicbot.isOpen")
    page.evaluate("clinicbot.toggle()")

    expect(page.locator("clinicbot-widget")).to_have_count(1)
    expect(inside(page).get_by_label("Your question")).to_be_focused()
    assert page.evaluate("clinicbot.isOpen")
    page.evaluate("clinicbot.ask('my lips are so dry')")
    expect(inside(page).locator(".turn")).to_have_count(2 if was_open else 1)
    page.keyboard.press("Escape")
    expect(launcher(page)).to_be_visible()
    assert not page.evaluate("clinicbot.isOpen")


@pytest.mark.parametrize("loss", LOSSES, ids=["element", "page"])
def test_what_the_page_lost_comes_back_closed_with_a_second_script(
    visit: Callable[..., Page], places: Places, loss: str
) -> None:
    page = visit(places.listed.add("/lost", page_with_widget(places.chat)))
    open_chat(page)
    page.evaluate("window.heard = []; document.addEventListener('clinicbot:ready', () => heard.push('ready')); void 0")
    page.evaluate(loss)
    page.evaluate(LOAD, places.chat)
    page.evaluate(LOAD, places.chat)

    expect(page.locator("clinicbot-widget")).to_have_count(1)
    expect(page.locator("clinicbot-widget dialog")).to_be_hidden()
    assert page.evaluate("heard") == ["ready"]
    ask(open_chat(page), "my lips are so dry")


def test_a_question_from_the_page_brings_it_back(visit: Callable[..., Page], host: str) -> None:
    page = visit(host)
    open_chat(page)
    page.evaluate(LOSSES[0])
    page.evaluate("clinicbot.ask('my lips are so dry')")

    expect(inside(page).locator(".card-answer")).to_be_visible()


def test_two_pages_do_not_interfere(visit: Callable[..., Page], places: Places, host: str) -> None:
    page = visit(host)
    second = page.context.new_page()
    second.goto(places.second.add("/", page_with_widget(places.chat)))
    tokens = []
    for each, question in ((page, "i want to end my life"), (second, "my lips are so dry")):
        each.bring_to_front()
        ask(open_chat(each), question, "crisis" if each is page else "answer")
        tokens.append(inside(each).locator("input[data-conversation]").first.input_value())

    assert tokens[0] != tokens[1]
    expect(inside(second).locator(".standing")).to_have_count(0)
    inside(second).get_by_role("button", name="Clear").click()
    expect(inside(second).locator(".turn")).to_have_count(0)
    expect(inside(page).locator(".turn")).to_have_count(1)
    ask(inside(page), "my lips are so dry")
    expect(inside(page).locator(".standing")).to_be_visible()


def test_it_works_where_storage_is_blocked(visit: Callable[..., Page], host: str) -> None:
    blocked = """for (const name of ["sessionStorage", "localStorage", "indexedDB"])
      Object.defineProperty(window, name, { get() { throw new DOMException("blocked", "SecurityError"); } });
      window.BroadcastChannel = class { constructor() { throw new DOMException("blocked", "SecurityError"); } }"""
    page = visit(host, before=blocked)
    chat = open_chat(page)
    ask(chat, "my lips are so dry")
    chat.get_by_role("button", name="Add to my questions").click()

    expect(chat.get_by_role("button", name="My questions (1)")).to_be_visible()
    chat.get_by_role("button", name="Text size").click()
    chat.get_by_role("button", name="Clear", exact=True).click()
    expect(chat.locator(".turn")).to_have_count(0)


def test_the_page_hears_what_happened_but_no_words(visit: Callable[..., Page], host: str) -> None:
    listen = """window.heard = []; for (const name of ["ready", "open", "close", "answer"])
      document.addEventListener(`clinicbot:${name}`, (event) => heard.push([name, event.detail]))"""
    page = visit(host, before=listen)
    expect(launcher(page)).to_be_visible()
    page.evaluate("void clinicbot.on('answer', (detail) => heard.push(['on', detail]))")
    page.evaluate("clinicbot.ask('my lips are so dry, says Zanzibar')")
    expect(inside(page).locator(".card-answer")).to_be_visible()
    page.evaluate("clinicbot.close(); clinicbot.close()")

    told = {"outcome": "answer", "entry": "dry-lips"}
    assert page.evaluate("heard") == [
        ["ready", {}],
        ["open", {}],
        ["answer", told],
        ["on", told],
        ["close", {}],
    ]


def test_the_page_can_do_all_that_is_documented(visit: Callable[..., Page], host: str) -> None:
    page = visit(host)
    expect(launcher(page)).to_be_visible()
    page.evaluate("window.heard = []; window.end = clinicbot.on('open', () => heard.push('open')); void 0")
    page.evaluate("clinicbot.toggle()")
    expect(inside(page).get_by_label("Your question")).to_be_focused()
    assert page.evaluate("clinicbot.isOpen")
    page.evaluate("clinicbot.toggle()")
    assert not page.evaluate("clinicbot.isOpen")
    page.evaluate("end(); clinicbot.toggle(); clinicbot.close()")
    assert page.evaluate("heard") == ["open"]

    page.evaluate("clinicbot.theme({colour: '#ffd54d', label: 'Ask the nurses', position: 'left'})")
    expect(launcher(page)).to_have_accessible_name("Ask the nurses")
    expect(launcher(page)).to_have_css("background-color", "rgb(255, 213, 77)")
    box = launcher(page).bounding_box()
    assert box is not None
    assert box["x"] == 16
    page.evaluate("clinicbot.theme({label: '', position: 'right'})")
    expect(launcher(page)).to_have_text("Ask a question")


def test_questions_of_the_page_are_asked_in_turn(visit: Callable[..., Page], host: str) -> None:
    page = visit(host)
    expect(launcher(page)).to_be_visible()
    page.evaluate(
        "for (const each of ['my lips are so dry', 'can i drink alcohol', 'my eyes look yellow']) clinicbot.ask(each)"
    )

    expect(inside(page).locator(".turn .you")).to_have_text(
        [re.compile("lips"), re.compile("alcohol"), re.compile("yellow")]
    )
    expect(inside(page).get_by_label("Your question")).to_have_value("")


def test_what_somebody_is_typing_outlives_the_questions_of_the_page(visit: Callable[..., Page], host: str) -> None:
    page = visit(host)
    open_chat(page).get_by_label("Your question").fill("and another thing")
    page.evaluate("clinicbot.ask('my lips are so dry'); clinicbot.ask('my eyes look yellow')")
    expect(inside(page).locator(".turn")).to_have_count(2)

    expect(inside(page).get_by_label("Your question")).to_have_value("and another thing")


def test_a_question_of_the_page_that_is_not_sent_is_not_overtaken(visit: Callable[..., Page], host: str) -> None:
    page = visit(host)
    chat = open_chat(page)
    page.route("**/turns*", lambda route: route.abort(), times=2)
    page.evaluate("clinicbot.ask('my lips are so dry'); clinicbot.ask('my eyes look yellow')")
    expect(chat.get_by_text("Not sent. Try again.")).to_be_visible()
    expect(chat.get_by_label("Your question")).to_have_value("my lips are so dry")
    chat.get_by_role("button", name="Ask", exact=True).click()

    expect(chat.locator(".turn .you")).to_have_text([re.compile("lips"), re.compile("yellow")])


def ask_and_close(page: Page, chat: Any, question: str) -> list[Any]:
    """Ask, and close the panel before the answer is there; what is returned fills with the request, which is held."""
    held: list[Any] = []
    page.route("**/turns*", lambda route: held.append(route))
    chat.get_by_label("Your question").fill(question)
    chat.get_by_role("button", name="Ask", exact=True).click()
    expect(chat.get_by_role("button", name="Ask", exact=True)).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Escape")
    return held


def test_an_answer_that_comes_late_is_marked(visit: Callable[..., Page], host: str) -> None:
    page = visit(host)
    chat = open_chat(page)
    held = ask_and_close(page, chat, "my lips are so dry")
    expect(page.locator("clinicbot-widget .dot")).to_be_hidden()
    held[0].continue_()

    expect(page.locator("clinicbot-widget .dot")).to_be_visible()
    expect(launcher(page)).to_have_accessible_name("Ask a question There is a new answer.")
    launcher(page).click()
    expect(page.locator("clinicbot-widget .dot")).to_be_hidden()


@pytest.mark.parametrize(
    ("question", "card"), [("my throat is closing up", "emergency"), ("i want to end my life", "crisis")]
)
def test_help_that_comes_late_opens_the_panel_and_takes_the_focus(
    visit: Callable[..., Page], host: str, question: str, card: str
) -> None:
    page = visit(host)
    chat = open_chat(page)
    held = ask_and_close(page, chat, question)
    expect(page.locator("clinicbot-widget dialog")).to_be_hidden()
    held[0].continue_()

    expect(chat.locator(f".card-{card} h2")).to_be_focused()
    expect(chat.locator(f".card-{card} h2")).to_be_in_viewport()
    expect(page.locator("clinicbot-widget .dot")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator("clinicbot-widget dialog")).to_be_hidden()
    launcher(page).click()
    expect(chat.locator(f".card-{card} h2")).to_be_focused()


def test_an_answer_that_came_late_is_what_is_read_first(visit: Callable[..., Page], host: str) -> None:
    page = visit(host)
    chat = open_chat(page)
    held = ask_and_close(page, chat, "my lips are so dry")
    held[0].continue_()
    expect(page.locator("clinicbot-widget .dot")).to_be_visible()
    launcher(page).click()

    expect(chat.locator(".card-answer h2")).to_be_focused()
    page.keyboard.press("Escape")
    launcher(page).click()
    expect(chat.get_by_label("Your question")).to_be_focused()


def test_messages_of_strangers_are_not_heard(visit: Callable[..., Page], places: Places, host: str) -> None:
    page = visit(host)
    open_chat(page)
    page.evaluate("postMessage({clinicbot: 'close'}, '*')")  # from the page itself, not from the frame
    frame_of(page).evaluate("postMessage({clinicbot: 'ask', question: 'dry lips'}, '*')")
    page.evaluate("new Promise((done) => setTimeout(done, 0))")

    assert page.evaluate("clinicbot.isOpen")
    expect(inside(page).locator(".turn")).to_have_count(0)


def test_topics_and_answers_open_over_the_conversation(visit: Callable[..., Page], host: str) -> None:
    page = visit(host)
    chat = open_chat(page)
    ask(chat, "my lips are so dry")
    chat.get_by_role("link", name="Topics").click()
    expect(chat.get_by_role("heading", name="Topics", exact=True)).to_be_focused()
    assert_accessible(frame_of(page))
    chat.get_by_role("link", name="My lips are very dry").first.click()
    expect(chat.get_by_role("button", name="Add to my questions")).to_have_count(1)
    page.keyboard.press("Escape")

    expect(chat.locator(".turn .card-answer")).to_be_visible()
    expect(chat.get_by_role("link", name="Topics")).to_be_focused()
    assert page.evaluate("clinicbot.isOpen")
    page.context.set_offline(True)
    chat.get_by_role("link", name="Topics").click()
    expect(chat.get_by_role("alert")).to_have_text("That could not be loaded. Try again.")
    page.context.set_offline(False)
    with page.expect_popup() as opened:
        chat.get_by_role("link", name="Open as a page").click()
    assert opened.value.url.endswith("/answers/dry-lips?locale=en-GB")


@pytest.mark.parametrize(
    ("lang", "name"), [("es-MX", "Haga una pregunta"), ("fr", "Ask a question"), ("", "Ask a question")]
)
def test_it_speaks_the_language_of_the_page(visit: Callable[..., Page], places: Places, lang: str, name: str) -> None:
    page = visit(places.listed.add(f"/lang-{lang}", page_with_widget(places.chat, lang=lang)))

    expect(launcher(page)).to_have_accessible_name(name)
    launcher(page).click()
    names, links = ("Your question", "Su pregunta"), ("Español", "English")
    spanish = int(lang == "es-MX")
    expect(inside(page).get_by_label(names[spanish])).to_be_focused()
    inside(page).get_by_role("link", name=links[spanish]).click()  # who reads another language than the page speaks
    expect(inside(page).get_by_label(names[1 - spanish])).to_be_visible()
    expect(page.locator("clinicbot-widget .close")).to_be_visible()


def test_it_follows_a_page_that_changes_its_language(visit: Callable[..., Page], host: str) -> None:
    page = visit(host)
    ask(open_chat(page), "my throat is closing up", "emergency")
    page.evaluate("document.documentElement.lang = 'es'")
    expect(page.locator("clinicbot-widget .close")).to_have_accessible_name("Cerrar el chat")
    expect(inside(page).get_by_label("Your question")).to_be_visible()  # what is open is not taken away
    inside(page).get_by_label("Your question").fill("and for how")
    page.evaluate("clinicbot.close()")
    expect(launcher(page)).to_have_accessible_name("Haga una pregunta")
    launcher(page).click()

    expect(inside(page).get_by_label("Su pregunta")).to_have_value("and for how")
    expect(inside(page).locator(".card-emergency")).to_be_visible()
    expect(inside(page).locator(".standing[lang=es]").get_by_role("link", name="Llamar al 999")).to_be_visible()


def test_a_label_or_a_language_of_its_own_stays_when_the_page_changes(
    visit: Callable[..., Page], places: Places
) -> None:
    given = 'data-label="Frag uns" data-locale="en-US"'
    page = visit(places.listed.add("/stays", page_with_widget(places.chat, given)))
    expect(launcher(page)).to_have_text("Frag uns")
    page.evaluate("document.documentElement.lang = 'es'")
    page.evaluate("new Promise((done) => setTimeout(done, 0))")

    expect(launcher(page)).to_have_text("Frag uns")
    expect(page.locator("clinicbot-widget .close")).to_have_attribute("aria-label", "Close the chat")


@pytest.mark.parametrize(
    ("given", "lifted"), [("72", 72), ("72px", 72), ("0", 0), ("401", 0), ("-5", 0), ("2em", 0), ("1;top:0", 0)]
)
def test_it_stands_above_a_bar_of_the_page(visit: Callable[..., Page], places: Places, given: str, lifted: int) -> None:
    page = visit(places.listed.add(f"/lifted-{given}", page_with_widget(places.chat, f'data-offset="{given}"')))
    expect(launcher(page)).to_be_visible()
    box = launcher(page).bounding_box()
    assert box is not None
    assert box["y"] + box["height"] == 900 - 16 - lifted
    page.evaluate("clinicbot.theme({offset: 40})")
    launcher(page).click()
    panel = page.locator("clinicbot-widget dialog").bounding_box()

    assert panel is not None
    assert panel["y"] + panel["height"] == 900 - 16 - 40


def test_a_long_label_takes_two_lines_and_no_more(visit: Callable[..., Page], places: Places) -> None:
    given = 'data-label="Ask our dermatology nurses about your treatment today, now"'
    page = visit(places.listed.add("/long", page_with_widget(places.chat, given)), width=320, height=640)
    expect(launcher(page)).to_be_visible()
    label, button = page.locator("clinicbot-widget .label").bounding_box(), launcher(page).bounding_box()

    assert label is not None
    assert button is not None
    assert label["height"] < 50
    assert button["x"] >= 0
    assert button["width"] <= 288


def test_attributes_set_label_place_and_colour(visit: Callable[..., Page], places: Places) -> None:
    given = 'data-label="Frag uns" data-position="left" data-colour="#ffd54d" data-locale="en-US"'
    page = visit(places.listed.add("/given", page_with_widget(places.chat, given)))
    box = launcher(page).bounding_box()

    expect(launcher(page)).to_have_text("Frag uns")
    expect(launcher(page)).to_have_css("background-color", "rgb(255, 213, 77)")
    expect(launcher(page)).to_have_css("color", "rgb(16, 22, 28)")
    assert box is not None
    assert box["x"] == 16
    open_chat(page)
    expect(inside(page).get_by_role("link", name="911")).to_be_visible()


def test_any_colour_has_a_text_that_can_be_read(visit: Callable[..., Page], host: str) -> None:
    page = visit(host)
    expect(launcher(page)).to_be_visible()
    # Every colour of a grid over all there are, and the greys, where white and black are hardest to choose between.
    worst = page.evaluate(
        """() => {
          const { style } = document.querySelector("clinicbot-widget").shadowRoot.querySelector(".region");
          const linear = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
          const light = (colour) => [1, 3, 5].map((at) => linear(parseInt(colour.slice(at, at + 2), 16) / 255))
            .reduce((sum, value, place) => sum + value * [0.2126, 0.7152, 0.0722][place], 0.05);
          const numbers = [...Array(4096).keys()].map((each) =>
            ((each >> 8) * 17 << 16) | (((each >> 4) & 15) * 17 << 8) | (each & 15) * 17);
          numbers.push(...[...Array(256).keys()].map((each) => each * 0x010101));
          return Math.min(...numbers.map((number) => {
            clinicbot.theme({ colour: `#${number.toString(16).padStart(6, "0")}` });
            const pair = ["--brand", "--on-brand"].map((name) => light(style.getPropertyValue(name)));
            return Math.max(...pair) / Math.min(...pair);
          }));
        }"""
    )

    assert worst >= 4.5


def test_in_a_sandbox_that_keeps_its_origin_it_works(visit: Callable[..., Page], places: Places, host: str) -> None:
    inner = f'<iframe src="{host}" sandbox="allow-scripts allow-same-origin allow-forms" title="Page" width="900" height="800"></iframe>'
    page = visit(places.second.add("/sandbox", f"<!doctype html><html lang=en><title>x</title><main>{inner}</main>"))
    embedded = page.frame_locator("iframe[title=Page]")
    embedded.locator("clinicbot-widget .launcher").click()
    chat = embedded.frame_locator("clinicbot-widget iframe")
    ask(chat, "my lips are so dry")


def test_in_a_sandbox_without_an_origin_it_says_so(
    visit: Callable[..., Page], places: Places, host: str, complaints: list[str]
) -> None:
    inner = f'<iframe src="{host}" sandbox="allow-scripts" title="Page" width="900" height="800"></iframe>'
    page = visit(places.listed.add("/opaque", f"<!doctype html><html lang=en><title>x</title><main>{inner}</main>"))
    embedded = page.frame_locator("iframe[title=Page]")
    embedded.locator("clinicbot-widget .launcher").click()

    expect(embedded.get_by_role("alert")).to_have_text("The chat could not be loaded here.")
    complaints.clear()


def test_the_frame_alone_works_in_a_sandbox_without_an_origin(
    visit: Callable[..., Page], places: Places, complaints: list[str]
) -> None:
    inner = f'<iframe src="{places.chat}/widget" sandbox="allow-scripts allow-forms" title="Chat" width="400" height="700"></iframe>'
    page = visit(places.listed.add("/plain", f"<!doctype html><html lang=en><title>x</title><main>{inner}</main>"))
    chat = page.frame_locator("iframe[title=Chat]")
    ask(chat, "my lips are so dry")
    expect(chat.locator(".card-answer")).to_have_css(
        "border-start-start-radius", re.compile("^[1-9]")
    )  # its styles are there
    page.close()  # which may still be loading
    complaints.clear()  # scripts of another origin are refused there, so the form does the work


def test_the_frame_works_without_scripts(visit: Callable[..., Page], places: Places) -> None:
    inner = f'<iframe src="{places.chat}/widget" title="Chat" width="400" height="700"></iframe>'
    address = places.listed.add("/bare", f"<!doctype html><html lang=en><title>x</title><main>{inner}</main>")
    chat = visit(address, java_script_enabled=False).frame_locator("iframe[title=Chat]")
    ask(chat, "my lips are so dry")
    chat.get_by_role("link", name="Topics").click()
    expect(chat.get_by_role("heading", name="Topics", exact=True)).to_be_visible()
    chat.get_by_role("link", name="Ask a question").click()
    expect(chat.get_by_label("Your question")).to_be_visible()


def test_the_frame_without_our_script_leads_to_a_form_that_may_be_framed(
    visit: Callable[..., Page], places: Places
) -> None:
    inner = f'<iframe src="{places.chat}/widget" title="Chat" width="400" height="700"></iframe>'
    page = visit(places.listed.add("/own", f"<!doctype html><html lang=en><title>x</title><main>{inner}</main>"))
    chat = page.frame_locator("iframe[title=Chat]")
    with page.expect_request("**/turns*") as sent:
        ask(chat, "my lips are so dry")

    assert sent.value.url.endswith("/turns?channel=widget")


def test_an_isolated_page_may_show_it(visit: Callable[..., Page], places: Places) -> None:
    page = visit(
        places.listed.add(
            "/isolated",
            page_with_widget(places.chat),
            Cross_Origin_Embedder_Policy="require-corp",
            Cross_Origin_Opener_Policy="same-origin",
        )
    )
    ask(open_chat(page), "my lips are so dry")


def test_a_listed_site_can_ask_the_api_and_no_other(
    visit: Callable[..., Page], places: Places, complaints: list[str]
) -> None:
    call = """(chat) => fetch(`${chat}/api/v1/ask`, {method: "POST", headers: {"Content-Type": "application/json"},
      body: JSON.stringify({question: "my lips are so dry", channel: "api"})})
      .then((answer) => answer.json()).then((body) => body.outcome, () => "refused")"""
    blank = "<!doctype html><html lang=en><title>x</title>"

    assert visit(places.listed.add("/api", blank)).evaluate(call, places.chat) == "answer"
    assert visit(places.other.add("/api", blank)).evaluate(call, places.chat) == "refused"
    assert all("CORS" in each for each in complaints)
    complaints.clear()
