"""A message over a bad line: kept, tried once more, never doubled, and always said."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs

import pytest
import sqlalchemy as sa
from barriers import assert_accessible
from chatting import QUESTIONS, ask
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from bot.web.opening import House

pytestmark = pytest.mark.browser

Opener = Callable[..., Page]


class Line:
    """The way to the server: what was sent over it, and what becomes of each try, in order; then all goes well."""

    def __init__(self, page: Page, *fates: str) -> None:
        self.keys: list[str] = []
        self._fates = list(fates)
        page.route("**/turns*", self._carry)

    def _carry(self, route: Route) -> None:
        self.keys.append(parse_qs(route.request.post_data or "")["key"][0])
        fate = self._fates.pop(0) if self._fates else "well"
        if fate == "lost":
            route.abort("connectionreset")
        elif fate == "reply lost":
            route.fetch()
            route.abort("connectionreset")
        elif fate == "gateway":
            route.fulfill(status=502, body="Bad gateway", content_type="text/html")
        else:
            route.continue_()


@pytest.mark.parametrize("fate", ["lost", "gateway"])
def test_it_is_tried_once_more_with_the_same_key(open_page: Opener, fate: str) -> None:
    page = open_page()
    line = Line(page, fate)
    ask(page, QUESTIONS["answer"])
    expect(page.locator(".turn")).to_have_count(1)

    assert len(line.keys) == 2
    assert len(set(line.keys)) == 1
    expect(page.locator("[data-fault]")).to_be_hidden()
    expect(page.locator("[data-question]")).to_have_value("")


def test_after_two_losses_it_is_kept_and_goes_with_its_key(open_page: Opener) -> None:
    page = open_page()
    line = Line(page, "lost", "lost")
    ask(page, QUESTIONS["answer"])
    expect(page.locator("[data-fault-help] a")).to_have_attribute("href", "tel:999")  # who knows what was asked
    expect(page.locator("[data-fault-help]")).to_be_in_viewport()
    expect(page.locator("[data-fault]")).to_have_text("Not sent. Try again.")
    expect(page.locator("[data-question]")).to_have_value(QUESTIONS["answer"])
    expect(page.locator("[data-question]")).to_be_focused()
    assert_accessible(page)
    page.keyboard.press("Enter")
    expect(page.locator(".card-answer")).to_be_visible()

    assert len(line.keys) == 3
    assert len(set(line.keys)) == 1
    ask(page, QUESTIONS["decision"])
    expect(page.locator(".turn")).to_have_count(2)
    assert len(set(line.keys)) == 2


def test_what_was_chosen_from_the_page_is_kept_in_the_box(open_page: Opener) -> None:
    page = open_page()
    ask(page, QUESTIONS["answer"])
    chip = page.get_by_role("group", name="People also ask").get_by_role("link").first
    question = chip.inner_text()
    Line(page, "lost", "lost")
    chip.click()

    expect(page.locator("[data-fault]")).to_have_text("Not sent. Try again.")
    expect(page.locator("[data-question]")).to_have_value(question)


def test_what_is_chosen_while_another_question_is_asked_is_asked_next(open_page: Opener) -> None:
    page = open_page()
    ask(page, QUESTIONS["answer"])
    chip = page.get_by_role("group", name="People also ask").get_by_role("link").first
    question = chip.inner_text()
    held: list[Route] = []
    page.route("**/turns*", lambda route: held.append(route), times=1)
    with page.expect_request("**/turns*"):
        ask(page, QUESTIONS["decision"])
    chip.dblclick()
    expect(page.locator("[data-working]")).to_contain_text("Still working on it")
    held[0].continue_()

    expect(page.locator(".turn .you")).to_have_text(
        ["You asked: my lips are so dry", "You asked: should i stop taking the capsules", f"You asked: {question}"]
    )


def test_a_text_that_is_far_too_long_stays_with_the_true_reason(open_page: Opener) -> None:
    page = open_page()
    for length, reason in ((20_000, "Your question has"), (70_000, "That is too long.")):
        ask(page, "x" * length)
        expect(page.locator("[data-fault]")).to_contain_text(reason)
        assert len(page.locator("[data-question]").input_value()) == length
    expect(page.locator("[data-fault-help]")).to_be_visible()  # nobody has looked at it


def test_being_offline_is_said_and_coming_back_sends(open_page: Opener) -> None:
    page = open_page()
    page.context.set_offline(True)
    ask(page, QUESTIONS["answer"])
    expect(page.locator("[data-working]")).to_contain_text("Trying once more")
    page.context.set_offline(False)

    expect(page.locator(".turn")).to_have_count(1)


def test_a_slow_answer_is_announced_after_two_seconds(open_page: Opener) -> None:
    page = open_page()
    page.clock.install()
    held: list[Route] = []
    page.route("**/turns*", lambda route: held.append(route))
    ask(page, QUESTIONS["answer"])
    expect(page.locator("[data-working]")).to_be_empty()
    page.clock.run_for(2100)
    expect(page.locator("[data-working]")).to_contain_text("Still working on it")
    page.clock.run_for(6000)  # the eight seconds are over: the second try
    page.clock.run_for(1100)
    expect(page.locator("[data-working]")).to_contain_text("Trying once more")
    page.clock.run_for(8100)

    expect(page.locator("[data-fault]")).to_have_text("Not sent. Try again.")
    assert len(held) == 2


def test_what_is_typed_meanwhile_is_not_lost(open_page: Opener) -> None:
    page = open_page()
    held: list[Route] = []
    page.route("**/turns*", lambda route: held.append(route))
    with page.expect_request("**/turns*"):
        ask(page, QUESTIONS["answer"])
    page.locator("[data-question]").fill("and another thing")
    held[0].continue_()
    expect(page.locator(".turn")).to_have_count(1)

    expect(page.locator("[data-question]")).to_have_value("and another thing")


def test_clearing_while_an_answer_is_under_way_shows_and_keeps_nothing(open_page: Opener) -> None:
    page = open_page()
    ask(page, QUESTIONS["answer"])
    expect(page.locator(".turn")).to_have_count(1)
    held: list[Route] = []
    page.route("**/turns*", lambda route: held.append(route))
    with page.expect_request("**/turns*"):
        ask(page, QUESTIONS["decision"])
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("[data-working]")).to_have_text("Your questions are cleared.")
    with page.expect_request(lambda request: request.method == "DELETE"):
        held[0].continue_()

    expect(page.locator(".turn")).to_have_count(0)


@pytest.mark.parametrize("fate", ["answered", "refused", "failed", "lost"])
def test_a_first_question_that_was_cleared_leaves_nothing_whatever_becomes_of_it(open_page: Opener, fate: str) -> None:
    page = open_page()
    held: list[Route] = []
    page.route("**/turns*", lambda route: held.append(route))
    with page.expect_request("**/turns*") as sent:
        ask(page, QUESTIONS["crisis"])
    token = parse_qs(sent.value.post_data or "")["conversation"][0]
    gone = lambda request: request.method == "DELETE" and request.url.endswith(f"/{token}")  # noqa: E731
    with page.expect_request(gone):
        page.get_by_role("button", name="Clear").click()
    with page.expect_request(gone):  # it may have come to the server after that was told to forget
        if fate == "answered":
            held[0].continue_()
        elif fate == "lost":
            held[0].abort("connectionreset")
        else:
            held[0].fulfill(status=422 if fate == "refused" else 503, body="<p data-refused>No.</p>")

    expect(page.locator("[data-working]")).to_have_text("Your questions are cleared.")
    expect(page.locator("[data-question]")).to_have_value("")
    expect(page.locator("[data-fault]")).to_be_hidden()
    expect(page.locator(".turn")).to_have_count(0)
    assert len(held) == 1  # nobody waits for it, so it is not tried once more
    page.unroute("**/turns*")
    page.reload()
    expect(page.locator("[data-question]")).to_have_value("")
    form = {"question": QUESTIONS["answer"], "conversation": token}
    later = page.request.post("/turns", form=form, headers={"Origin": page.url.rstrip("/")})
    assert later.ok
    assert 'class="standing"' not in later.text()  # nobody remembers that there was an alarm


def test_after_clearing_one_can_ask_at_once_and_in_a_new_conversation(open_page: Opener) -> None:
    page = open_page()
    held: list[Route] = []
    page.route("**/turns*", lambda route: held.append(route))
    with page.expect_request("**/turns*"):
        ask(page, QUESTIONS["answer"])
    page.get_by_role("button", name="Clear").click()
    with page.expect_request("**/turns*"):
        ask(page, QUESTIONS["decision"])
    for route in reversed(held):
        route.continue_()

    expect(page.locator(".turn")).to_have_count(1)
    expect(page.locator(".card-decision")).to_be_visible()
    first, second = (parse_qs(route.request.post_data or "")["conversation"] for route in held)
    assert first != second


@pytest.mark.parametrize("status", [429, 503])
def test_what_the_server_did_not_forget_is_said_and_tried_again(open_page: Opener, status: int) -> None:
    page = open_page()
    page.clock.install()
    ask(page, QUESTIONS["answer"])
    expect(page.locator(".turn")).to_have_count(1)
    page.route("**/conversations/*", lambda route: route.fulfill(status=status), times=1)
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("[data-working]")).to_contain_text("not yet on the clinic's side")
    page.clock.run_for(10_100)

    expect(page.locator("[data-working]")).to_have_text("Your questions are cleared.")


def test_a_lost_reply_and_a_second_try_are_one_turn(
    browser: Browser, house: House, staff_server: tuple[Flask, str], watch: Callable[[BrowserContext], None]
) -> None:
    context = browser.new_context(base_url=staff_server[1], reduced_motion="reduce")
    watch(context)
    page = context.new_page()
    page.goto("/")
    line = Line(page, "reply lost")
    ask(page, QUESTIONS["answer"])
    expect(page.locator(".turn")).to_have_count(1)
    house.turns.flush()
    with house.database.read() as db:
        stored = db.execute(sa.text("SELECT turn_id FROM turns")).scalars().all()

    assert len(line.keys) == 2
    assert stored == [page.locator('.helped input[name="turn"]').get_attribute("value")]
    context.close()


def test_without_scripts_sending_the_form_again_is_one_turn(
    browser: Browser, house: House, staff_server: tuple[Flask, str], watch: Callable[[BrowserContext], None]
) -> None:
    context = browser.new_context(base_url=staff_server[1], java_script_enabled=False)
    watch(context)
    page = context.new_page()
    page.goto("/")
    ask(page, QUESTIONS["answer"])
    expect(page.locator(".turn")).to_have_count(1)
    page.reload()  # the browser sends the form again
    expect(page.locator(".turn")).to_have_count(1)
    house.turns.flush()
    with house.database.read() as db:
        stored = db.execute(sa.text("SELECT count(*) FROM turns")).scalar_one()

    assert stored == 1
    context.close()
