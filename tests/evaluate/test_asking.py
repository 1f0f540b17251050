"""Questions asked in several processes are answered as in one, in order, and each is counted."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.dialogue.bot import Bot
from bot.evaluate.asking import Asker
from bot.evaluate.safety_suite import gravest
from bot.faq.release import Level
from bot.language.ahead import processors

TEXTS = [f"my lips are dry {number}" for number in range(120)] + ["i want to kill myself"]


def outcome(bot: Bot, text: str) -> str:
    return bot.ask(text).outcome.word


def outcomes(bots: Sequence[Bot], text: str) -> tuple[str, ...]:
    return tuple(bot.ask(text).outcome.word for bot in bots)


def test_one_process_asks_in_order_and_counts(small_bot: Bot) -> None:
    ticks: list[int] = []

    with Asker((small_bot,)) as asker:
        found = list(asker.each(outcome, TEXTS, tick=lambda: ticks.append(1)))

    assert found[-1] == "crisis"
    assert len(ticks) == len(TEXTS)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_two_processes_find_what_one_does(small_bot: Bot) -> None:
    with Asker((small_bot, small_bot)) as one, Asker((small_bot, small_bot), 2) as two:
        assert list(two.each(gravest, TEXTS, tick=str)) == list(one.each(gravest, TEXTS, tick=str))
        assert list(two.each_of_all(outcomes, TEXTS, tick=str))[-1] == ("crisis", "crisis")


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_what_breaks_in_a_process_breaks_here(small_bot: Bot) -> None:
    with Asker((small_bot,), 2) as asker, pytest.raises(ZeroDivisionError):
        list(asker.each(_breaks, TEXTS, tick=str))


def test_a_machine_has_a_processor() -> None:
    assert processors() >= 1


def test_a_level_is_found(small_bot: Bot) -> None:
    assert gravest(small_bot, "i want to kill myself") is Level.CRISIS


def _breaks(_bot: Bot, _text: str) -> float:
    return 1 / 0
