"""However it is looked at: high contrast, the system's own colours, large type, narrow windows, paper."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from barriers import assert_accessible
from chatting import QUESTIONS, ask
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

Opener = Callable[..., Page]
# 1280 by 1024 at 400 %, and the narrowest phone with the largest type.
ZOOMED = {"viewport": {"width": 320, "height": 256}}
NARROW = {"viewport": {"width": 320, "height": 640}}
# Beside the plain light and dark that the other tests look at.
LOOKS: dict[str, dict[str, object]] = {
    "contrast light": {"contrast": "more"},
    "contrast dark": {"contrast": "more", "dark": True},
    "forced": {"forced_colors": "active"},
    "dark": {"dark": True},
}
OVER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_card_is_accessible_in_high_contrast(open_page: Opener, dark: bool) -> None:
    page = open_page(dark=dark, contrast="more")
    for outcome, question in QUESTIONS.items():
        ask(page, question)
        expect(page.locator(f".card-{outcome}").last).to_be_visible()

    assert_accessible(page)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_button_gives_the_contrast_that_the_system_would(open_page: Opener, dark: bool) -> None:
    ink = "getComputedStyle(document.querySelector('.card')).color + getComputedStyle(document.querySelector('.btn.go')).backgroundColor"
    asked, pressed = open_page(dark=dark, contrast="more"), open_page(dark=dark)
    pressed.get_by_role("button", name="Contrast").click()
    for page in (asked, pressed):
        ask(page, QUESTIONS["urgent"])
        expect(page.locator(".card-urgent")).to_be_visible()

    assert asked.evaluate(ink) == pressed.evaluate(ink)
    assert_accessible(pressed)


@pytest.mark.parametrize("outcome", ["answer", "emergency", "decision"])
def test_the_systems_own_colours_leave_every_border_and_state(open_page: Opener, outcome: str) -> None:
    page = open_page(forced_colors="active")
    ask(page, QUESTIONS[outcome])
    card = page.locator(f".card-{outcome}")
    expect(card).to_be_visible()
    width = "each => parseFloat(getComputedStyle(each).borderTopWidth)"

    assert card.evaluate(width) >= 1
    assert page.locator(".box").evaluate(width) >= 1
    assert all(button.evaluate(width) >= 1 for button in card.locator(".btn:visible").all())
    page.get_by_role("button", name="Contrast").click()
    pressed = page.get_by_role("button", name="Contrast").evaluate("each => getComputedStyle(each).backgroundColor")
    plain = page.get_by_role("button", name="Text size").evaluate("each => getComputedStyle(each).backgroundColor")
    assert pressed != plain


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_and_every_state_of_the_chat_is_accessible_in_every_theme(open_page: Opener, look: str) -> None:
    page = open_page(**LOOKS[look])
    assert_accessible(page)
    page.locator("[data-question]").press_sequentially("dry li")
    expect(page.get_by_role("option").first).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    ask(page, "   ")
    expect(page.locator("[data-fault]")).to_be_visible()
    assert_accessible(page)
    ask(page, QUESTIONS["answer"])
    page.get_by_text("More about this").click()
    page.get_by_role("button", name="Add to my questions").click()
    page.locator("[data-mine-open]").click()
    page.locator("[data-mine-code]").click()
    expect(page.get_by_role("img")).to_be_visible()
    page.get_by_text("Language").click()
    assert_accessible(page)
    page.context.set_offline(True)
    ask(page, QUESTIONS["answer"])
    expect(page.locator("[data-fault]")).to_have_text("Not sent. Try again.")
    assert_accessible(page)
    page.context.set_offline(False)
    for path in ("/topics", "/answers/dry-lips", "/privacy", "/take-home#q=hello", "/nothing"):
        page.goto(path)
        assert_accessible(page)


@pytest.mark.parametrize("view", [ZOOMED, NARROW], ids=["400 %", "320 px, largest type"])
@pytest.mark.parametrize("locale", ["en-GB", "es"])
def test_nothing_needs_sideways_scrolling(open_page: Opener, view: dict[str, dict[str, int]], locale: str) -> None:
    page = open_page(f"/?locale={locale}", **view)
    if view is NARROW:
        page.locator("[data-text-size]:not(html)").click()
        page.locator("[data-text-size]:not(html)").click()
    for outcome, question in QUESTIONS.items():
        ask(page, question)
        expect(page.locator(f".card-{outcome}").last).to_be_visible()
        assert page.evaluate(OVER) <= 0, outcome
    page.locator("[data-keep]").last.click()
    page.locator("[data-mine-open]").click()
    page.locator("[data-mine-code]").click()
    expect(page.get_by_role("img")).to_be_visible()
    assert page.evaluate(OVER) <= 0
    page.locator(".pick summary").click()
    menu = page.locator(".pick ul").bounding_box()
    assert menu is not None
    assert menu["x"] >= 0
    assert menu["x"] + menu["width"] <= 320
    for path in ("/topics", "/answers/dry-lips", "/privacy", "/take-home#q=" + "x" * 300):
        page.goto(f"{path.partition('#')[0]}?locale={locale}#{path.partition('#')[2]}")
        assert page.evaluate(OVER) <= 0, path


@pytest.mark.parametrize("view", [ZOOMED, NARROW], ids=["400 %", "320 px, largest type"])
def test_the_suggestions_need_no_scrolling_of_their_own(open_page: Opener, view: dict[str, dict[str, int]]) -> None:
    page = open_page("/?text=3", **view)
    page.locator("[data-question]").press_sequentially("dry li")
    expect(page.get_by_role("option").first).to_be_visible()
    shown = page.get_by_role("option").count()

    expect(page.locator("[data-said]")).to_contain_text(f"{shown} question")
    assert page.get_by_role("listbox").evaluate("each => each.scrollHeight - each.clientHeight") <= 0
    assert_accessible(page)


def test_at_400_percent_the_box_does_not_cover_the_answer(open_page: Opener) -> None:
    page = open_page(**ZOOMED)

    assert page.locator(".foot").evaluate("each => getComputedStyle(each).position") == "static"


def test_every_target_is_large_enough_for_a_thumb(open_page: Opener) -> None:
    page = open_page(phone=True)
    ask(page, QUESTIONS["answer"])
    expect(page.locator(".card-answer")).to_be_visible()
    page.get_by_text("Language").click()
    small = [
        (each.inner_text(), box)
        for each in page.locator(
            "button:visible, .btn:visible, .menu a:visible, summary:visible, .links a:visible"
        ).all()
        if (box := each.bounding_box()) and box["height"] < 43.5
    ]

    assert small == []


def test_on_a_phone_the_count_is_in_the_box_once_it_matters(open_page: Opener) -> None:
    page = open_page(phone=True)
    count, box = page.locator(".box .count"), page.get_by_label("Your question")
    box.fill("x" * 399)
    expect(count).to_be_hidden()
    box.fill("x" * 400)

    expect(count).to_be_visible()
    expect(count).to_contain_text("400/500")
    expect(box).to_have_attribute("aria-describedby", "count fault")


def test_at_200_percent_the_box_comes_before_the_topics(open_page: Opener) -> None:
    page = open_page(viewport={"width": 683, "height": 384})
    box, topic = page.get_by_label("Your question"), page.get_by_role("link", name="Living with treatment")
    expect(box).to_be_in_viewport(ratio=1)
    assert box.evaluate("(box, topic) => box.compareDocumentPosition(topic) & 4", topic.element_handle())
    assert_accessible(page)
    page.set_viewport_size({"width": 1366, "height": 768})

    assert not box.evaluate("(box, topic) => box.compareDocumentPosition(topic) & 4", topic.element_handle())


@pytest.mark.parametrize("locale", ["en-GB", "es"])
def test_on_a_small_phone_links_stand_in_one_row_and_a_topic_is_in_view(open_page: Opener, locale: str) -> None:
    page = open_page(f"/?locale={locale}", viewport={"width": 360, "height": 640})
    links = page.locator(".ask .links > :visible")
    menu = page.locator(".menu > :is(a, button, details):visible")
    expect(page.locator("[data-mine-open]")).to_be_visible()

    for row in (links, menu):
        assert len({round(box["y"] + box["height"] / 2) for each in row.all() if (box := each.bounding_box())}) == 1
    expect(page.locator(".begin .chip").first).to_be_in_viewport(ratio=1)
    box, foot = page.locator(".begin .chip").first.bounding_box(), page.locator(".foot").bounding_box()
    assert box is not None
    assert foot is not None
    assert box["y"] + box["height"] <= foot["y"]


@pytest.mark.parametrize("outcome", ["decision", "urgent", "no-match"])
def test_no_telephone_number_breaks_over_two_lines(open_page: Opener, outcome: str) -> None:
    page = open_page(viewport={"width": 320, "height": 640})
    ask(page, QUESTIONS[outcome])
    card = page.locator(f".card-{outcome}")
    expect(card).to_be_visible()

    numbers = card.locator(".tel")
    assert numbers.count() >= 2
    assert all(each.evaluate("each => each.getClientRects().length") == 1 for each in numbers.all())
    expect(card.locator(".meta a[href='tel:02079460123']")).to_be_visible()


def test_what_happens_stands_clear_of_the_boxs_focus_ring(open_page: Opener) -> None:
    page = open_page(phone=True)
    page.locator("[data-working]").evaluate("each => (each.textContent = 'Still working on it')")
    box, said = page.locator(".box").bounding_box(), page.locator("[data-working]").bounding_box()

    assert box is not None
    assert said is not None
    assert said["y"] - (box["y"] + box["height"]) >= 8


def test_a_printed_alarm_has_every_line_and_the_clinic_and_the_day(open_page: Opener) -> None:
    page = open_page()
    ask(page, QUESTIONS["crisis"])
    card = page.locator(".card-crisis")
    expect(card).to_be_visible()
    page.emulate_media(media="print")

    for text in ("Call Samaritans, 116 123", "Text SHOUT to 85258", "Call 999"):
        expect(card.get_by_role("link", name=text, exact=True)).to_be_visible()
    expect(page.locator(".paper")).to_contain_text("020 7946 0123")
    expect(page.locator(".paper")).to_contain_text(re.compile(r"\d{4}"))
    edges = [page.locator(each).bounding_box() for each in (".home", ".paper", ".card-crisis")]
    assert len({box["x"] for box in edges if box}) == 1


def test_text_size_is_said_to_who_cannot_see_it(open_page: Opener) -> None:
    page = open_page()
    page.get_by_role("button", name="Text size").click()

    expect(page.locator("[data-display-said]")).to_have_text("Text size 2 of 3")


def test_on_paper_stands_the_answer_and_no_button(open_page: Opener) -> None:
    page = open_page("/answers/dry-lips", dark=True)
    page.emulate_media(media="print")

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.get_by_role("button").count() == 0
    assert page.locator("h1").evaluate("each => getComputedStyle(each).color") == "rgb(0, 0, 0)"
