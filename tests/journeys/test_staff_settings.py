"""Settings, users and the audit in a real browser: on a desk and on a phone, and where a refused save leads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from barriers import assert_accessible
from playwright.sync_api import Page, expect

from bot.store.audit import record
from bot.web.opening import House

pytestmark = pytest.mark.browser

Opener = Callable[..., Page]
LONG_NAME = "Alexandra Featherstonehaugh-Montgomery of the Riverside"
LOOKS = [(False, False), (True, True)]  # each page at each size and in each theme
NAMES = ["desktop-light", "phone-dark"]


def assert_good(page: Page) -> None:
    """No violation of WCAG 2.2 AA, and nothing to scroll to the side for."""
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def width_of(shown: Any) -> float:
    return float(shown.evaluate("each => each.getBoundingClientRect().width"))


@pytest.mark.parametrize(("phone", "dark"), LOOKS, ids=NAMES)
def test_every_page_is_accessible_and_fits(open_staff_page: Opener, phone: bool, dark: bool) -> None:
    page = open_staff_page("/staff/settings", role="admin", phone=phone, dark=dark)
    assert_good(page)
    page.locator("#monday_closes").fill("00:01")
    page.locator("#hours").get_by_role("button", name="Save").click()
    expect(page.locator(".said-bad")).to_be_visible()
    assert_good(page)
    page.goto("/staff/audit")
    assert_good(page)
    page.goto("/staff/settings/users")
    page.get_by_text("Change Edda").click()
    assert_good(page)


@pytest.mark.parametrize(
    "path", ["/staff/settings", "/staff/settings/users", "/staff/audit", "/staff/", "/staff/turns"]
)
def test_nothing_runs_out_of_a_small_phone(open_staff_page: Opener, path: str) -> None:
    page = open_staff_page(path, role="admin", phone=True)
    page.set_viewport_size({"width": 320, "height": 640})

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_refused_save_leads_to_what_is_wrong(open_staff_page: Opener, phone: bool) -> None:
    page = open_staff_page("/staff/settings", role="admin", phone=phone)
    page.locator("#monday_closes").fill("00:01")
    page.locator("#hours").get_by_role("button", name="Save").click()

    trouble = page.get_by_role("alert")
    expect(trouble).to_be_focused()
    expect(trouble).to_be_in_viewport()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#monday_opens")).to_be_focused()
    expect(page.locator("#monday-fault")).to_be_in_viewport()


def test_a_phone_shows_a_day_above_its_times(open_staff_page: Opener) -> None:
    page = open_staff_page("/staff/settings", role="admin", phone=True)
    table = page.locator(".hours")
    assert table.evaluate("each => each.parentElement.scrollWidth <= each.parentElement.clientWidth")
    for time in ("#monday_opens", "#monday_closes"):
        assert width_of(page.locator(time)) > 120
    day = table.get_by_text("Monday").evaluate("each => each.getBoundingClientRect().bottom")
    assert day <= page.locator("#monday_opens").evaluate("each => each.getBoundingClientRect().top")


def test_a_phone_gives_the_roles_of_somebody_its_whole_width(open_staff_page: Opener) -> None:
    page = open_staff_page("/staff/settings/users", role="admin", phone=True)
    page.get_by_text("Change Edda").click()

    assert width_of(page.locator("td form").first) > 300


def test_codes_of_the_audit_are_not_broken_within_a_word(open_staff_page: Opener, house: House) -> None:
    with house.database.change() as db:
        long = {"hash": "8b1a9953c4611296" * 4, "reason": "a reason of many words " * 8}
        record(db, at=datetime.now(UTC), actor=LONG_NAME, action="settings.saved", subject="clinic", detail=long)
    page = open_staff_page("/staff/audit", role="admin")

    code = page.locator("td .code").get_by_text("settings.saved")
    assert code.evaluate("each => each.getBoundingClientRect().height") < 24
    assert page.get_by_role("region", name="Audit lines").evaluate("each => each.scrollWidth <= each.clientWidth")


def test_a_long_name_keeps_the_menu_on_one_line(open_staff_page: Opener) -> None:
    page = open_staff_page("/staff/", LONG_NAME, role="admin")
    tops = page.locator(".menu a").evaluate_all("each => each.map((link) => link.getBoundingClientRect().top)")
    assert len(set(tops)) == 1
    assert width_of(page.locator(".menu .own")) < 160
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_saving_one_section_loses_nothing_of_another(open_staff_page: Opener) -> None:
    page = open_staff_page("/staff/settings", role="admin")
    page.locator("#embedding_sites").fill("https://new.example")
    page.get_by_label("A clinician may approve").check()
    page.locator("#brand_colour").fill("#114477")
    page.locator("#look").get_by_role("button", name="Save").click()

    expect(page.get_by_text("Not saved yet, but still here")).to_be_visible()
    expect(page.locator("#embedding_sites")).to_have_value("https://new.example")
    expect(page.get_by_label("A clinician may approve")).to_be_checked()
    expect(page.locator("#brand_colour")).to_have_value("#114477")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/staff/")
    assert asked == ["beforeunload"]
