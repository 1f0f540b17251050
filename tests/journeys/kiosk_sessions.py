"""Random visits to the kiosk, as a state machine: whatever was done, each ends clean."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from journeys.kiosk import OUTCOMES, Visitor
from playwright.sync_api import expect

from bot.patients.chat import Chat
from bot.store.visits import Turn, list_turns
from bot.web.opening import House

MARK = "qzxj"  # stands in everything that is typed: it must be nowhere afterwards
ENDS = ("restart", "idle", "reload", "slept", "leave")
_HAND = """window.hand ??= {
    seen: (selector) => [...document.querySelectorAll(selector)].filter((each) => !each.disabled && each.checkVisibility()),
    press(selector, number = 0) {
        const seen = this.seen(selector);
        if (seen.length) seen[number % seen.length].click();
        return seen.length > 0;
    },
    fill(text) {
        for (let tries = 0; tries < 5 && !this.seen("#question").length; tries += 1)
            ["[data-go=ask]", "[data-go=topics]", "[data-back]"].map((way) => this.seen(way)[0]).find(Boolean)?.click();
        const box = document.querySelector("#question");
        if (!box.checkVisibility()) return;
        box.value = text;
        box.dispatchEvent(new InputEvent("input", {bubbles: true}));
    },
    until: (reached) => new Promise((done) => {
        const look = () => reached() && (watching.disconnect(), done());
        const watching = new MutationObserver(look);
        watching.observe(document.body, {attributes: true});
        look();
    }),
};"""


def assert_forgotten(visitor: Visitor, house: House, chat: Chat) -> None:
    """No conversation is left on the server. A page that was left told it on its way, so it is asked a few times."""

    def stored() -> tuple[Turn, ...]:
        house.turns.flush()
        with house.database.read() as db:
            return list_turns(db)

    for _ in range(200):  # some seconds, on a busy machine as well
        if not stored():
            break
        visitor.page.evaluate("async () => { await fetch('/kiosk/state', {cache: 'no-store'}); }")
    assert stored() == (), [(each.conversation, each.redacted, each.asked_at, each.outcome) for each in stored()]
    assert not any(chat.forget(talk) for talk in visitor.talks)


def machine_of(visitor: Visitor, house: House, chat: Chat, count: Callable[[], None]) -> type:
    """The machine of visits to one kiosk that stays open all the time; `count` is called after each visit."""
    page = visitor.page

    def act(script: str, told: object = None) -> object:
        """One way to the page and back a step: the ways are what a hundred visits would spend their time on."""
        return page.evaluate(f"async (told) => {{ {_HAND} {script} }}", told)

    def press(selector: str, number: int = 0) -> bool:
        return bool(act("return hand.press(...told);", [selector, number]))

    def wait_for(language: str) -> None:
        expect(page.locator(f"html[lang={language}] body[data-linked]")).to_be_visible()

    page.evaluate("async () => { await navigator.serviceWorker.ready; }")  # else a language may not be there

    class Visits(RuleBasedStateMachine):
        end = "restart"
        abroad = away = False

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
            then = "await hand.until(() => !document.body.hasAttribute('data-asking'));" if waits else ""
            act(f"hand.fill(told); hand.press('[data-send]'); {then}", f"{OUTCOMES[outcome]} {MARK}")

        @rule(text=st.text("abcxyz '?,.", min_size=1, max_size=6))
        def type_on_the_screen(self, text: str) -> None:
            keys = [f'[data-key="{letter}"]' for letter in text]
            act("hand.fill(told[0]); told[1].forEach((key) => hand.press(key));", [MARK, keys])

        @rule(number=st.integers(0, 2))
        def choose_what_was_meant(self, number: int) -> None:
            press("[data-ask]", number)

        @rule(
            what=st.sampled_from(
                ["[data-back]", "[data-larger]", ".look[data-contrast]", "[data-print]", "[data-down]"]
            )
        )
        def press_a_button(self, what: str) -> None:
            if self.away and self.abroad and what == "[data-back]":
                return  # where the server cannot be told, the language of the visit stays until it can
            at = act("hand.press(told); return document.body.dataset.at;", what)
            if what == "[data-back]" and self.abroad and at == "attract":
                wait_for(visitor.language)
                self.abroad = False

        @rule()
        def choose_the_other_language(self) -> None:
            if not self.away and press("[data-tongue]"):
                self.abroad = not self.abroad
                wait_for("es" if self.abroad else visitor.language)

        @rule(seconds=st.sampled_from([20, 46]))
        def stand_idle_and_go_on(self, seconds: int) -> None:
            page.clock.run_for(1000 * seconds)
            page.keyboard.press("Shift")
            press("dialog[open] [data-stay]")  # a key alone does not answer for a button that has the focus

        @rule(away=st.booleans())
        def lose_the_network(self, away: bool) -> None:
            page.context.set_offline(away)
            self.away = away

        def teardown(self) -> None:
            if self.end == "restart":
                press("[data-view=attract] [data-go=topics]")  # on the first screen there is nothing to start again
                press("nav [data-restart]")
            elif self.end == "idle":
                # A page that goes home in the middle of it must not be asked for more time.
                (page.clock.fast_forward if self.abroad else page.clock.run_for)(122_000)
            elif self.end == "slept":
                page.clock.fast_forward(3_600_000)
            page.context.set_offline(False)
            if self.abroad and self.end in ("restart", "idle", "slept"):
                wait_for(visitor.language)
            page.clock.run_for(6_000)
            if self.end == "reload":
                page.reload()
            elif self.end == "leave":
                page.goto("/kiosk?again=1")
            if self.end in ("reload", "leave"):
                act("await hand.until(() => 'linked' in document.body.dataset);")
                visitor.history = page.evaluate("history.length")
            visitor.assert_gone()
            assert not page.evaluate("(mark) => document.documentElement.outerHTML.includes(mark)", MARK)
            assert_forgotten(visitor, house, chat)
            count()

    return Visits
