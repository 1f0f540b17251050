"""Emergencies, crises and what is urgent at the kiosk: the numbers stay in view, uncovered, in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from journeys.kiosk import OUTCOMES, Visitor
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

Comer = Callable[..., Visitor]


@pytest.mark.parametrize("outcome", ["emergency", "crisis", "urgent"])
def test_numbers_to_call_stay_twice_as_long_and_are_never_covered(come: Comer, outcome: str) -> None:
    visitor = come()
    visitor.freeze()
    visitor.ask(OUTCOMES[outcome])
    clock, counted = visitor.page.clock, visitor.page.locator("[data-counted]")
    clock.run_for(79_000)
    expect(visitor.page.locator("[data-soon]")).to_be_empty()
    clock.run_for(3_000)
    expect(visitor.page.locator("[data-soon]")).to_contain_text("clears itself soon")
    clock.run_for(15_000)
    expect(counted).to_have_text("This screen clears itself in 23 seconds")
    expect(visitor.page.get_by_role("dialog", name="Still there?")).to_be_hidden()
    expect(visitor.page.locator("[data-stage] .numbers")).to_be_in_viewport(ratio=1)
    visitor.page.mouse.click(40, 40)
    expect(counted).to_be_hidden()
    clock.run_for(118_000)
    expect(visitor.page.locator("[data-stage] .card").first).to_be_visible()
    clock.run_for(3_000)

    visitor.assert_gone()


def test_help_stays_in_view_until_the_visit_is_over(come: Comer) -> None:
    visitor = come()
    page = visitor.page
    help_line = page.locator(".help [data-standing=crisis]")
    visitor.ask(OUTCOMES["crisis"])
    page.get_by_role("button", name="Back").click()
    expect(help_line).to_contain_text("116 123")
    visitor.open_topic()
    expect(help_line).to_be_visible()
    visitor.open_question()
    expect(help_line).to_be_visible()
    visitor.restart()
    expect(help_line).to_be_hidden()

    visitor.assert_gone()


@pytest.mark.parametrize("outcome", ["crisis", "urgent"])
@pytest.mark.parametrize("away", [False, True], ids=["online", "without a network"])
def test_an_alarm_is_shown_again_in_the_other_language_and_its_help_stays(
    come: Comer, outcome: str, away: bool
) -> None:
    visitor = come()
    page = visitor.page
    page.evaluate("async () => { await navigator.serviceWorker.ready; }")
    visitor.ask(OUTCOMES[outcome])
    page.context.set_offline(away)
    visitor.speak("Español")
    card = page.locator(f"[data-stage] .card-{outcome}")
    expect(card).to_contain_text("116 123" if outcome == "crisis" else "111")
    expect(card.locator("h1")).to_be_focused()
    page.get_by_role("button", name="Atrás").click()
    expect(page.get_by_text("La ayuda sigue aquí:").locator("visible=true")).to_have_count(int(outcome == "crisis"))
    page.context.set_offline(False)
    visitor.restart()

    visitor.assert_gone()
