"""Decisions in approved words: what stands where in the reply, and what never stands beside what."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from markupsafe import Markup

from bot.errors import NotReady
from bot.faq.clinic import LINE_KINDS, HelpLine
from bot.faq.entry import Citation, Entry, NextStep, Region, StepKind, Translation
from bot.faq.plain import release_of_plain
from bot.faq.release import Level, Release, SafetyRule
from bot.reply.compose import MOST_SUGGESTIONS, Composer
from bot.reply.types import Decision, Outcome, Reply

NAMES = ("lips", "skin", "eyes", "nose", "hair", "sun", "wine")


def rule(level: Level, *contacts: str) -> SafetyRule:
    return SafetyRule(
        id=level.word,
        level=level,
        name=level.word,
        patterns=(),
        exceptions=(),
        examples=(),
        hard_negatives=(),
        replies={Region.UK: f"Stop: {level.word}\n\nGet **help**.", Region.US: "Stop\n\nGet help there."},
        contacts=contacts,
    )


@pytest.fixture(scope="module")
def release() -> Release:
    """An entry for each of NAMES; `lips` has all others as related ones, and a Spanish wording."""
    plain = [{"id": name, "question": f"What of {name}?", "answer": f"Care for {name}."} for name in NAMES]
    made = release_of_plain(plain, published_at=datetime(2026, 11, 24, tzinfo=UTC))
    first, *rest = made.entries
    first = replace(
        first,
        related=("gone", "lips", *NAMES[1:]),
        next_step=NextStep(StepKind.SAME_DAY, "Ring us.", "0123"),
        citations=(Citation("A leaflet", "Lips"),),
    )
    numbers = {"emergency": "999", "urgent": "111", "crisis_call": "116", "crisis_text": "85258"}
    lines = {kind: HelpLine(kind, numbers.get(kind, ""), kind) for kind in LINE_KINDS}
    spanish = Translation(question="¿Los labios?", short="Cuide.", detail="", next_step="Llame.", made_of=first.mark)
    return replace(
        made,
        entries=(replace(first, translations={"es": spanish}), *rest),
        rules=(rule(Level.DECISION), rule(Level.CRISIS, "crisis_call"), rule(Level.EMERGENCY, "emergency")),
        clinic=replace(made.clinic, lines=dict.fromkeys(Region, lines)),
    )


@pytest.fixture(scope="module")
def composer(release: Release) -> Composer:
    return Composer(release)


def said(composer: Composer, *decisions: Decision, **wished: Any) -> Reply:
    asked = [(decision, f"question {place}") for place, decision in enumerate(decisions)]
    return composer.compose(asked, Region.UK, wished.get("raised"), wished.get("language", "en"))


def answer(*entry_ids: str) -> Decision:
    return Decision(outcome=Outcome.ANSWER, entry_ids=entry_ids, confidence=0.9)


def of_rule(outcome: Outcome, *entry_ids: str) -> Decision:
    return Decision(outcome=outcome, rule_id=outcome.word, entry_ids=entry_ids, matched="as typed", confidence=0.6)


def test_an_answer_is_the_entrys_own(composer: Composer) -> None:
    (part,) = said(composer, answer("lips")).parts

    assert (part.headline, part.answer_text, part.answer_html) == (
        "What of lips?",
        "Care for lips.",
        "<p>Care for lips.</p>",
    )
    assert (part.asked, part.confidence) == ("question 0", 0.9)
    assert part.next_step == NextStep(StepKind.SAME_DAY, "Ring us.", "0123")
    assert part.to_dict()["next_step"] == {"kind": "same-day", "text": "Ring us.", "phone": "0123"}
    assert part.to_dict()["sources"] == [{"title": "A leaflet", "section": "Lips"}]
    assert part.to_dict()["safety"] is None
    assert part.to_dict()["entry"] == {"id": "lips", "question": "What of lips?", "topic": "faq"}


def test_what_people_read_next_is_offered_and_never_what_is_shown(composer: Composer) -> None:
    one, two = said(composer, answer("lips")), said(composer, answer("lips"), answer("skin"))

    assert [link.id for link in one.suggestions] == ["skin", "eyes", "nose"]
    assert [link.id for link in two.suggestions] == ["eyes", "nose"]
    assert one.to_dict()["suggestions"][0] == {"id": "skin", "question": "What of skin?"}
    assert [link.id for link in composer.related("lips")] == ["lips", "skin", "eyes", "nose"]
    assert len(composer.related("lips")) == MOST_SUGGESTIONS
    assert composer.related("gone") == ()
    assert composer.link("gone") is None


def test_a_choice_offers_what_is_still_served_and_nothing_else(composer: Composer) -> None:
    reply = said(composer, Decision(outcome=Outcome.CLARIFY, entry_ids=("lips", "gone", "wine")))

    assert [link.id for link in reply.leading.choices] == ["lips", "wine"]
    assert reply.suggestions == reply.leading.choices
    assert reply.leading.headline == "Which of these is closest?"
    assert reply.leading.answer_html == "<p>Choose the question that is nearest to yours.</p>"


def test_without_a_match_it_is_said_that_there_is_no_approved_answer(composer: Composer) -> None:
    reply = said(composer, Decision(outcome=Outcome.NO_MATCH))

    assert reply.leading.headline == "I do not have an approved answer to that"
    assert (reply.leading.choices, reply.suggestions) == ((), ())


def test_what_is_left_for_another_message_is_named_and_offered_first(composer: Composer) -> None:
    left = Decision(outcome=Outcome.NO_MATCH, entry_ids=("wine",), is_left=True)
    answer = Decision(outcome=Outcome.ANSWER, entry_ids=("lips",))
    reply = composer.compose([(answer, "lips?"), (left, "and <wine>; and beer")], Region.UK, None)
    part = reply.parts[1]

    assert part.answer_text.endswith("and <wine>; and beer")
    assert "and &lt;wine&gt;; and beer" in part.answer_html
    assert reply.suggestions[0].id == "wine"


def test_choices_are_in_spanish_only_where_all_of_them_are(composer: Composer) -> None:
    both = said(composer, Decision(outcome=Outcome.CLARIFY, entry_ids=("lips", "wine")), language="es")
    one = said(composer, Decision(outcome=Outcome.CLARIFY, entry_ids=("lips",)), language="es")

    assert (both.leading.language, one.leading.language) == ("en", "es")
    assert one.leading.choices[0].worded_in("es") == ("¿Los labios?", "es")
    assert both.leading.choices[1].worded_in("es") == ("What of wine?", "en")


def test_an_answer_is_in_spanish_where_that_is_approved(composer: Composer) -> None:
    reply = said(composer, answer("lips"), answer("wine"), language="es")
    spanish, english = reply.parts

    assert (spanish.languages, english.languages, reply.languages) == ({"es"}, {"en"}, {"es", "en"})

    assert (spanish.headline, spanish.language, spanish.next_step) == (
        "¿Los labios?",
        "es",
        NextStep(StepKind.SAME_DAY, "Llame.", "0123"),
    )
    assert (english.headline, english.language) == ("What of wine?", "en")


def test_a_warning_leads_and_the_general_answer_stands_beneath(composer: Composer) -> None:
    (part,) = said(composer, of_rule(Outcome.DECISION, "lips")).parts

    assert (part.headline, part.answer_text) == ("Stop: decision", "Get help.")
    assert part.safety is not None
    assert part.safety.to_dict() == {"rule": "decision", "level": "decision", "matched": "as typed"}
    assert part.general is not None
    assert (part.entry, part.confidence) == (part.general.entry, 0.6)
    assert (part.next_step, part.citations) == (part.general.next_step, part.general.citations)
    assert part.whole_text == "Stop: decision\n\nGet help.\n\nCare for lips."
    assert part.whole_html == (
        "<p><strong>Stop: decision</strong></p><p>Get <strong>help</strong>.</p><p>Care for lips.</p>"
    )


def test_a_warning_without_a_likely_entry_says_nothing_of_one(composer: Composer) -> None:
    (part,) = said(composer, of_rule(Outcome.DECISION)).parts

    assert (part.general, part.entry, part.confidence, part.next_step) == (None, None, None, None)
    assert part.whole_text == "Stop: decision\n\nGet help."


def test_the_region_chooses_the_reply(composer: Composer) -> None:
    reply = composer.compose([(of_rule(Outcome.DECISION), "")], Region.US, None)

    assert (reply.leading.headline, reply.leading.answer_text) == ("Stop", "Get help there.")


def test_a_grave_alarm_offers_help_and_no_further_reading(composer: Composer) -> None:
    reply = said(composer, answer("lips"), of_rule(Outcome.EMERGENCY), raised=Level.EMERGENCY)

    assert reply.outcome is Outcome.EMERGENCY
    assert [line.number for line in reply.leading.contacts] == ["999"]
    assert (reply.suggestions, reply.standing) == ((), ())


@pytest.mark.parametrize(
    ("raised", "numbers"),
    [(None, []), (Level.URGENT, ["", "111"]), (Level.EMERGENCY, ["999"]), (Level.CRISIS, ["116", "85258", "999"])],
)
def test_help_stays_in_view_beside_a_calm_answer(composer: Composer, raised: Level | None, numbers: list[str]) -> None:
    reply = said(composer, answer("wine"), raised=raised)

    assert [line.number for line in reply.standing] == numbers
    assert reply.in_view is raised


def test_a_rule_without_words_is_never_passed_over(composer: Composer) -> None:
    with pytest.raises(NotReady):
        said(composer, Decision(outcome=Outcome.URGENT, rule_id="urgent.gone"))


def test_an_entry_that_is_not_served_is_no_answer(composer: Composer) -> None:
    with pytest.raises(KeyError):
        composer.answer("gone", Region.UK)


def test_what_is_said_of_an_entry_links_only_to_what_is_served(release: Release) -> None:
    def with_short(entry: Entry, short: str) -> Entry:
        return replace(entry, answer=replace(entry.answer, short=short))

    first, *rest = release.entries
    linked = with_short(first, "See [wine](entry:wine) and [news](entry:gone).")
    part = Composer(replace(release, entries=(linked, *rest))).answer("lips", Region.UK)

    assert part.answer_html == '<p>See <a href="/answers/wine">wine</a> and news.</p>'


def test_what_the_api_gives_is_the_answer_in_both_forms_or_nothing(composer: Composer) -> None:
    answered = said(composer, answer("skin")).leading
    wordless = replace(
        said(composer, Decision(outcome=Outcome.CLARIFY)).leading, answer_html=Markup(""), answer_text=""
    )

    part, nothing = answered.to_dict(), wordless.to_dict()

    assert (part["answer_text"], part["answer_html"]) == ("Care for skin.", "<p>Care for skin.</p>")
    assert (nothing["answer_text"], nothing["answer_html"]) == (None, None)
