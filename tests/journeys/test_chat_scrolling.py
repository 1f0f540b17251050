"""The box one types into lies over nothing: at whatever place of the conversation, in every window, axe finds no target
that is half covered, and where there is no room for both the page scrolls as one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from barriers import assert_accessible
from chatting import QUESTIONS, ask
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

Opener = Callable[..., Page]
WINDOWS = {
    "widget": ("/widget", {"width": 380, "height": 600}),
    "widget on a phone": ("/widget", {"width": 360, "height": 740}),
    "phone": ("/", {"width": 360, "height": 640}),
    "desktop": ("/", {"width": 1280, "height": 700}),
}
LOW = {"viewport": {"width": 320, "height": 256}}  # 1280 by 1024 at 400 %
# Scrolls so that the middle of the target of that number stands on the lower edge of what is in view; false after the last.
_HALVE = """(number) => {
    const area = document.querySelector(".reading");
    const targets = [...area.querySelectorAll("a, button, summary")].filter((each) => each.checkVisibility());
    if (number >= targets.length) return false;
    const box = targets[number].getBoundingClientRect();
    area.scrollTo({top: area.scrollTop + (box.top + box.bottom) / 2 - area.getBoundingClientRect().bottom, behavior: "instant"});
    return true;
}"""
_COVERED = """() => {
    const [area, foot, bar] = [".reading", ".foot", ".compact"].map((each) => document.querySelector(each)?.getBoundingClientRect());
    return area.bottom > foot.top + 0.5 || (bar && bar.bottom > area.top + 0.5) || foot.bottom > innerHeight + 0.5;
}"""


def talk(page: Page) -> None:
    for outcome in ("answer", "clarify", "decision"):
        ask(page, QUESTIONS[outcome])
        expect(page.locator(f".card-{outcome}").last).to_be_visible()


@pytest.mark.parametrize("window", WINDOWS)
def test_no_target_is_half_under_the_box_wherever_one_scrolls(open_page: Opener, window: str) -> None:
    path, viewport = WINDOWS[window]
    page = open_page(path, viewport=viewport)
    assert_accessible(page)
    talk(page)
    halved = 0
    while page.evaluate(_HALVE, halved):
        assert not page.evaluate(_COVERED), halved
        if halved % 4 == 0:
            assert_accessible(page)
        halved += 1

    assert halved > 8
    assert page.evaluate("document.scrollingElement.scrollHeight <= innerHeight")


def test_the_keys_that_scroll_a_page_scroll_the_conversation(open_page: Opener) -> None:
    page = open_page(viewport={"width": 360, "height": 640})
    expect(page.locator(".home")).to_be_in_viewport()
    page.keyboard.press("PageDown")

    expect(page.locator(".home")).not_to_be_in_viewport()


def test_a_question_is_shown_from_its_beginning_above_the_box(open_page: Opener) -> None:
    page = open_page(viewport={"width": 360, "height": 640})
    talk(page)

    expect(page.get_by_role("heading", name="That is one for your clinician")).to_be_in_viewport(ratio=1)
    expect(page.locator(".foot")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("path", ["/", "/widget"])
def test_without_scripts_it_is_the_same(open_page: Opener, path: str) -> None:
    page = open_page(path, scripts=False, viewport={"width": 380, "height": 600})
    ask(page, QUESTIONS["answer"])

    expect(page.locator(".card-answer")).to_be_visible()
    expect(page.locator(".foot")).to_be_in_viewport(ratio=1)
    page.get_by_text("People also ask").scroll_into_view_if_needed()
    expect(page.get_by_text("People also ask")).to_be_in_viewport()


@pytest.mark.parametrize("path", ["/", "/widget"])
def test_a_low_window_scrolls_as_one(open_page: Opener, path: str) -> None:
    page = open_page(path, **LOW)
    talk(page)
    box = page.get_by_label("Your question")
    box.scroll_into_view_if_needed()
    expect(box).to_be_in_viewport(ratio=1)
    page.locator(".card-answer h2").scroll_into_view_if_needed()

    expect(page.locator(".card-answer h2")).to_be_in_viewport()
    expect(box).not_to_be_in_viewport()
    assert_accessible(page)


@pytest.mark.parametrize("path", ["/", "/widget"])
def test_on_paper_is_the_whole_conversation(open_page: Opener, path: str) -> None:
    page = open_page(path, viewport={"width": 380, "height": 600})
    talk(page)
    page.emulate_media(media="print")

    tall = page.evaluate("document.scrollingElement.scrollHeight")
    assert tall > page.evaluate(
        "[...document.querySelectorAll('.card')].reduce((sum, each) => sum + each.offsetHeight, 0)"
    )
    assert page.locator(".reading").evaluate("(each) => each.scrollHeight - each.clientHeight") <= 0
