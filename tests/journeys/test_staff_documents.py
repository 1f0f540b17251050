"""Bringing a document in, in a browser: by keys, dropped, without scripts, on a phone; and what stands on its pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from documents import FOLDER
from playwright.sync_api import Page, expect

from bot.store.drafts import load_drafts
from bot.web.opening import House

pytestmark = pytest.mark.browser

ARTICLE = FOLDER / "copied-article.txt"
LEAFLET = FOLDER / "printed" / "hay-fever.leaflet.pdf"
PATIENT_MS = 90_000
OpenPage = Callable[..., Page]


def bring(page: Page, path: Path) -> None:
    page.set_input_files("#file", str(path))
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_role("heading", name="Its sections")).to_be_visible(timeout=PATIENT_MS)


def violations(page: Page) -> list[str]:
    return [each["id"] for each in Axe().run(page).response["violations"]]


def test_a_leaflet_becomes_just_the_drafts_that_are_ticked(open_staff_page: OpenPage, house: House) -> None:
    page = open_staff_page("/staff/documents")
    bring(page, LEAFLET)
    page.get_by_role("button", name="None").click()
    page.get_by_label("Begin a draft").nth(1).check()
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="All documents").click(no_wait_after=True)
    expect(page.get_by_role("heading", name="Its sections")).to_be_visible()
    assert asked == ["beforeunload"]

    expect(page.locator("[data-count]")).to_have_text("1 draft")
    assert violations(page) == []
    page.get_by_role("button", name="Save the document").dblclick()

    expect(page.get_by_role("status")).to_contain_text("Kept as version 1; one draft begun.")
    assert violations(page) == []
    with house.database.read() as db:
        assert len(load_drafts(db)) == 1


def test_it_all_works_without_scripts_on_a_phone(open_staff_page: OpenPage) -> None:
    page = open_staff_page("/staff/documents", phone=True, scripts=False)
    bring(page, ARTICLE)

    page.get_by_role("button", name="Save the document").click()
    expect(page.get_by_role("heading", name="Versions")).to_be_visible()


def test_a_new_version_shows_what_changed_and_what_to_look_at(open_staff_page: OpenPage, tmp_path: Path) -> None:
    page = open_staff_page("/staff/documents", dark=True)
    bring(page, ARTICLE)
    page.get_by_role("button", name="Save the document").click()
    changed = tmp_path / ARTICLE.name
    changed.write_text(ARTICLE.read_text(encoding="utf-8").replace("by up to 80%", "a good deal"), encoding="utf-8")
    page.goto("/staff/documents")
    bring(page, changed)

    expect(page.locator("ins", has_text="a good deal")).to_be_visible()
    expect(page.get_by_role("heading", name="Entries that rest on what changed")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Save the document").click()
    page.goto("/staff/documents")
    page.get_by_role("button", name="Still right").first.click()
    expect(page.get_by_role("status")).to_contain_text("it is right as it stands")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_cannot_be_read_is_said_at_once(open_staff_page: OpenPage, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"This is no PDF.")
    page = open_staff_page("/staff/documents")
    page.set_input_files("#file", str(broken))
    page.get_by_role("button", name="Read it").click()

    expect(page.get_by_role("heading", name="It could not be read")).to_be_visible(timeout=PATIENT_MS)
    assert violations(page) == []
    page.get_by_role("button", name="Take it off the list").click()
    expect(page.get_by_role("status")).to_contain_text("Nothing of broken.pdf was kept.")
