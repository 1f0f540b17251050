"""The chat in Spanish: every card in every light, by a screen reader's marks, and from page to page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from barriers import assert_accessible
from chatting import QUESTIONS, ask
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

Opener = Callable[..., Page]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_card_is_accessible_in_spanish(open_page: Opener, dark: bool) -> None:
    page = open_page("/?locale=es", phone=dark, dark=dark)
    for outcome, question in QUESTIONS.items():
        ask(page, question)
        expect(page.locator(f".card-{outcome}").last).to_be_visible()

    assert_accessible(page)


@pytest.mark.parametrize("path", ["/", "/topics", "/answers/dry-lips", "/privacy", "/take-home", "/nothing"])
def test_every_page_is_accessible_in_spanish(open_page: Opener, path: str) -> None:
    assert_accessible(open_page(f"{path}?locale=es"))


def test_the_language_is_chosen_from_the_menu_and_stays(open_page: Opener) -> None:
    page = open_page()
    page.get_by_text("Language").press("Enter")
    page.get_by_role("link", name="Español").press("Enter")
    page.get_by_role("link", name="Temas").click()
    page.get_by_role("link", name="My lips are very dry. What helps?").click()

    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.get_by_role("heading", level=1)).to_have_attribute("lang", "en")
    expect(page.get_by_role("note")).to_contain_text("020 7946 0123")
    assert page.context.cookies() == []


def test_the_menu_closes_as_menus_do(open_page: Opener) -> None:
    page = open_page()
    summary = page.get_by_text("Language")
    summary.click()
    expect(page.get_by_role("link", name="Español")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Español")).to_be_hidden()
    expect(summary).to_be_focused()
    summary.click()
    page.locator("h1, .hello").last.click()

    expect(page.get_by_role("link", name="Español")).to_be_hidden()


def test_a_spanish_browser_is_greeted_in_spanish_and_scripts_speak_it(open_page: Opener) -> None:
    page = open_page(locale="es-ES")
    box = page.locator("[data-question]")
    box.focus()
    page.keyboard.type("dry li")
    expect(page.locator("[data-said]")).to_contain_text("preguntas encontradas")
    expect(page.get_by_role("option").first).to_have_attribute("lang", "en")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".card-answer h2")).to_have_attribute("lang", "en")
    page.get_by_role("button", name="Añadir a mis preguntas").click()

    expect(page.get_by_role("button", name="Mis preguntas (1)")).to_be_visible()


def test_without_scripts_it_is_spanish_too(open_page: Opener) -> None:
    page = open_page("/?locale=es", scripts=False)
    ask(page, QUESTIONS["decision"])

    expect(page.get_by_role("heading", name="Eso debe verlo su médico.")).to_be_visible()
    page.get_by_text("Idioma").click()
    page.get_by_role("link", name="English (UK)").click()
    expect(page.locator("html")).to_have_attribute("lang", "en-GB")
