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


def test_of_more_questions_than_are_answered_at_once_the_others_are_named_and_offered(bot: Bot) -> None:
    reply = bot.ask("what helps dry lips? when are you open? can i wear make up? where do i store the capsules?")

    assert [part.entry.id for part in reply.parts if part.entry] == ["dry-lips", "opening-hours"]
    assert reply.parts[2].asked == "can i wear make up; where do i store the capsules"
    assert reply.parts[2].answer_text.endswith(reply.parts[2].asked)
    assert [link.id for link in reply.suggestions[:2]] == ["make-up", "storage"]


@pytest.mark.parametrize(
    ("messages", "entry_id"),
    [
        (("what about tattoos", "no i meant laser"), "laser-procedures"),
        (("what about tattoos", "sorry i meant piercings"), "tattoos-piercings"),
        (("can i wax", "i mean shave"), "waxing-hair-removal"),
        (("can i wax", "not wax but a tattoo"), "tattoos-piercings"),
        (("what helps dry lips", "eyes i mean"), "dry-eyes"),
        (("can i drink coffee", "sorry i mean alcohol"), "alcohol"),
    ],
)
def test_a_question_is_mended_by_the_next_message(bot: Bot, messages: tuple[str, str], entry_id: str) -> None:
    before, after = messages
    reply = bot.ask(after, context=following(Context(), bot.ask(before)))

    assert reply.leading.entry is not None
    assert reply.leading.entry.id == entry_id


@pytest.mark.parametrize(
    "told", ["i meant to say i took 20 capsules", "no i meant my lips are blue and i cant breathe"]
)
def test_what_looks_like_a_correction_hides_no_alarm(bot: Bot, told: str) -> None:
    assert bot.ask(told, context=following(Context(), bot.ask("can i wear make up"))).outcome is Outcome.EMERGENCY


def test_a_list_of_things_is_several_questions(bot: Bot) -> None:
    reply = bot.ask("what about tattoos, waxing and make up?")

    opened = [part.entry.id for part in reply.parts if part.entry]
    assert len(opened) >= 2
    assert set(opened) <= {"tattoos-piercings", "waxing-hair-removal", "make-up"}


def test_a_decision_stays_a_decision_whatever_it_leans_on(bot: Bot) -> None:
    reply = bot.ask("so should i stop then?", context=following(ALCOHOL, bot.ask("why?", context=ALCOHOL)))

    assert reply.outcome is Outcome.DECISION


@pytest.mark.parametrize("question", ["should i stop taking it today", "can i get pregnant"])
def test_a_decision_in_the_fourth_question_is_not_lost(bot: Bot, question: str) -> None:
    reply = bot.ask(f"what helps dry lips? when are you open? can i wear make up? {question}?")

    assert reply.outcome is Outcome.DECISION
    assert len(reply.parts) == 3
