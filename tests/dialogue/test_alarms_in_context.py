"""Alarms in a conversation: what comes in pieces, what a decision must not take back, and what stays in view."""

from __future__ import annotations

import pytest

from bot.dialogue.bot import Bot
from bot.dialogue.context import EMPTY, following
from bot.reply.types import Outcome, Reply


def talk(bot: Bot, *messages: str) -> list[Reply]:
    context, replies = EMPTY, []
    for message in messages:
        replies.append(bot.ask(message, context=context))
        context = following(context, replies[-1])
    return replies


def rules(reply: Reply) -> list[str]:
    return [part.safety.rule for part in reply.parts if part.safety]


@pytest.mark.parametrize(
    ("alarm", "decision"),
    [
        ("im 7 weeks pregnant and on it", "do i stop"),
        ("my eyes have gone yellow", "should i take tonights dose"),
        ("bloody diarrhoea since yesterday", "do I keep taking them"),
    ],
)
def test_a_decision_soon_after_an_urgent_alarm_has_it_said_once_more(bot: Bot, alarm: str, decision: str) -> None:
    first, second = talk(bot, alarm, decision)

    assert rules(second)[:1] == rules(first)
    assert [part.outcome for part in second.parts] == [Outcome.URGENT, Outcome.DECISION]
    assert second.parts[0].answer_text == first.leading.answer_text


def test_an_answer_after_an_urgent_alarm_has_its_lines_in_view_for_some_turns(bot: Bot) -> None:
    replies = talk(bot, "my eyes have gone yellow", *["where can i park"] * 6)

    assert [line.kind for line in replies[1].standing] == ["clinic", "urgent"]
    assert replies[-1].standing == ()


@pytest.mark.parametrize(
    ("pieces", "outcome"),
    [
        (("my throat", "it's closing up"), Outcome.EMERGENCY),
        (("my face", "its swelling up"), Outcome.EMERGENCY),
        (("face swelling up", "my eyelids too"), Outcome.EMERGENCY),
        (("what happens if I get pregnant on it", "I think I might be"), Outcome.URGENT),
        (("tired all the time", "and yellowish"), Outcome.URGENT),
    ],
)
def test_what_is_grave_is_found_in_pieces(bot: Bot, pieces: tuple[str, ...], outcome: Outcome) -> None:
    assert talk(bot, *pieces)[-1].outcome is outcome


@pytest.mark.parametrize(
    "messages",
    [
        ("my lips are dry", "my nose too"),
        ("i want to end my life", "my lips are so dry"),
        ("where are you", "ok thanks"),
        ("does it cause hair loss", "i have thin hair already"),
    ],
)
def test_pieces_of_something_harmless_stay_harmless(bot: Bot, messages: tuple[str, ...]) -> None:
    assert talk(bot, *messages)[-1].outcome < Outcome.URGENT


@pytest.mark.parametrize(
    "text",
    [
        "my lips are dry and i feel suicidal",
        "my eyes are dry and i am suicidal",
        "my skin is dry and i am pregnant",
        "im pregnant and my lips are dry",
        "can i use vaseline and i'm pregnant",
        "my lips are so dry and threw up and it was all blood",
    ],
)
def test_an_everyday_complaint_beside_it_hides_no_alarm(bot: Bot, text: str) -> None:
    assert bot.ask(text).outcome >= Outcome.URGENT


def test_the_help_of_a_crisis_and_an_emergency_stays_whichever_came_first(bot: Bot) -> None:
    alarms = ["my throat is closing up", "i want to end my life"]
    for order in (alarms, alarms[::-1]):
        kinds = [line.kind for line in talk(bot, *order, "where can i park")[-1].standing]
        assert kinds == ["crisis_call", "crisis_text", "emergency"]


def test_a_question_that_points_at_what_had_no_answer_is_not_answered(bot: Bot) -> None:
    replies = talk(bot, "can it cause hearing loss", "will it come back")

    assert replies[0].outcome is Outcome.NO_MATCH
    assert replies[1].outcome <= Outcome.CLARIFY


def test_of_several_questions_those_without_an_answer_are_named(bot: Bot) -> None:
    reply = bot.ask("can i wear make up? which planets have rings? can i get a tattoo?")

    assert [part.outcome for part in reply.parts].count(Outcome.NO_MATCH) == 1
    assert next(part.asked for part in reply.parts if part.outcome is Outcome.NO_MATCH) == "which planets have rings"


@pytest.mark.parametrize(
    ("said", "headline"),
    [("thanks!", "You are welcome"), ("Hello there", "Hello"), ("ok", "All right"), ("gracias", "You are welcome")],
)
def test_a_courtesy_is_met_with_one(bot: Bot, said: str, headline: str) -> None:
    reply = bot.ask(said)

    assert (reply.outcome, reply.leading.headline) == (Outcome.NO_MATCH, headline)


def test_a_question_is_no_courtesy(bot: Bot) -> None:
    assert bot.ask("which planets have rings").leading.headline == "I do not have an approved answer to that"
