"""An explanation tells what was read, weighed and decided, and never says otherwise than the reply."""

from __future__ import annotations

import json

import pytest

from bot.dialogue.bot import Bot
from bot.dialogue.context import EMPTY, following
from bot.errors import InputError

QUESTIONS = (
    "wat helps crackd lips on accutane",
    "my throat is swelling up",
    "should i stop taking it",
    "who won the football match",
    "dry eyes what helps? and when are you open",
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_it_agrees_with_the_reply(bot: Bot, question: str) -> None:
    reply, explanation = bot.ask(question), bot.explain(question)

    assert [part.outcome for part in explanation.parts] == [part.outcome.word for part in reply.parts]
    for explained, part in zip(explanation.parts, reply.parts, strict=True):
        if part.outcome.word == "answer" and part.entry:
            assert explained.candidates[0].entry_id == part.entry.id
            assert explained.candidates[0].confidence >= explained.threshold
        if part.safety:
            assert part.safety.rule in [found.rule_id for found in explained.findings]


@pytest.mark.parametrize("question", QUESTIONS)
def test_contributions_add_up_to_the_score(bot: Bot, question: str) -> None:
    for part in json.loads(json.dumps(bot.explain(question).to_dict()))["parts"]:
        for candidate in part["candidates"]:
            if candidate["score"] is not None:
                assert sum(candidate["contributions"].values()) == pytest.approx(candidate["score"], abs=1e-3)


def test_spelling_and_brand_names_are_named(bot: Bot) -> None:
    part = bot.explain("wat helps crackd lips on accutane").parts[0]

    assert part.corrected["wat"] == "what"
    assert part.folded["accutane"] == "isotretinoin"
    assert "isotretinoin" in part.read_as


def test_what_a_follow_up_leans_on_is_named(bot: Bot) -> None:
    context = following(EMPTY, bot.ask("my lips are so dry what helps"))
    part = bot.explain("and how long does that last?", context).parts[0]

    assert part.leans_on == "dry-lips"
    assert part.lean == "bare"


def test_what_is_no_question_is_refused(bot: Bot) -> None:
    with pytest.raises(InputError):
        bot.explain(" ")
