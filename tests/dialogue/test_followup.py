"""Which questions lean on the answer before them, and where they lead."""

from __future__ import annotations

import pytest

from bot.dialogue.asked import AskedWords
from bot.dialogue.bot import Bot
from bot.dialogue.context import Context, following
from bot.dialogue.followup import FollowUps, Lean
from bot.reply.types import Outcome

LIPS = Context(entry_id="dry-lips", topic="side-effects")
ALCOHOL = Context(entry_id="alcohol", topic="living")


@pytest.fixture(scope="module")
def follow_ups(bot: Bot) -> FollowUps:
    return FollowUps.of(bot.release.entries, AskedWords.of(bot.release.entries))


@pytest.mark.parametrize(
    ("question", "lean"),
    [
        ("why?", Lean.BARE),
        ("how long does that last", Lean.BARE),
        ("is it normal", Lean.BARE),
        ("and my eyes?", Lean.SHORT),
        ("what about alcohol then", Lean.SHORT),
        ("can i wear contact lenses while i am on isotretinoin", Lean.WHOLE),
    ],
)
def test_how_much_a_question_leans(bot: Bot, follow_ups: FollowUps, question: str, lean: Lean) -> None:
    assert follow_ups.lean_of(bot.vocabulary.read(question)) is lean


@pytest.mark.parametrize(
    ("context", "question", "entry_id"),
    [
        (LIPS, "how often?", "dry-lips"),
        (LIPS, "and why does that happen", "dry-lips"),
        (ALCOHOL, "why?", "alcohol"),
        (LIPS, "what are your opening hours", "opening-hours"),
        (ALCOHOL, "ok and what about contact lenses", "contact-lenses"),
    ],
)
def test_where_a_second_question_leads(bot: Bot, context: Context, question: str, entry_id: str) -> None:
    reply = bot.ask(question, context=context)

    assert reply.outcome is Outcome.ANSWER
    assert reply.leading.entry is not None
    assert reply.leading.entry.id == entry_id


def test_nothing_leans_on_nothing(bot: Bot) -> None:
    assert bot.ask("why?").outcome is not Outcome.ANSWER


def test_something_the_faq_does_not_hold_is_not_answered_from_the_last_answer(bot: Bot) -> None:
    assert bot.ask("and vaping?", context=ALCOHOL).outcome is not Outcome.ANSWER


def test_a_second_part_leans_on_the_first(bot: Bot) -> None:
    reply = bot.ask("how long is a course of isotretinoin? and when are you open?")

    assert [part.entry.id for part in reply.parts if part.entry] == ["course-length", "opening-hours"]


def test_at_most_three_questions_are_answered(bot: Bot) -> None:
    reply = bot.ask("what helps dry lips? when are you open? can i wear make up? where do i store the capsules?")

    assert len(reply.parts) == 3


def test_a_list_of_things_is_several_questions(bot: Bot) -> None:
    reply = bot.ask("what about tattoos, waxing and make up?")

    opened = [part.entry.id for part in reply.parts if part.entry]
    assert len(opened) >= 2
    assert set(opened) <= {"tattoos-piercings", "waxing-hair-removal", "make-up"}


def test_a_decision_stays_a_decision_whatever_it_leans_on(bot: Bot) -> None:
    reply = bot.ask("so should i stop then?", context=following(ALCOHOL, bot.ask("why?", context=ALCOHOL)))

    assert reply.outcome is Outcome.DECISION


def test_a_decision_in_the_fourth_question_is_not_lost(bot: Bot) -> None:
    reply = bot.ask("what helps dry lips? when are you open? can i wear make up? should i stop taking it today?")

    assert reply.outcome is Outcome.DECISION
