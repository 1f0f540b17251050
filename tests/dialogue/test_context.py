"""What the next question leans on, and how long help stays in view."""

from __future__ import annotations

import pytest

from bot.dialogue.context import EMPTY, HELP_STAYS_TURNS, LONGEST_PIECE, Context, after
from bot.faq.release import Level
from bot.reply.types import Outcome

LIPS = Context(entry_id="dry-lips", topic="side-effects")
VISION = "urgent.vision"


def test_an_answer_is_what_the_next_question_leans_on() -> None:
    assert after(EMPTY, Outcome.ANSWER, "dry-lips", "side-effects") == LIPS
    assert after(LIPS, Outcome.DECISION, "alcohol", "living") == Context(entry_id="alcohol", topic="living")


@pytest.mark.parametrize("outcome", [Outcome.NO_MATCH, Outcome.CLARIFY])
def test_what_had_no_answer_leaves_nothing_to_lean_on(outcome: Outcome) -> None:
    assert after(LIPS, outcome, None, None) == Context(unanswered=outcome is Outcome.NO_MATCH)


@pytest.mark.parametrize("outcome", [Outcome.DECISION, Outcome.ILLICIT])
def test_what_comes_after_a_warning_asks_about_it_and_not_about_an_older_answer(outcome: Outcome) -> None:
    assert after(LIPS, outcome, None, None, rule_id="decision.combine") == Context(led_by="decision.combine")


@pytest.mark.parametrize(("outcome", "level"), [(Outcome.EMERGENCY, Level.EMERGENCY), (Outcome.CRISIS, Level.CRISIS)])
def test_a_grave_alarm_starts_anew(outcome: Outcome, level: Level) -> None:
    assert after(LIPS, outcome, None, None) == Context(raised=level)


def test_an_urgent_alarm_is_remembered_and_is_what_the_next_question_is_about() -> None:
    found = after(LIPS, Outcome.URGENT, None, None, rule_id="urgent.vision", said="i see double")

    assert found == Context(raised=Level.URGENT, rules=(VISION,), led_by=VISION, said="i see double")


def test_several_alarms_are_kept_the_gravest_first_and_of_equals_the_newest() -> None:
    context = EMPTY
    for outcome, rule_id in (
        (Outcome.URGENT, "urgent.pregnancy"),
        (Outcome.EMERGENCY, "emergency.overdose"),
        (Outcome.URGENT, VISION),
    ):
        context = after(context, outcome, None, None, rule_id=rule_id)

    assert context.rules == ("emergency.overdose", VISION, "urgent.pregnancy")
    assert context.raised is Level.EMERGENCY


@pytest.mark.parametrize("is_repeat", [True, None])
def test_an_alarm_that_is_only_said_once_more_does_not_begin_its_time_anew(is_repeat: bool | None) -> None:
    context = Context(raised=Level.URGENT, calm_turns=2, rules=(VISION,))

    again = after(context, Outcome.URGENT, None, None, rule_id=VISION, is_repeat=is_repeat)
    anew = after(context, Outcome.URGENT, None, None, rule_id=VISION, is_repeat=False)

    assert (again.calm_turns, anew.calm_turns) == (3, 0)


@pytest.mark.parametrize(
    ("before", "outcome", "stays"),
    [
        (Level.EMERGENCY, Outcome.CRISIS, Level.CRISIS),  # whose lines hold the emergency number as well
        (Level.CRISIS, Outcome.EMERGENCY, Level.CRISIS),
        (Level.CRISIS, Outcome.URGENT, Level.CRISIS),
        (Level.URGENT, Outcome.EMERGENCY, Level.EMERGENCY),
    ],
)
def test_of_two_alarms_the_one_whose_help_holds_the_others_stays(before: Level, outcome: Outcome, stays: Level) -> None:
    assert after(Context(raised=before, calm_turns=2), outcome, None, None).raised is stays


def test_a_long_message_is_not_carried_on() -> None:
    assert after(EMPTY, Outcome.NO_MATCH, None, None, said="my throat").said == "my throat"
    assert after(EMPTY, Outcome.NO_MATCH, None, None, said="word " * (LONGEST_PIECE + 1)).said == ""


def test_help_stays_for_some_calm_turns_and_its_count_begins_anew() -> None:
    context = Context(raised=Level.CRISIS)
    for _ in range(HELP_STAYS_TURNS - 1):
        context = after(context, Outcome.ANSWER, "dry-lips", "side-effects")
        assert context.raised is Level.CRISIS

    assert after(context, Outcome.CRISIS, None, None) == Context(raised=Level.CRISIS)
    assert after(context, Outcome.ANSWER, "dry-lips", "side-effects") == LIPS
