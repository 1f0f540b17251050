"""Visitors choose the language at the kiosk itself, for their visit only."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from barriers import assert_accessible
from flask import Flask
from journeys.kiosk import LANDSCAPE, OUTCOMES, PORTRAIT, Visitor
from playwright.sync_api import expect

from bot.store.visits import list_turns
from bot.web.opening import House

pytestmark = pytest.mark.browser

Comer = Callable[..., Visitor]
_KEPT = "async () => { await navigator.serviceWorker.ready; }"


@pytest.mark.parametrize("view", [PORTRAIT, LANDSCAPE], ids=["portrait", "landscape"])
def test_the_language_is_changed_on_the_first_screen_and_goes_with_the_visit(come: Comer, view: dict[str, int]) -> None:
    visitor = come(view)
    page = visitor.page
    assert_accessible(visitor.page)
    visitor.speak("Español")
    assert_accessible(visitor.page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("isotretinoína")
    page.get_by_role("button", name="Toque aquí para empezar").click()
    page.get_by_role("button", name="Preguntar con sus propias palabras").click()
    page.locator('[data-key="shift"]').dispatch_event("pointerdown", {"button": 0})
    visitor.type("á¿ñü")
    expect(page.locator("#question")).to_have_value("Á¿ñü")
    assert_accessible(visitor.page)
    for key in page.locator(".key").all():
        box = key.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 72
    expect(page.locator(".key-space")).to_be_in_viewport(ratio=1)
    visitor.send("se me cierra la garganta")
    expect(page.get_by_role("heading", name="Llame al 999 ahora.")).to_be_focused()
    visitor.speak("English")
    expect(page.get_by_role("heading", name="Call 999 now.")).to_be_focused()
    visitor.speak("Español")
    expect(page.get_by_role("heading", name="Llame al 999 ahora.")).to_be_focused()
    assert_accessible(visitor.page)
    visitor.restart()

    expect(page.get_by_role("button", name="Touch here to begin")).to_be_visible()
    visitor.assert_gone()


@pytest.mark.parametrize("end", ["idle", "reload", "back"])
def test_however_a_visit_ends_the_next_one_finds_the_screens_own_language(come: Comer, end: str) -> None:
    visitor = come()
    visitor.speak("Español")
    if end == "idle":  # on the first screen, too
        visitor.page.clock.fast_forward(62_000)
    elif end == "reload":
        visitor.page.reload()
    else:
        visitor.page.get_by_role("button", name="Toque aquí para empezar").click()
        visitor.page.get_by_role("button", name="Atrás").click()

    expect(visitor.page.get_by_role("button", name="Touch here to begin")).to_be_visible()
    visitor.assert_gone()


def test_in_the_middle_of_a_visit_the_same_answer_is_shown_in_the_other_language(
    come: Comer, house: House, staff_server: tuple[Flask, str]
) -> None:
    visitor = come(at=staff_server[1])
    visitor.ask(OUTCOMES["answer"])
    visitor.speak("Español")
    card = visitor.page.locator("[data-stage] .card-answer")
    expect(card).to_have_attribute("data-entry", "dry-lips")
    expect(card).to_contain_text("Llévese esto a casa")
    visitor.speak("English")
    expect(card).to_contain_text("Take this home")
    visitor.restart()

    visitor.assert_gone()
    house.turns.flush()
    with house.database.read() as db:
        assert list_turns(db) == ()


def test_where_answers_are_in_english_it_is_said_before_one_is_chosen_and_no_english_stands_beneath_topics(
    come: Comer,
) -> None:
    visitor = come()
    visitor.speak("Español")
    page = visitor.page
    page.get_by_role("button", name="Toque aquí para empezar").click()

    expect(page.locator("[data-view=topics] .untranslated")).to_contain_text("respuestas aprobadas están en inglés")
    expect(page.locator("[data-view=topics] .tile").first).to_have_text("Sobre el medicamento")
    assert page.locator("[data-view=topics] [lang=en]").count() == 0
    visitor.speak("English")
    expect(page.locator("[data-view=topics] .untranslated")).to_have_count(0)
    expect(page.locator("[data-view=topics] .tile").first).to_contain_text("What it is")


def test_without_a_network_the_kept_pages_are_there_in_both_languages(come: Comer) -> None:
    visitor = come()
    page = visitor.page
    page.evaluate(_KEPT)
    page.context.set_offline(True)
    visitor.speak("Español")
    page.get_by_role("button", name="Toque aquí para empezar").click()
    page.get_by_role("button", name="Buscar una pregunta por sus palabras").click()
    visitor.restart()

    expect(page.get_by_role("button", name="Touch here to begin")).to_be_visible()
    expect(page.locator(".notice")).to_contain_text("No connection just now.")
    page.context.set_offline(False)
    visitor.assert_gone()


def test_where_the_other_language_is_not_kept_it_is_said(come: Comer) -> None:
    visitor = come(service_workers="block")
    visitor.page.context.set_offline(True)
    visitor.page.get_by_role("button", name="Español").click()

    expect(visitor.page.locator("[data-tongue-said]")).to_contain_text("the other language is not kept on this screen")
    assert_accessible(visitor.page)
    visitor.begin()
    visitor.restart()
    expect(visitor.page.locator("[data-tongue-said]")).to_be_empty()
    visitor.page.context.set_offline(False)
    visitor.assert_gone()


def test_a_screen_that_is_set_up_in_spanish_comes_back_to_spanish(come: Comer) -> None:
    visitor = come()
    visitor.page.goto("/kiosk?locale=es")
    expect(visitor.page.locator("html[lang=es] body[data-linked]")).to_be_visible()
    visitor.speak("English")
    visitor.begin()
    visitor.speak("Español")
    visitor.speak("English")
    visitor.restart()

    expect(visitor.page.get_by_role("button", name="Toque aquí para empezar")).to_be_visible()
    assert visitor.page.url.endswith("/kiosk?locale=es")


def test_a_made_up_home_is_not_followed(come: Comer) -> None:
    visitor = come()
    visitor.page.goto("/kiosk?locale=es&again=1#home=//evil.example&view=reply&id=nothing")
    visitor.page.get_by_role("button", name="Empezar de nuevo").click()

    assert visitor.page.evaluate("location.pathname + location.search + location.hash") == "/kiosk?locale=es"
