"""Phones and tablets of some years ago: what their browsers lack is done by hand, and nothing a patient needs is missing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from chatting import QUESTIONS, grow_old
from journeys.kiosk import Visitor
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_enter_sends_a_question(open_page: Callable[..., Page]) -> None:
    page = grow_old(open_page())
    page.locator("[data-question]").fill(QUESTIONS["answer"])
    page.locator("[data-question]").press("Enter")

    expect(page.locator(".turn .card-answer")).to_be_visible()


def test_a_suggestion_is_asked(open_page: Callable[..., Page]) -> None:
    page = grow_old(open_page())
    page.locator("[data-question]").press_sequentially("dry lips")
    page.locator("[data-options] li").first.click()

    expect(page.locator(".turn")).to_have_count(1)


def test_a_kiosk_is_online_and_answers(come: Callable[..., Visitor]) -> None:
    visitor = come(clock=False)
    grow_old(visitor.page)
    expect(visitor.page.locator("body[data-linked=online]")).to_be_visible()
    visitor.begin()
    visitor.open_keys()
    visitor.type("dry lips")
    visitor.page.locator("[data-send]").click()

    expect(visitor.page.locator("[data-stage] .card").first).to_be_visible()
