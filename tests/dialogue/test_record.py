"""What was said is kept as ids, and read back as it was decided."""

from __future__ import annotations

import json

import pytest
from markupsafe import Markup

from bot.dialogue.context import Context
from bot.dialogue.record import context_from_plain, context_to_plain, decided_of, language_of, said_of
from bot.faq.release import Level
from bot.reply.types import Decision, EntryLink, Outcome, Reply, ReplyPart, SafetyNotice

LIPS, WINE = EntryLink("lips", "Dry lips?", "skin"), EntryLink("wine", "Wine?", "living")


def part(outcome: Outcome, **fields: object) -> ReplyPart:
    made = {"asked": "Ann asks", "headline": "", "answer_html": Markup(""), "answer_text": "", **fields}
    return ReplyPart(outcome=outcome, **made)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "decided"),
    [
        (
            part(Outcome.ANSWER, entry=LIPS, confidence=0.9),
            Decision(outcome=Outcome.ANSWER, entry_ids=("lips",), confidence=0.9),
        ),
        (part(Outcome.CLARIFY, choices=(LIPS, WINE)), Decision(outcome=Outcome.CLARIFY, entry_ids=("lips", "wine"))),
        (part(Outcome.NO_MATCH), Decision(outcome=Outcome.NO_MATCH)),
        (
            part(Outcome.NO_MATCH, choices=(WINE,), is_left=True),
            Decision(outcome=Outcome.NO_MATCH, entry_ids=("wine",), is_left=True),
        ),
        (
            part(
                Outcome.URGENT, entry=WINE, confidence=0.5, safety=SafetyNotice("urgent.eyes", "urgent", "Ann's eyes")
            ),
            Decision(
                outcome=Outcome.URGENT, entry_ids=("wine",), rule_id="urgent.eyes", matched="***'s eyes", confidence=0.5
            ),
        ),
    ],
)
def test_a_decision_is_read_as_it_was_written_without_the_patients_name(said: ReplyPart, decided: Decision) -> None:
    kept = json.dumps(said_of(Reply(parts=(said,), suggestions=(), release=1), lambda text: text.replace("Ann", "***")))

    assert "Ann" not in kept
    assert decided_of(json.loads(kept)) == [(decided, "*** asks")]


def test_the_language_is_kept_where_anything_was_said_in_it() -> None:
    spanish = part(Outcome.ANSWER, language="es")
    english = part(Outcome.ANSWER)
    beneath = part(Outcome.DECISION, general=spanish)

    def kept(*parts: ReplyPart) -> str:
        return language_of(said_of(Reply(parts=parts, suggestions=(), release=1), str))

    assert [kept(english), kept(english, spanish), kept(beneath), language_of([])] == ["en", "es", "es", "en"]


SOON_AFTER = Context(
    "lips",
    "skin",
    Level.URGENT,
    1,
    rules=("urgent.vision",),
    led_by="urgent.vision",
    said="my eyes too",
    unanswered=True,
)


@pytest.mark.parametrize("in_view", [None, Level.CRISIS])
@pytest.mark.parametrize("context", [Context(), Context("lips", "skin", Level.EMERGENCY, 3), SOON_AFTER])
def test_a_context_is_read_as_it_was_written(context: Context, in_view: Level | None) -> None:
    kept = json.dumps(context_to_plain(context, in_view, str))

    assert context_from_plain(json.loads(kept)) == (context, in_view)


def test_what_was_said_before_is_kept_without_personal_details() -> None:
    kept = context_to_plain(Context(said="i am Anna"), None, lambda text: text.replace("Anna", "[name]"))

    assert kept["said"] == "i am [name]"


def test_a_context_of_an_earlier_version_is_read() -> None:
    kept = {"entry": "lips", "topic": "skin", "raised": "crisis", "calm_turns": 2, "in_view": None}
    urgent = {**kept, "raised": "urgent", "rule": "urgent.vision"}

    assert context_from_plain(kept) == (Context("lips", "skin", Level.CRISIS, 2), None)
    assert context_from_plain(urgent) == (Context("lips", "skin", Level.URGENT, 2, rules=("urgent.vision",)), None)
