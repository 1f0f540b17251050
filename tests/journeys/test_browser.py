"""Patients' journeys in a real browser: every card, keyboard only, no scripts, no network, no trace."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from barriers import assert_accessible
from chatting import QUESTIONS
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

Opener = Callable[..., Page]
MOST_BYTES = 60_000  # of the chat in all: page, styles, scripts, an answer, the code for the phone; headers as well


def ask(page: Page, question: str) -> None:
    page.get_by_label("Your question").fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()


@pytest.mark.parametrize("outcome", QUESTIONS)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_card_is_accessible(open_page: Opener, outcome: str, dark: bool) -> None:
    page = open_page(phone=dark, dark=dark)
    ask(page, QUESTIONS[outcome])
    expect(page.locator(f".card-{outcome}").first).to_be_visible()

    assert_accessible(page)


@pytest.mark.parametrize("path", ["/", "/topics", "/answers/dry-lips", "/privacy", "/nothing"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_page_is_accessible(open_page: Opener, path: str, dark: bool) -> None:
    assert_accessible(open_page(path, dark=dark))


def test_an_error_and_my_questions_are_accessible(open_page: Opener) -> None:
    page = open_page()
    ask(page, "   ")
    expect(page.locator("[data-fault]")).to_have_text("Please type a question first.")
    assert_accessible(page)

    ask(page, QUESTIONS["answer"])
    page.get_by_role("button", name="Add to my questions").click()
    page.get_by_role("button", name="My questions (1)").click()
    expect(page.get_by_role("heading", name="My questions")).to_be_focused()
    assert_accessible(page)


@pytest.mark.parametrize("outcome", QUESTIONS)
def test_the_chat_works_without_scripts(open_page: Opener, outcome: str) -> None:
    page = open_page(scripts=False)
    ask(page, QUESTIONS[outcome])

    expect(page.locator(f".card-{outcome}").first).to_be_visible()
    expect(page.locator(".you")).to_contain_text(QUESTIONS[outcome])
    assert page.get_by_role("button", name="Read aloud").count() == 0


def test_an_alarm_takes_the_focus_and_offers_the_call(open_page: Opener) -> None:
    page = open_page()
    ask(page, QUESTIONS["emergency"])

    expect(page.get_by_role("heading", name="Call 999 now.")).to_be_focused()
    assert page.get_by_role("link", name="Call 999", exact=True).get_attribute("href") == "tel:999"
    expect(page.get_by_label("Your question")).to_be_enabled()


def test_the_keyboard_alone_is_enough(open_page: Opener) -> None:
    page = open_page()
    box = page.get_by_label("Your question")
    box.focus()
    page.keyboard.type("dry li")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "option-0")
    page.keyboard.press("Enter")
    expect(page.locator(".card-answer")).to_be_visible()
    expect(box).to_have_value("")

    page.keyboard.type("line one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("line two")
    expect(box).to_have_value("line one\nline two")
    box.fill("")
    page.keyboard.press("ArrowUp")
    expect(box).not_to_have_value("")


def test_escape_closes_the_suggestions(open_page: Opener) -> None:
    page = open_page()
    box = page.get_by_label("Your question")
    box.focus()
    page.keyboard.type("dry li")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(page.locator("[data-said]")).to_be_empty()
    expect(box).to_have_value("dry li")


def test_a_lost_connection_keeps_the_message(open_page: Opener) -> None:
    page = open_page()
    page.context.set_offline(True)
    ask(page, QUESTIONS["answer"])

    expect(page.locator("[data-fault]")).to_have_text("Not sent. Try again.")
    expect(page.get_by_label("Your question")).to_have_value(QUESTIONS["answer"])
    page.context.set_offline(False)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(".card-answer")).to_be_visible()


def test_a_double_tap_sends_once(open_page: Opener) -> None:
    page = open_page()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/turns" in request.url else None)
    page.get_by_label("Your question").fill(QUESTIONS["answer"])
    page.get_by_role("button", name="Ask", exact=True).dblclick()
    expect(page.locator(".card-answer")).to_be_visible()

    assert len(sent) == 1
    expect(page.locator(".turn")).to_have_count(1)


def test_of_two_presses_the_second_may_come_when_the_answer_is_there_already(open_page: Opener) -> None:
    page = open_page()
    page.clock.install()
    page.clock.pause_at(datetime.fromtimestamp(page.evaluate("Date.now()") / 1000 + 1, UTC))
    button, fault = page.get_by_role("button", name="Ask", exact=True), page.locator("[data-fault]")
    page.get_by_label("Your question").fill(QUESTIONS["answer"])
    button.click()
    expect(page.locator(".card-answer")).to_be_visible()
    button.click()
    page.get_by_label("Your question").press("Enter")
    assert page.evaluate("document.querySelector('[data-ask-form] button.go').getAttribute('aria-disabled')") is None
    expect(fault).to_be_hidden()

    page.clock.run_for(1500)
    button.click()
    expect(fault).to_be_visible()
    expect(page.locator(".turn")).to_have_count(1)


def test_nothing_leaves_and_nothing_stays(open_page: Opener, address: str) -> None:
    page = open_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    ask(page, QUESTIONS["crisis"])
    expect(page.locator(".card-crisis")).to_be_visible()
    page.goto("/topics")
    page.goto("/answers/dry-lips")

    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length") == 0


def test_the_chat_is_light_over_the_wire(open_page: Opener) -> None:
    page = open_page("/privacy")
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    loaded: list[float] = []
    wire.on("Network.loadingFinished", lambda each: loaded.append(each["encodedDataLength"]))
    page.goto("/")
    ask(page, QUESTIONS["answer"])
    page.get_by_role("button", name="Add to my questions").click()
    page.get_by_role("button", name="My questions (1)").click()
    page.get_by_role("button", name="Take to my phone").click()
    expect(page.get_by_role("img", name="A square code")).to_be_visible()

    assert len(loaded) > 10
    assert sum(loaded) < MOST_BYTES


def test_clear_ends_the_conversation_on_the_server_too(open_page: Opener) -> None:
    page = open_page()
    ask(page, QUESTIONS["crisis"])
    expect(page.locator(".card-crisis")).to_be_visible()
    ask(page, QUESTIONS["answer"])
    expect(page.locator(".standing")).to_be_visible()
    with page.expect_response(lambda answer: "/conversations/" in answer.url) as ended:
        page.get_by_role("button", name="Clear").click()

    assert ended.value.status == 204
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.get_by_label("Your question")).to_be_focused()


def test_a_clarify_button_asks_that_question(open_page: Opener) -> None:
    page = open_page()
    ask(page, QUESTIONS["clarify"])
    page.locator(".card-clarify button").first.click()

    expect(page.locator(".card-answer")).to_be_visible()


def test_my_questions_can_be_removed_and_brought_back(open_page: Opener) -> None:
    page = open_page()
    ask(page, QUESTIONS["decision"])
    page.get_by_role("button", name="Add to my questions").click()
    page.get_by_role("button", name="My questions (1)").click()
    page.get_by_role("button", name="Remove: should i stop taking the capsules").click()
    expect(page.locator("[data-mine-list] li")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()

    expect(page.locator("[data-mine-list] li")).to_have_count(1)


@pytest.mark.parametrize("path", ["/", "/topics", "/answers/dry-lips", "/privacy"])
def test_a_small_phone_needs_no_sideways_scroll(open_page: Opener, path: str) -> None:
    page = open_page(path)
    page.set_viewport_size({"width": 320, "height": 640})

    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_text_size_and_contrast_are_kept_in_this_tab(open_page: Opener) -> None:
    page = open_page()
    size = "parseFloat(getComputedStyle(document.body).fontSize)"
    before = page.evaluate(size)
    page.get_by_role("button", name="Text size").click()
    page.get_by_role("button", name="Contrast").click()
    page.goto("/topics")

    assert page.evaluate(size) > before
    expect(page.get_by_role("button", name="Contrast")).to_have_attribute("aria-pressed", "true")
    assert_accessible(page)


def test_what_needs_scripts_or_a_conversation_is_not_shown_before(open_page: Opener) -> None:
    page = open_page()

    expect(page.get_by_role("button", name="Clear")).to_be_hidden()
    expect(page.get_by_role("button", name="My questions (0)")).to_be_visible()
    assert open_page(scripts=False).get_by_role("button").all_inner_texts() == ["Text size", "Contrast", "Ask"]
