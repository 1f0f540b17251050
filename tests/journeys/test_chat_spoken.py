"""What somebody hears who sees nothing: names, roles, states and live regions, as the browser tells a screen reader."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from barriers import assert_accessible
from chatting import QUESTIONS, ask
from flask import Flask
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

Opener = Callable[..., Page]


def told(page: Page, role: str, name: str = "") -> dict[str, Any]:
    """The one node of that role (and name) in the browser's accessibility tree: its states, and what it points at."""
    wire = page.context.new_cdp_session(page)
    nodes = [each for each in wire.send("Accessibility.getFullAXTree")["nodes"] if not each["ignored"]]
    found = [each for each in nodes if each["role"]["value"] == role and name in each.get("name", {}).get("value", "")]
    assert len(found) == 1, [each.get("name", {}).get("value") for each in found]
    values: dict[str, Any] = {"description": found[0].get("description", {}).get("value", "")}
    for each in found[0].get("properties", []):
        aims = [aim.get("idref") for aim in each["value"].get("relatedNodes", [])]
        values[each["name"]] = aims or each["value"].get("value")
    return values


def test_suggestions_are_told_with_their_number_and_the_chosen_one(open_page: Opener) -> None:
    page = open_page()
    before = told(page, "textbox")
    assert (before["autocomplete"], before["hasPopup"], before["multiline"]) == ("list", "listbox", True)
    page.get_by_label("Your question").press_sequentially("dry li")
    expect(page.locator("[data-said]")).to_have_text("6 questions found. Use the arrow keys.")
    assert page.get_by_role("option").count() == 6
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    box = told(page, "textbox")

    assert box["focused"]
    assert box["controls"] == ["options"]
    assert box["activedescendant"] == ["option-1"]
    assert told(page, "option", "My skin is very dry")["selected"]
    assert not told(page, "option", "My lips are very dry")["selected"]
    assert told(page, "listbox", "Approved questions")
    page.keyboard.press("Escape")
    assert "activedescendant" not in told(page, "textbox")
    expect(page.get_by_role("listbox")).to_have_count(0)


def test_a_box_of_several_lines_may_not_say_that_it_is_a_combobox(open_page: Opener) -> None:
    page = open_page()
    page.locator("[data-question]").evaluate(
        "(each) => { each.setAttribute('role', 'combobox'); each.setAttribute('aria-expanded', 'false'); }"
    )
    found = Axe().run(page, options={"runOnly": {"type": "rule", "values": ["aria-allowed-role"]}})

    assert found.violations_count == 1


def test_a_reply_is_said_and_not_what_one_can_do_with_it(open_page: Opener, staff_server: tuple[Flask, str]) -> None:
    page = open_page(staff_server[1])
    ask(page, QUESTIONS["answer"])
    expect(page.locator(".card-answer")).to_be_visible()

    for silent in (".you", ".helped", ".tools", ".also"):
        expect(page.locator(silent)).to_have_attribute("aria-live", "off")
    page.get_by_role("button", name="Yes", exact=True).click()
    expect(page.locator("[data-helped-said]")).to_contain_text("Thank you")
    expect(page.locator("[data-helped-said]")).to_have_attribute("aria-live", "polite")


@pytest.mark.parametrize("outcome", ["emergency", "crisis"])
def test_an_alarm_is_said_at_once_and_not_once_more_by_the_log(open_page: Opener, outcome: str) -> None:
    page = open_page()
    ask(page, QUESTIONS[outcome])
    alarm = page.locator(f".card-{outcome}")
    expect(alarm.get_by_role("heading")).to_be_focused()

    expect(page.locator(".turn")).to_have_attribute("aria-live", "off")
    assert told(page, "alert", "")["live"] == "assertive"


def test_a_chosen_question_is_read_from_its_heading_which_is_not_said_twice(open_page: Opener) -> None:
    page = open_page()
    ask(page, QUESTIONS["clarify"])
    page.locator(".card-clarify button").first.press("Enter")
    heading = page.locator(".card-answer h2")

    expect(heading).to_be_focused()
    expect(heading).to_have_attribute("aria-live", "off")


def test_the_box_is_found_by_its_landmark_and_tells_how_much_is_left_when_that_matters(open_page: Opener) -> None:
    page = open_page()
    box = page.get_by_role("form", name="Ask a question").get_by_role("textbox")
    expect(box).to_have_accessible_description("")
    box.fill("x" * 410)

    assert "410" in told(page, "textbox")["description"]
    ask(page, " ")
    expect(box).to_have_accessible_description("Please type a question first.")
    assert_accessible(page)


def test_a_form_that_is_not_complete_is_read_once_from_what_is_missing(
    open_page: Opener, staff_server: tuple[Flask, str]
) -> None:
    page = open_page(f"{staff_server[1]}/contact")
    for name in ("Your name", "Phone number or email address", "Your message"):
        assert told(page, "textbox", name)["required"]
    expect(page.get_by_role("checkbox")).to_have_attribute("aria-required", "true")
    page.get_by_role("button", name="Send to the clinic").press("Enter")
    wrong = page.locator("[data-focus]")

    expect(wrong).to_be_focused()
    expect(wrong).to_have_role("group")
    expect(wrong).to_have_accessible_name("Not sent yet")
    expect(wrong).not_to_have_accessible_description("")
    assert page.locator("[role=alert]:visible").count() == 0
    assert_accessible(page)


def test_a_finger_typed_question_closes_the_keyboard_when_the_answer_is_there(open_page: Opener) -> None:
    page = open_page(viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True)
    box = page.get_by_label("Your question")
    box.tap()
    box.fill(QUESTIONS["answer"])
    box.press("Enter")
    expect(page.locator(".card-answer h2")).to_be_in_viewport(ratio=1)
    expect(page.locator(".ask :focus")).to_have_count(0)
    box.fill(QUESTIONS["decision"])
    page.get_by_role("button", name="Ask", exact=True).tap()

    expect(page.locator(".card-decision h2")).to_be_in_viewport(ratio=1)
    expect(page.locator(".ask :focus")).to_have_count(0)
