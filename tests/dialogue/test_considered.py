"""Which parts of a message are said."""

from __future__ import annotations

import pytest

from bot.dialogue.considered import Considered, says_nothing_new
from bot.language.words import Word
from bot.matching.matcher import NOTHING
from bot.reply.types import Decision, Outcome
from bot.safety.findings import Triage


def part(at: int, outcome: Outcome, *entry_ids: str) -> Considered:
    word = Word("word", "word", at, at + 4, "word")
    decision = Decision(outcome=outcome, entry_ids=entry_ids, because="")
    return Considered(text="word", words=(word,), triage=Triage(), ranking=NOTHING, decision=decision)


ANSWER = part(50, Outcome.ANSWER, "lips")


@pytest.mark.parametrize(
    ("at", "choices", "is_question", "nothing_new"),
    [
        (0, ("skin", "lips"), False, True),  # a sentence that leads up to the question about lips
        (0, ("skin", "lips"), True, False),  # a question of its own, perhaps about skin
        (90, ("skin", "lips"), False, False),  # what follows the question may ask for more
        (90, ("lips", "skin"), True, True),  # most likely the same once more
        (0, ("skin", "eyes"), False, False),
    ],
)
def test_choices_are_left_out_where_one_of_them_is_answered(
    at: int, choices: tuple[str, ...], is_question: bool, nothing_new: bool
) -> None:
    unsure = part(at, Outcome.CLARIFY, *choices)

    assert says_nothing_new(unsure, [unsure, ANSWER], is_question) is nothing_new


@pytest.mark.parametrize("outcome", [Outcome.ANSWER, Outcome.DECISION, Outcome.NO_MATCH])
def test_only_choices_are_left_out(outcome: Outcome) -> None:
    other = part(0, outcome, "lips")

    assert not says_nothing_new(other, [other, ANSWER], False)


def test_choices_alone_are_said() -> None:
    unsure, other = part(0, Outcome.CLARIFY, "lips", "skin"), part(50, Outcome.CLARIFY, "lips")

    assert not says_nothing_new(unsure, [unsure, other], False)
