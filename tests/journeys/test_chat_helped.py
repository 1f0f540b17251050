"""Did this help, in a browser: what was pressed last is what is shown and what is stored."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from chatting import QUESTIONS, ask
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Route, expect

from bot.store.visits import find_feedback, list_turns
from bot.web.opening import House

pytestmark = pytest.mark.browser


def test_the_latest_of_two_answers_counts_also_where_the_first_is_slow(
    browser: Browser, house: House, staff_server: tuple[Flask, str], watch: Callable[[BrowserContext], None]
) -> None:
    context = browser.new_context(base_url=staff_server[1], reduced_motion="reduce")
    watch(context)
    page = context.new_page()
    page.goto("/")
    ask(page, QUESTIONS["answer"])
    held: list[Route] = []
    page.route("**/feedback", lambda route: held.append(route), times=1)
    with page.expect_request("**/feedback"):
        page.get_by_role("button", name="Yes", exact=True).click()
    page.get_by_role("button", name="No", exact=True).click()
    held[0].continue_()

    expect(page.locator("[data-helped-said]")).to_contain_text("What was wrong?")
    expect(page.get_by_role("button", name="No", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Yes", exact=True)).not_to_have_attribute("aria-pressed", "true")
    with house.database.read() as db:
        given = find_feedback(db, list_turns(db)[0].turn_id)
    assert given is not None
    assert given.helpful is False
    context.close()
