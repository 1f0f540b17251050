"""Coming back to the chat: the conversation is there again, in this tab, until it is cleared or half an hour old."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from barriers import assert_accessible
from chatting import QUESTIONS, ask
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

Opener = Callable[..., Page]


def asked(page: Page) -> None:
    ask(page, QUESTIONS["answer"])
    expect(page.locator(".card-answer")).to_be_visible()


@pytest.mark.parametrize("way", ["reload", "back", "link"])
def test_the_conversation_is_found_again(open_page: Opener, way: str) -> None:
    page = open_page()
    asked(page)
    page.get_by_label("Your question").fill("and for how")
    if way == "reload":
        page.reload()
    else:
        page.get_by_role("link", name="Privacy").click()
        expect(page).to_have_url(re.compile("/privacy"))
        if way == "back":
            page.go_back()
        else:
            page.goto("/")

    expect(page.locator(".card-answer")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Clear")).to_be_visible()
    expect(page.get_by_role("button", name="Add to my questions")).to_be_visible()  # its buttons work as before
    expect(page.get_by_label("Your question")).to_have_value("and for how")
    assert_accessible(page)
    token = page.locator("input[data-conversation]").input_value()
    assert token
    ask(page, QUESTIONS["decision"])
    expect(page.locator(".turn")).to_have_count(2)
    assert page.locator("input[data-conversation]").input_value() == token
    page.reload()
    expect(page.get_by_label("Your question")).to_have_value("")  # it was answered


@pytest.mark.parametrize("outcome", ["emergency", "crisis"])
def test_an_alarm_in_the_language_that_was_left_has_help_in_the_new_one_over_it(
    open_page: Opener, outcome: str
) -> None:
    page = open_page()
    ask(page, QUESTIONS[outcome])
    expect(page.locator(f".card-{outcome}")).to_be_visible()
    page.get_by_text("Language").click()
    page.get_by_role("link", name="Español").click()

    help_again = page.locator(".turn > .standing").first
    expect(page.locator(".turn")).to_have_attribute("lang", "en-GB")
    expect(help_again).to_have_attribute("lang", "es")
    expect(help_again).to_be_in_viewport()
    expect(help_again.get_by_role("link", name="Llamar al 999")).to_have_attribute("href", "tel:999")
    assert_accessible(page)
    ask(page, QUESTIONS["answer"])
    expect(page.locator(".turn").last).to_have_attribute("lang", "es")
    page.get_by_text("Idioma").click()
    page.get_by_role("link", name="English (US)").click()
    expect(page.locator("[data-help-again]")).to_have_count(1)
    expect(page.locator("[data-help-again]").get_by_role("link", name="911")).to_have_attribute("href", "tel:911")


def test_without_an_alarm_the_language_is_changed_without_ado(open_page: Opener) -> None:
    page = open_page()
    asked(page)
    page.goto("/?locale=es")

    expect(page.locator(".turn")).to_have_attribute("lang", "en-GB")
    expect(page.locator("[data-help-again]")).to_have_count(0)


def test_what_was_cleared_does_not_come_back(open_page: Opener) -> None:
    page = open_page()
    asked(page)
    page.get_by_label("Your question").fill("and for how")
    page.get_by_role("button", name="Clear").click()
    page.reload()

    expect(page.locator(".turn")).to_have_count(0)
    expect(page.get_by_label("Your question")).to_have_value("")
    assert page.evaluate("sessionStorage.getItem('conversation')") is None


def copy_of(page: Page) -> Page:
    """The tab doubled, as browsers do: what the session storage holds goes along."""
    with page.expect_popup() as opened:
        page.evaluate("void window.open('/')")
    expect(opened.value.locator(".turn")).to_have_count(1)
    return opened.value


def test_what_is_cleared_in_one_tab_is_cleared_in_its_copy(open_page: Opener) -> None:
    page = open_page()
    asked(page)
    copy = copy_of(page)
    page.get_by_role("button", name="Clear").click()

    expect(copy.get_by_text("Your questions are cleared.")).to_be_visible()
    expect(copy.locator(".turn")).to_have_count(0)
    copy.reload()
    expect(copy.locator(".hello")).to_be_visible()
    expect(copy.locator(".turn")).to_have_count(0)
    assert copy.evaluate("sessionStorage.getItem('conversation')") is None


def test_a_copy_that_was_elsewhere_finds_out_when_it_comes_back(open_page: Opener) -> None:
    page = open_page()
    asked(page)
    copy = copy_of(page)
    copy.goto("/privacy")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(".turn")).to_have_count(0)
    copy.goto("/")

    expect(copy.get_by_text("Your questions are cleared.")).to_be_visible()
    expect(copy.locator(".turn")).to_have_count(0)


def test_clearing_reaches_no_other_conversation(open_page: Opener) -> None:
    page = open_page()
    asked(page)
    copy, other = copy_of(page), page.context.new_page()
    other.goto("/")
    asked(other)
    page.get_by_role("button", name="Clear").click()
    expect(copy.locator(".turn")).to_have_count(0)
    asked(page)
    other.reload()

    expect(other.locator(".turn")).to_have_count(1)
    expect(page.locator(".turn")).to_have_count(1)


def test_after_half_an_hour_it_is_gone(open_page: Opener) -> None:
    page = open_page()
    asked(page)
    page.evaluate(
        """() => {
          const kept = JSON.parse(sessionStorage.getItem("conversation"));
          sessionStorage.setItem("conversation", JSON.stringify({ ...kept, at: kept.at - 31 * 60 * 1000 }));
        }"""
    )
    page.reload()

    expect(page.locator(".hello")).to_be_visible()
    expect(page.locator(".turn")).to_have_count(0)
    assert page.evaluate("sessionStorage.getItem('conversation')") is None


@pytest.mark.parametrize("damaged", ["{", "null", "[]", '{"at": "x"}'])
def test_what_cannot_be_read_is_let_go(open_page: Opener, damaged: str) -> None:
    page = open_page()
    page.evaluate("text => sessionStorage.setItem('conversation', text)", damaged)
    page.reload()

    expect(page.locator(".turn")).to_have_count(0)
    asked(page)


def test_suggestions_that_were_put_away_come_back_with_the_arrow(open_page: Opener) -> None:
    page = open_page()
    box = page.get_by_label("Your question")
    box.press_sequentially("dry l")
    expect(page.get_by_role("listbox")).to_be_visible()
    box.press("Escape")
    expect(page.locator("[data-options]")).to_be_hidden()
    box.press("ArrowDown")

    expect(page.get_by_role("listbox")).to_be_visible()
