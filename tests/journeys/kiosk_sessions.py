"""Random visits to the kiosk, as a state machine: whatever was done, each ends clean."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from journeys.kiosk import OUTCOMES, Visitor

MARK = "qzxj"  # stands in everything that is typed: it must be nowhere afterwards
ENDS = ("restart", "idle", "reload", "slept", "leave")
_PRESS = """([selector, number]) => {
    const seen = [...document.querySelectorAll(selector)].filter((each) => each.checkVisibility() && !each.disabled);
    if (seen.length) seen[number % seen.length].click();
}"""

_TO_THE_BOX = """() => {
    const seen = (selector) => [...document.querySelectorAll(selector)].find((each) => each.checkVisibility() && !each.disabled);
    for (let tries = 0; tries < 5 && !seen("#question"); tries += 1) (seen("[data-go=ask]") ?? seen("[data-go=topics]") ?? seen("[data-back]"))?.click();
}"""
_FILL = """(text) => {
    const box = document.querySelector("#question");
    if (!box.checkVisibility()) return;
    box.value = text;
    box.dispatchEvent(new InputEvent("input", {bubbles: true}));
}"""


def machine_of(visitor: Visitor, assert_forgotten: Callable[[], None], count: Callable[[], None]) -> type:
    """The machine of visits to one kiosk that stays open all the time; `count` is called after each visit."""
    page = visitor.page

    def press(selector: str, number: int = 0) -> None:
        page.evaluate(_PRESS, [selector, number])

    class Visits(RuleBasedStateMachine):
        end = "restart"

        @initialize(end=st.sampled_from(ENDS))
        def choose_how_it_ends(self, end: str) -> None:
            self.end = end
            press("[data-go=topics]")

        @rule(number=st.integers(0, 8))
        def tap_a_topic(self, number: int) -> None:
            press(".tile", number)

        @rule(number=st.integers(0, 20))
        def open_an_answer(self, number: int) -> None:
            press("main [data-open]", number)

        @rule(outcome=st.sampled_from(sorted(OUTCOMES)), waits=st.booleans())
        def ask(self, outcome: str, waits: bool) -> None:
            page.evaluate(_TO_THE_BOX)
            page.evaluate(_FILL, f"{OUTCOMES[outcome]} {MARK}")
            press("[data-send]")
            if waits:
                page.wait_for_selector("body:not([data-asking])")

        @rule(text=st.text("abcxyz '?,.", min_size=1, max_size=6))
        def type_on_the_screen(self, text: str) -> None:
            page.evaluate(_TO_THE_BOX)
            page.evaluate(_FILL, MARK)
            for letter in text:
                press(f'[data-key="{letter}"]')

        @rule(number=st.integers(0, 2))
        def choose_what_was_meant(self, number: int) -> None:
            press("[data-ask]", number)

        @rule(
            what=st.sampled_from(
                ["[data-back]", "[data-larger]", ".look[data-contrast]", "[data-print]", "[data-down]"]
            )
        )
        def press_a_button(self, what: str) -> None:
            press(what)

        @rule(seconds=st.sampled_from([20, 46]))
        def stand_idle_and_go_on(self, seconds: int) -> None:
            page.clock.run_for(1000 * seconds)
            page.keyboard.press("Shift")

        @rule(away=st.booleans())
        def lose_the_network(self, away: bool) -> None:
            page.context.set_offline(away)

        def teardown(self) -> None:
            if self.end == "restart":
                press("nav [data-restart]")
            elif self.end == "idle":
                page.clock.run_for(62_000)
            elif self.end == "slept":
                page.clock.fast_forward(3_600_000)
            page.context.set_offline(False)
            page.clock.run_for(6_000)
            if self.end == "reload":
                page.reload()
            elif self.end == "leave":
                page.goto("/kiosk?again=1")
            if self.end in ("reload", "leave"):
                page.wait_for_selector("body[data-linked]")
                visitor.history = page.evaluate("history.length")
            visitor.assert_gone()
            assert MARK not in page.content()
            assert_forgotten()
            count()

    return Visits
