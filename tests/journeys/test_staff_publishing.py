"""Review, publish and look back in a real browser: by keys, without scripts, on phones, and readable for everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from barriers import assert_accessible
from curating import approve_change, revise, worded
from flask import Flask
from playwright.sync_api import Page, expect

from bot.clock import utc_now
from bot.config import Settings
from bot.patients.chat import Chat
from bot.store.database import Database
from bot.store.releases import end_gates, find_live, last_run, load_candidate, note_progress
from bot.web.gate_process import GATES
from bot.web.opening import House

pytestmark = pytest.mark.browser

Opener = Callable[..., Page]
LOOKS = [(False, False), (True, True)]  # each page at each size and in each theme
NAMES = ["desktop-light", "phone-dark"]
TOLD = "Use a plain ointment on your lips, many times a day."


def assert_good(page: Page) -> None:
    """No violation of WCAG 2.2 AA, and nothing to scroll to the side for."""
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.fixture
def started(staff_server: tuple[Flask, str]) -> list[int]:
    """The candidates whose checks were started; nothing runs until `finish`."""
    begun: list[int] = []

    def start(_settings: Settings, _database: Database, candidate_id: int) -> None:
        begun.append(candidate_id)

    staff_server[0].extensions[GATES] = start
    return begun


def told(outcome: str) -> dict[str, Any]:
    return {"outcome": outcome, "entries": ["dry-lips"], "headline": "My lips are very dry. What helps?"}


def finish(house: House, candidate_id: int, *, passed: bool = True, turn: str = "gone") -> None:
    noted = ["dry-lips: promotional: 'miracle'"]
    gates = [
        {
            "name": "lint",
            "passed": passed,
            "checked": 85,
            "noted": 0 if passed else 1,
            "failures": [] if passed else noted,
        },
        {
            "name": "golden questions",
            "passed": True,
            "checked": 170,
            "noted": 1,
            "failures": ["one, which is within the bar"],
        },
    ]
    different = [
        {
            "turn": turn,
            "kind": "wording",
            "falls": False,
            "before": told("answer"),
            "after": told("answer"),
        },
        {"turn": "gone", "kind": "outcome", "falls": False, "before": told("no_match"), "after": told("clarify")},
    ]
    with house.database.change() as db:
        run, live, release = last_run(db, candidate_id), find_live(db), load_candidate(db, candidate_id)
        assert run is not None
        assert live is not None
        assert release is not None
        found = {"passed": passed, "gates": gates, "content": release.content_hash, "live": live.number, "seconds": 9.5}
        behaviour = {"asked": 412, "different": different}
        end_gates(db, run.run_id, {**found, "behaviour": behaviour}, utc_now())


@pytest.mark.parametrize(("phone", "dark"), LOOKS, ids=NAMES)
def test_every_page_is_accessible_and_fits(
    open_staff_page: Opener, house: House, started: list[int], phone: bool, dark: bool
) -> None:
    turn = Chat(house.live, lambda: 0.0, house.turns).ask("my lips are so dry and what about alcohol").turn
    house.turns.flush()
    revise(house.database, "dry-skin", worded("Use a cream! It is a miracle."))
    page = open_staff_page("/staff/review", "Cleo", role="clinician", phone=phone, dark=dark)
    assert_good(page)
    page.get_by_role("button", name="Return with the comment").click()
    expect(page.get_by_text("Say what has to change.")).to_be_visible()
    assert_good(page)

    approve_change(house.database, "dry-lips", worded(TOLD))
    page.goto("/staff/entries/dry-lips/history")
    assert_good(page)
    page.goto("/staff/releases")
    assert_good(page)
    page.get_by_role("button", name="Check 1 change").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    assert_good(page)
    finish(house, started[0], passed=False)
    expect(page.get_by_text("promotional: 'miracle'")).to_be_visible()
    assert_good(page)
    page.get_by_role("button", name="Check what is approved now").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    finish(house, started[1], turn=turn)
    expect(page.get_by_text("no longer kept")).to_be_visible()
    expect(page.get_by_text("these 2 of 412")).to_be_visible()
    page.get_by_text("All checks").click()
    assert_good(page)
    page.get_by_role("button", name="Publish 1 change").click()
    expect(page.get_by_text("Release 2 is published.")).to_be_visible()
    assert_good(page)
    page.goto("/staff/releases/2")
    assert_good(page)
    page.goto(f"/staff/turns/{turn}")
    assert_good(page)


def test_the_queue_is_worked_through_by_keys(open_staff_page: Opener, house: House) -> None:
    revise(house.database, "dry-lips", worded(TOLD))
    revise(house.database, "dry-skin", worded("Use a cream."))
    page = open_staff_page("/staff/review", "Cleo", role="clinician")
    title = page.locator("#chosen")

    page.keyboard.press("j")
    expect(title).to_have_text("My skin is very dry. What helps?")
    page.keyboard.press("k")
    expect(title).to_have_text("My lips are very dry. What helps?")
    page.wait_for_load_state()  # with its scripts
    page.keyboard.press("r")
    page.keyboard.type("jkar, shorter please")
    expect(page.get_by_label("Comment")).to_have_value("jkar, shorter please")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Returned to Ed")).to_be_visible()
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing waits for review")).to_be_visible()


def test_progress_is_followed_without_reloading_and_the_result_appears_by_itself(
    open_staff_page: Opener, house: House, started: list[int]
) -> None:
    approve_change(house.database, "dry-lips", worded(TOLD))
    page = open_staff_page("/staff/releases", "Cleo", role="clinician")
    page.get_by_role("button", name="Check 1 change").click()
    expect(page.get_by_text("Waiting")).to_be_visible()
    page.evaluate("window.same = true")

    with house.database.change() as db:
        run = last_run(db, started[0])
        assert run is not None
        note_progress(db, run.run_id, stage="safety suite", done=5, total=9, at=utc_now())
    expect(page.get_by_text("Safety suite, 5 of 9")).to_be_visible()
    assert page.evaluate("window.same")
    finish(house, started[0])

    expect(page.get_by_role("button", name="Publish 1 change")).to_be_visible()


def test_everything_can_be_done_without_scripts(open_staff_page: Opener, house: House, started: list[int]) -> None:
    revise(house.database, "dry-lips", worded(TOLD))
    page = open_staff_page("/staff/review", "Cleo", role="clinician", scripts=False)
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("whose checks have begun")).to_be_visible()
    page.goto("/staff/releases")
    expect(page.get_by_text("Waiting")).to_be_visible()
    finish(house, started[0])
    expect(page.get_by_role("button", name="Publish 1 change")).to_be_visible(timeout=10_000)  # it refreshes itself
    page.get_by_role("button", name="Publish 1 change").click()
    expect(page.get_by_text("Release 2 is published.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Release 1 is live again.")).to_be_visible()
