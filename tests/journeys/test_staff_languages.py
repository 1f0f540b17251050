"""A translation's whole way in a real browser: written beside the English, reviewed, published, asked for, outdated."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from barriers import assert_accessible
from curating import CLEO, approve_change, worded
from playwright.sync_api import Page, expect

from bot.clock import utc_now
from bot.config import Secret
from bot.dialogue.bot import Bot
from bot.faq.files import Loaded
from bot.patients.following import Follower, Shelves
from bot.patients.live import Live
from bot.patients.turns import Turns
from bot.staff.assembly import with_entries
from bot.staff.candidates import is_checking, prepare
from bot.staff.publishing import Terms, publish
from bot.staff.seeding import seed_if_empty
from bot.store.database import Database
from bot.store.releases import end_gates, find_live, last_run, load_candidate, newest_candidate
from bot.web.opening import House

pytestmark = pytest.mark.browser

Opener = Callable[..., Page]
ENTRY = "opening-hours"
PAGE = f"/staff/entries/{ENTRY}/languages/es"
WORDINGS = ("a qué hora abren", "abren los sábados", "horario de atención", "cuándo cierra la clínica")


@pytest.fixture
def house(database: Database, loaded: Loaded, small: Loaded) -> Iterator[House]:
    """A clinic with a few entries, opening hours among them."""
    hours = next(entry for entry in loaded.release.entries if entry.id == ENTRY)
    kept = [entry for entry in small.release.entries if entry.id != ENTRY]
    release = with_entries(small.release, [replace(each, related=()) for each in (*kept, hours)])
    seed_if_empty(database, replace(small, release=release), utc_now())
    live = Live(Bot(release))
    follower = Follower(database, live, Shelves())
    turns = Turns(database, utc_now, timedelta(days=30))
    yield House(database=database, key=Secret("k" * 40), live=live, follower=follower, turns=turns)
    turns.close()


def assert_good(page: Page) -> None:
    """No violation of WCAG 2.2 AA, and nothing to scroll to the side for."""
    page.evaluate("scrollTo(0, document.body.scrollHeight)")  # where the bar with the buttons covers nothing
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def keep_picture(page: Page, name: str) -> None:
    """For people to look at, when they ask for it."""
    if folder := os.environ.get("CLINICBOT_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def release(house: House) -> None:
    """Publish what is approved; how its gates are run is another story. The last approval in a browser began them."""
    with house.database.read() as db:
        begun = newest_candidate(db) if is_checking(db, utc_now()) else None
    candidate = begun.candidate_id if begun else prepare(house.database, user=CLEO, now=utc_now())
    with house.database.change() as db:
        run, content, live = last_run(db, candidate), load_candidate(db, candidate), find_live(db)
        assert run is not None
        assert content is not None
        assert live is not None
        evidence = {"passed": True, "content": content.content_hash, "live": live.number, "gates": []}
        end_gates(db, run.run_id, evidence, utc_now())
    publish(house.database, candidate, Terms(), user=CLEO, now=utc_now())
    assert house.follower is not None
    house.follower.look()


def ask(page: Page, question: str) -> str:
    page.goto("/?locale=es")
    before = page.locator("[data-turn]").count()  # what was asked in this tab before is there again
    page.get_by_label("Su pregunta").fill(question)
    page.get_by_role("button", name="Preguntar", exact=True).click()
    expect(page.locator("[data-turn]")).to_have_count(before + 1)
    card = page.locator("[data-turn] .card").last
    expect(card).to_be_visible()
    return card.inner_text()


def test_a_translation_goes_all_its_way(open_staff_page: Opener, house: House) -> None:
    editor = open_staff_page(f"/staff/entries/{ENTRY}", "Edda")
    editor.get_by_role("link", name="Languages").click()
    editor.get_by_label("Question", exact=True).fill("¿Qué horario tiene la clínica?")
    editor.get_by_role("button", name="Add a wording").click()
    for place, wording in enumerate(WORDINGS):
        editor.keyboard.insert_text(wording)
        if place + 1 < len(WORDINGS):
            editor.keyboard.press("Enter")
    editor.get_by_label("Short answer").fill("Palabras de prueba: abrimos de lunes a viernes. Es un milagro.")
    editor.get_by_label("Next step").fill("Llama a la clínica.")
    preview = editor.locator("[data-preview]")
    expect(preview).to_contain_text("abrimos de lunes a viernes")
    expect(preview).to_contain_text("Qué hacer ahora")
    expect(editor.get_by_text("Promotional")).to_be_visible()
    expect(editor.locator("[data-saved]")).to_contain_text("Saved")
    assert_good(editor)
    keep_picture(editor, "language-desktop")
    editor.get_by_label("Short answer").fill("Palabras de prueba: abrimos de lunes a viernes.")
    editor.get_by_label("Detail").fill("Los festivos cerramos.")
    editor.locator("#reason").fill("Para quien lee español.")
    editor.locator("#send").get_by_role("button", name="Send for review").click()
    expect(editor.get_by_text("In review", exact=True)).to_be_visible()

    clinician = open_staff_page("/staff/review/translations", "Cleo", role="clinician", phone=True, dark=True)
    expect(clinician.get_by_role("heading", name="¿Qué horario tiene la clínica?").first).to_be_visible()
    assert_good(clinician)
    keep_picture(clinician, "language-review-phone-dark")
    clinician.get_by_role("button", name="Approve").click()
    expect(clinician.get_by_text("Patients see it with the next release")).to_be_visible()
    release(house)
    assert "abrimos de lunes a viernes" in ask(clinician, "a qué hora abren")

    approve_change(house.database, ENTRY, worded("We are open on other days now."))
    release(house)
    assert "abrimos de lunes a viernes" not in ask(clinician, "a qué hora abren")
    editor.goto("/staff/entries?translation=outdated")
    editor.get_by_role("link", name="Spanish out of date").click()
    expect(editor.get_by_role("heading", name="What changed in English")).to_be_visible()
    assert_good(editor)
    keep_picture(editor, "language-outdated-desktop")
    editor.get_by_label("I have looked at it").check()
    editor.locator("#reason").fill("Looked at what changed.")
    editor.locator("#send").get_by_role("button", name="Send for review").click()
    expect(editor.get_by_text("In review", exact=True)).to_be_visible()


def test_what_is_refused_leads_to_its_fields(open_staff_page: Opener) -> None:
    page = open_staff_page(PAGE)
    tags = page.locator(".head .tag:visible")
    expect(tags).to_have_text(["Not translated"])
    page.get_by_label("Question", exact=True).fill("¿Qué horario tiene la clínica?")
    expect(page.locator("[data-saved]")).to_contain_text("Saved")
    expect(tags).to_have_text(["Draft"])
    page.locator("#send").get_by_role("button", name="Send for review").click()

    trouble = page.locator(".said-bad")
    expect(trouble).to_be_focused()
    expect(trouble.get_by_role("link")).to_have_text(["short answer", "next step", "reason"])
    assert_good(page)
    trouble.get_by_role("link", name="next step").click()
    expect(page.locator("#next_step")).to_be_focused()
