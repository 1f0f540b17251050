"""Browsers without scripts: everything but suggestions and reading aloud, and nothing is asked twice or kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from barriers import assert_accessible
from chatting import QUESTIONS, ask
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.web.opening import House

pytestmark = pytest.mark.browser

Opener = Callable[..., Page]
OWN = "what is the capital of portugal"


@pytest.fixture
def assert_good(open_page: Opener) -> Callable[[Page], None]:
    """No barrier on a page without scripts: its copy is looked at where the rules, which are a script, can run."""

    def look(page: Page) -> None:
        text = re.sub(r"</?noscript>|<script .*?</script>", "", page.content(), flags=re.S)
        copy = open_page("/privacy", dark=page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches"))
        copy.route("**/copy", lambda route: route.fulfill(body=text, content_type="text/html"))
        copy.goto("/copy")
        assert_accessible(copy)

    return look


@pytest.fixture
def stored_page(
    browser: Browser, staff_server: tuple[Flask, str], watch: Callable[[BrowserContext], None]
) -> Iterator[Page]:
    """A page without scripts of the application with its database, where questions are kept and answers rated."""
    context = browser.new_context(base_url=staff_server[1], java_script_enabled=False)
    watch(context)
    page = context.new_page()
    page.goto("/")
    yield page
    context.close()


def add(page: Page) -> None:
    page.get_by_role("button", name="Add to my questions").click()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_my_questions_go_along_and_can_be_taken_home(
    open_page: Opener, assert_good: Callable[[Page], None], dark: bool
) -> None:
    page = open_page(scripts=False, dark=dark, phone=dark)
    ask(page, QUESTIONS["answer"])
    add(page)
    expect(page.locator(".card-answer")).to_be_visible()  # the answer is still there
    ask(page, OWN)
    page.get_by_label("Your question").fill("and for how long")
    add(page)
    expect(page.get_by_label("Your question")).to_have_value("and for how long")
    panel = page.locator("[data-mine]")
    expect(panel.get_by_role("listitem")).to_have_count(2)
    expect(panel.get_by_role("img", name="A square code")).to_be_visible()
    assert_good(page)
    page.emulate_media(media="print")
    expect(panel.get_by_role("listitem").first).to_be_visible()
    expect(page.locator(".card-no-match")).to_be_hidden()
    page.emulate_media(media="screen")

    panel.get_by_role("button", name=f"Remove: {OWN}").click()
    expect(panel.get_by_role("listitem")).to_have_count(1)
    ask(page, QUESTIONS["clarify"])
    page.locator(".card-clarify button").first.click()
    expect(page.locator(".card-answer")).to_be_visible()
    page.get_by_role("button", name="My questions (1)").click()
    expect(panel.get_by_role("listitem")).to_contain_text("My lips are very dry. What helps?")
    assert page.context.cookies() == []


def test_an_answers_own_page_begins_a_list(open_page: Opener) -> None:
    page = open_page("/answers/dry-lips", scripts=False)
    add(page)

    expect(page.locator("[data-mine]").get_by_role("listitem")).to_have_count(1)


def test_text_size_and_contrast_stay_from_page_to_page(open_page: Opener, assert_good: Callable[[Page], None]) -> None:
    page = open_page("/topics", scripts=False)
    plain = page.locator("h1").evaluate("each => parseFloat(getComputedStyle(each).fontSize)")
    page.get_by_role("link", name="Text size").click()
    assert page.locator("h1").evaluate("each => parseFloat(getComputedStyle(each).fontSize)") > plain
    page.get_by_role("link", name="Contrast").click()
    page.get_by_role("link", name="My lips are very dry. What helps?").click()
    expect(page.locator("html")).to_have_attribute("data-contrast", "more")
    expect(page.locator("html")).to_have_attribute("data-text-size", "2")
    assert_good(page)
    page.get_by_text("Language").click()
    page.get_by_role("link", name="Español").click()

    expect(page.locator("html[data-contrast=more][data-text-size='2']")).to_have_attribute("lang", "es")


def test_in_the_chat_they_lose_neither_the_answer_nor_what_was_typed(open_page: Opener) -> None:
    page = open_page(scripts=False)
    ask(page, QUESTIONS["answer"])
    page.locator("[data-question]").fill("and for how long")
    page.get_by_role("button", name="Contrast").click()

    expect(page.locator(".card-answer")).to_be_visible()
    expect(page.locator("[data-question]")).to_have_value("and for how long")
    expect(page.locator("html")).to_have_attribute("data-contrast", "more")
    expect(page.get_by_role("button", name="Contrast")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Contrast").click()
    expect(page.locator("html:not([data-contrast]) .card-answer")).to_be_visible()


def test_clearing_forgets_on_the_server_and_what_was_shown_again_was_one_turn(stored_page: Page, house: House) -> None:
    page = stored_page
    ask(page, QUESTIONS["answer"])
    add(page)
    page.get_by_role("button", name="Text size").click()
    expect(page.locator(".turn")).to_have_count(1)

    def stored() -> int:
        house.turns.flush()
        with house.database.read() as db:
            return int(db.execute(sa.text("SELECT count(*) FROM turns")).scalar_one())

    assert stored() == 1
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("Your questions are cleared.")).to_be_visible()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.get_by_role("button", name="My questions (1)")).to_be_visible()
    assert stored() == 0


def test_telling_whether_it_helped_takes_away_neither_help_nor_answer_nor_what_was_typed(stored_page: Page) -> None:
    page = stored_page
    ask(page, QUESTIONS["crisis"])
    ask(page, QUESTIONS["answer"])
    page.get_by_label("Your question").fill("and for how long")
    for button, said in (
        ("No", "You do not have to say."),
        ("It says too little", "Ask on below"),
        ("Yes", "Ask on below"),
    ):
        page.get_by_role("button", name=button).click()

        expect(page.locator(".thanks")).to_contain_text(said)
        expect(page.locator(".standing")).to_have_count(1)
        expect(page.locator(".standing")).to_be_in_viewport()
        expect(page.locator(".standing")).to_contain_text("Help is still here")
        expect(page.locator(".card-answer")).to_be_visible()
        expect(page.get_by_label("Your question")).to_have_value("and for how long")
    expect(page.get_by_role("button", name="Yes")).to_have_attribute("aria-pressed", "true")


def test_the_language_can_be_changed_on_a_page_that_a_form_made(open_page: Opener) -> None:
    page = open_page(scripts=False)
    ask(page, QUESTIONS["answer"])
    add(page)
    page.get_by_text("Language").click()
    page.get_by_role("link", name="Español").click()

    expect(page.get_by_label("Su pregunta")).to_be_visible()


@pytest.mark.parametrize("outcome", ["answer", "decision", "clarify", "no-match"])
def test_every_card_is_accessible(open_page: Opener, assert_good: Callable[[Page], None], outcome: str) -> None:
    page = open_page(scripts=False)
    ask(page, QUESTIONS[outcome])
    expect(page.locator(f".card-{outcome}").first).to_be_visible()

    assert_good(page)
    assert page.get_by_role("button", name="Read aloud").count() == 0
