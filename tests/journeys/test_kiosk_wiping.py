"""What the next visitor at the kiosk finds of the one before: nothing, whichever way the visit ended."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from journeys.kiosk import OUTCOMES, Visitor
from playwright.sync_api import Route, expect

from bot.store.visits import list_turns
from bot.web.opening import House

pytestmark = pytest.mark.browser

Comer = Callable[..., Visitor]


def assert_forgotten(house: House, made: Flask, visitor: Visitor) -> None:
    """Neither the database nor the memory of the server knows a conversation of the visit."""
    house.turns.flush()
    with house.database.read() as db:
        assert list_turns(db) == ()
    chat = made.extensions["clinicbot"].chat
    assert visitor.talks
    assert not any(chat.forget(talk) for talk in visitor.talks)


def test_an_idle_visit_is_asked_after_and_then_wiped_everywhere(
    come: Comer, house: House, staff_server: tuple[Flask, str]
) -> None:
    visitor = come(at=staff_server[1])
    visitor.freeze()
    visitor.ask(OUTCOMES["answer"])
    clock, still = visitor.page.clock, visitor.page.get_by_role("dialog", name="Still there?")
    clock.run_for(44_000)
    expect(still).to_be_hidden()
    clock.run_for(1_500)
    expect(still).to_be_visible()
    expect(visitor.page.get_by_role("button", name="Yes, go on")).to_be_focused()
    clock.run_for(8_000)
    expect(visitor.page.locator("[data-left]")).to_have_text("7")
    clock.run_for(8_000)

    visitor.assert_gone()
    assert_forgotten(house, staff_server[0], visitor)


@pytest.mark.parametrize("sign", ["button", "beside", "key"])
def test_any_sign_of_life_keeps_the_visit(come: Comer, sign: str) -> None:
    visitor = come()
    visitor.freeze()
    page = visitor.page
    visitor.ask(OUTCOMES["answer"])
    page.clock.run_for(50_000)
    expect(page.get_by_role("dialog", name="Still there?")).to_be_visible()
    if sign == "button":
        page.get_by_role("button", name="Yes, go on").click()
    elif sign == "beside":
        page.mouse.click(40, 40)
    else:
        page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Still there?")).to_be_hidden()
    page.clock.run_for(44_000)

    expect(page.locator("[data-stage] .card-answer")).to_be_visible()


def test_typing_alone_is_a_visit_too(come: Comer) -> None:
    visitor = come()
    visitor.freeze()
    visitor.begin()
    visitor.open_keys()
    visitor.type("something private")
    visitor.page.clock.run_for(62_000)
    visitor.assert_gone()

    visitor.begin()
    visitor.open_keys()
    visitor.page.locator("#question").focus()
    visitor.page.keyboard.press("Control+z")
    visitor.page.keyboard.press("Control+Shift+z")
    expect(visitor.page.locator("#question")).to_have_value("")


def test_going_back_to_the_first_screen_ends_the_visit(come: Comer) -> None:
    visitor = come()
    visitor.begin()
    visitor.open_keys()
    visitor.type("something private")
    visitor.page.get_by_role("button", name="Back").click()
    visitor.page.get_by_role("button", name="Back").click()

    visitor.assert_gone()


def test_the_first_screen_is_never_asked_whether_it_is_there(come: Comer) -> None:
    visitor = come()
    visitor.page.clock.run_for(300_000)

    expect(visitor.page.get_by_role("dialog", name="Still there?")).to_be_hidden()


def test_a_changed_look_is_a_visit_too(come: Comer) -> None:
    visitor = come()
    visitor.freeze()
    visitor.page.get_by_role("button", name="Contrast").click()
    visitor.page.clock.run_for(62_000)

    visitor.assert_gone()


def test_the_way_out_for_staff_closes_when_nobody_takes_it(come: Comer) -> None:
    visitor = come()
    visitor.freeze()
    visitor.page.keyboard.down("Escape")
    visitor.page.clock.run_for(5_100)
    visitor.page.keyboard.up("Escape")
    expect(visitor.page.get_by_role("dialog", name="For staff")).to_be_visible()
    visitor.page.clock.run_for(62_000)

    visitor.assert_gone()


def test_a_visit_that_slept_is_wiped_at_once(come: Comer) -> None:
    visitor = come()
    visitor.ask(OUTCOMES["crisis"])
    visitor.page.clock.fast_forward(3_600_000)

    visitor.assert_gone()


def set_clock(visitor: Visitor, hours: int) -> None:
    """The device's clock is set by so many hours, and nothing happens meanwhile."""
    visitor.page.clock.set_system_time(visitor.page.evaluate("Date.now()") / 1000 + hours * 3600)


def test_a_clock_that_is_set_back_keeps_no_visit_open(come: Comer) -> None:
    visitor = come()
    visitor.freeze()
    visitor.ask(OUTCOMES["answer"])
    visitor.page.clock.run_for(20_000)
    set_clock(visitor, -2)
    visitor.page.clock.run_for(30_000)
    expect(visitor.page.get_by_role("dialog", name="Still there?")).to_be_visible()
    visitor.page.clock.run_for(12_000)

    visitor.assert_gone()


