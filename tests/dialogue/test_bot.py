"""Whole replies: what leads, what stands beneath, what is remembered."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from bot.dialogue.bot import Bot
from bot.dialogue.context import EMPTY, following
from bot.errors import InputError
from bot.faq.entry import Region
from bot.faq.release import Level
from bot.reply.types import Outcome

CASES = list(
    csv.DictReader((Path(__file__).parent.parent / "cases" / "outcomes.csv").read_text(encoding="utf-8").splitlines())
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["question"])
def test_a_question_comes_to_its_outcome(bot: Bot, case: dict[str, str]) -> None:
    reply = bot.ask(case["question"])

    assert reply.outcome.word == case["outcome"]
    if case["entry_id"]:
        assert reply.leading.entry is not None
        assert reply.leading.entry.id == case["entry_id"]


def test_every_outcome_occurs(bot: Bot) -> None:
    assert {case["outcome"] for case in CASES} == {outcome.word for outcome in Outcome}


def test_emergency_and_crisis_stand_alone(bot: Bot) -> None:
    for question in ("my throat is swelling and what helps dry lips", "i want to die and what helps dry lips"):
        reply = bot.ask(question)
        assert reply.outcome >= Outcome.CRISIS
        assert reply.suggestions == ()
        assert all(part.general is None and part.entry is None for part in reply.parts)


def test_two_questions_get_two_replies(bot: Bot) -> None:
    reply = bot.ask("my lips are so dry what helps? and can i drink wine at a wedding next week?")

    assert [part.outcome for part in reply.parts] == [Outcome.ANSWER, Outcome.DECISION]
    assert reply.outcome is Outcome.DECISION
    assert reply.parts[0].entry is not None
    assert reply.parts[0].entry.id == "dry-lips"


def test_a_sentence_that_leads_up_to_a_question_has_no_card_of_its_own(bot: Bot) -> None:
    led = bot.ask(
        "He plays football twice a week and is rather stiff since the tablets. What usually helps with such aches?"
    )

    assert [part.entry.id for part in led.parts if part.entry] == ["joint-muscle-pain"]
    assert len(led.parts) == 1


def test_a_decision_reply_holds_only_approved_wording(bot: Bot) -> None:
    for rule in bot.release.rules:
        if rule.level is not Level.DECISION:
            continue
        for question in rule.examples[::8]:
            part = bot.ask(question).leading
            if part.outcome is not Outcome.DECISION:
                continue
            approved = next(each for each in bot.release.rules if part.safety and each.id == part.safety.rule)
            said = approved.replies[Region.UK]
            assert part.headline == said.split("\n\n")[0]
            assert not re.search(r"\b(yes|no)\b[,.!]", part.answer_text, re.IGNORECASE)
            assert bot.release.clinic.phone in " ".join([part.answer_text, *(line.label for line in part.contacts)])
            if part.general:
                assert part.general.entry is not None
                answer = bot.answer(part.general.entry.id)
                assert answer is not None
                assert part.general.answer_html == answer.answer_html


def test_numbers_follow_the_region(bot: Bot) -> None:
    question = "my throat is swelling up"

    assert "999" in bot.ask(question, region=Region.UK).leading.headline
    assert "911" in bot.ask(question, region=Region.US).leading.headline
    assert "988" in bot.ask("i want to end my life", region=Region.US).leading.answer_text


def test_a_follow_up_leans_on_the_last_answer(bot: Bot) -> None:
    first = bot.ask("my lips are so dry what helps")
    context = following(EMPTY, first)

    assert context.entry_id == "dry-lips"
    assert bot.ask("should i stop then", context=context).outcome is Outcome.DECISION


def test_a_new_topic_does_not_stick_to_the_old_one(bot: Bot) -> None:
    context = following(EMPTY, bot.ask("my lips are so dry what helps"))
    reply = bot.ask("when are you open", context=context)

    assert reply.leading.entry is not None
    assert reply.leading.entry.id == "opening-hours"


def test_help_stays_in_view_after_a_crisis_and_then_goes(bot: Bot) -> None:
    context = following(EMPTY, bot.ask("i want to end my life"))
    shown = []
    for _ in range(7):
        reply = bot.ask("what helps dry lips", context=context)
        shown.append(bool(reply.standing))
        context = following(context, reply)

    assert shown[:4] == [True] * 4
    assert shown[-1] is False


def test_the_json_has_exactly_the_fixed_shape(bot: Bot) -> None:
    outer = {
        "outcome",
        "parts",
        "entry",
        "confidence",
        "answer_html",
        "answer_text",
        "suggestions",
        "safety",
        "release",
    }
    inner = {"outcome", "entry", "confidence", "answer_html", "answer_text", "next_step", "sources", "safety"}
    for question in ("my lips are dry", "i want to end my life", "should i stop taking them", "blah blah"):
        shown = bot.ask(question).to_dict()
        assert set(shown) == outer
        assert all(set(part) == inner for part in shown["parts"])
        assert shown["release"] == 1


def test_suggestions_are_approved_questions(bot: Bot) -> None:
    found = bot.suggest("dry li")

    assert found[0].id == "dry-lips"
    approved = {entry.question for entry in bot.release.entries}
    assert {link.question for link in found} <= approved
    assert bot.suggest("zzzzz") == ()


def test_what_is_no_question_is_refused(bot: Bot) -> None:
    with pytest.raises(InputError):
        bot.ask("   ")