def test_sleep_counts_where_only_the_clock_on_the_wall_went_on_and_after_it_was_set_back(come: Comer) -> None:
    visitor = come()
    visitor.freeze()
    set_clock(visitor, -2)
    visitor.ask(OUTCOMES["crisis"])
    visitor.page.clock.run_for(5_000)
    set_clock(visitor, 1)
    visitor.page.clock.run_for(1_000)

    visitor.assert_gone()


def test_start_again_wipes_the_look_as_well(come: Comer, house: House, staff_server: tuple[Flask, str]) -> None:
    visitor = come(at=staff_server[1])
    visitor.ask(OUTCOMES["crisis"])
    visitor.page.get_by_role("button", name="Larger text").click()
    visitor.page.get_by_role("button", name="Contrast").click()
    visitor.restart()

    visitor.assert_gone()
    assert_forgotten(house, staff_server[0], visitor)
    visitor.ask(OUTCOMES["answer"])
    expect(visitor.page.locator(".standing").locator("visible=true")).to_have_count(0)
    assert len(set(visitor.talks)) == 2


def test_an_answer_that_comes_too_late_is_neither_shown_nor_remembered(
    come: Comer, house: House, staff_server: tuple[Flask, str]
) -> None:
    visitor = come(at=staff_server[1])
    page = visitor.page
    held: list[Route] = []
    page.route("**/kiosk/turns", lambda route: held.append(route))
    visitor.begin()
    visitor.open_keys()
    visitor.send(OUTCOMES["crisis"])
    expect(page.locator("body[data-asking]")).to_be_visible()
    visitor.restart()
    expect(page.locator("body[data-at=attract]")).to_be_visible()
    with page.expect_response(lambda answer: "/conversations/" in answer.url):
        held[0].continue_()

    visitor.assert_gone()
    assert_forgotten(house, staff_server[0], visitor)


def test_leaving_and_coming_back_reveals_nothing(come: Comer, house: House, staff_server: tuple[Flask, str]) -> None:
    visitor = come(at=staff_server[1])
    page = visitor.page
    visitor.ask(OUTCOMES["crisis"])
    page.goto("/topics")
    page.go_back()
    expect(page.locator("body[data-linked]")).to_be_visible()
    visitor.history += 1

    visitor.assert_gone()
    assert_forgotten(house, staff_server[0], visitor)


@pytest.mark.parametrize("event", ["pagehide", "pageshow"])
def test_a_page_that_the_browser_keeps_for_going_back_is_empty(come: Comer, event: str) -> None:
    visitor = come()
    visitor.ask(OUTCOMES["answer"])
    visitor.page.evaluate(f"window.dispatchEvent(new PageTransitionEvent('{event}', {{persisted: true}}))")

    visitor.assert_gone()


def test_back_in_the_browser_does_not_step_through_a_visit(come: Comer) -> None:
    visitor = come()
    visitor.ask(OUTCOMES["answer"])
    visitor.page.go_back()
    visitor.page.go_forward()
    expect(visitor.page.locator("body[data-linked]")).to_be_visible()

    visitor.assert_gone()


def test_what_the_server_could_not_be_told_is_told_later(
    come: Comer, house: House, staff_server: tuple[Flask, str]
) -> None:
    visitor = come(at=staff_server[1])
    visitor.ask(OUTCOMES["no-match"])
    visitor.page.context.set_offline(True)
    visitor.restart()
    expect(visitor.page.locator("body[data-owing][data-at=attract]")).to_be_visible()
    visitor.page.context.set_offline(False)
    visitor.page.clock.run_for(6_000)

    visitor.assert_gone()
    assert_forgotten(house, staff_server[0], visitor)


def test_a_page_that_could_tell_nothing_on_leaving_has_the_next_one_tell_it(
    come: Comer, house: House, staff_server: tuple[Flask, str]
) -> None:
    visitor = come(at=staff_server[1])
    visitor.ask(OUTCOMES["no-match"])
    ways = ("**/clear", "**/api/v1/conversations/*")
    for way in ways:
        visitor.page.context.route(way, lambda route: route.abort())
    visitor.page.goto("/kiosk?again=1")
    expect(visitor.page.locator("body[data-owing]")).to_be_visible()
    for way in ways:
        visitor.page.context.unroute(way)
    visitor.page.clock.run_for(6_000)
    expect(visitor.page.locator("body[data-linked]:not([data-owing])")).to_be_visible()

    visitor.history = visitor.page.evaluate("history.length")
    visitor.assert_gone()
    assert_forgotten(house, staff_server[0], visitor)


def test_nothing_can_be_copied_out(come: Comer) -> None:
    page = come().page
    for name in ("copy", "cut", "contextmenu", "dragstart"):
        assert page.evaluate(f"!document.body.dispatchEvent(new Event('{name}', {{bubbles: true, cancelable: true}}))")
