"""What takes the alarm out of alarming words, and what does not: a few rules of patterns alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.faq.entry import Region
from bot.faq.release import Level, SafetyRule
from bot.language.domain import Domain
from bot.language.vocabulary import Vocabulary
from bot.safety.findings import Finding
from bot.safety.triage import Safety

GROUPS = {
    "frame-past": "years ago | last year | in the past | when i was # | at # | used to | (was|is) fine now",
    "frame-again": "again | is back",
    "frame-resolved": "fine now",
    "frame-general": "can this cause | can you get | do people",
    "frame-present": "today",
    "frame-study": "an essay on",
}


def rule(level: Level, pattern: str, *exceptions: str) -> SafetyRule:
    return SafetyRule(
        id=level.word,
        level=level,
        name=level.word,
        patterns=(pattern,),
        exceptions=exceptions,
        examples=(),
        hard_negatives=(),
        replies=dict.fromkeys(Region, "Stop."),
        contacts=(),
        groups=GROUPS,
    )


RULES = (
    rule(Level.DECISION, "stop the tablets"),
    rule(Level.URGENT, "yellow eyes"),
    rule(Level.CRISIS, "die"),
    rule(Level.EMERGENCY, "chest pain", "chest pain relief"),
)


@pytest.fixture(scope="module")
def found() -> Callable[[str], tuple[Finding, ...]]:
    vocabulary = Vocabulary(Domain.of(["chest pain and yellow eyes, tablets"]))
    safety = Safety(RULES, vocabulary)
    return lambda text: safety.triage(vocabulary.read(text), text).findings


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("i have chest pain", ["emergency"]),
        ("no chest pain", []),
        ("i do not have any chest pain", []),
        ("no fever or chest pain", []),  # a list that is denied
        ("no fever just chest pain", ["emergency"]),
        ("no. chest pain", ["emergency"]),  # another sentence
        ("i do not have chest pain but", ["emergency"]),  # taken back
        ("i do not have chest pain but a cough. it is ok", []),
        ("i had chest pain years ago", []),
        ("i had chest pain years ago and today", ["emergency"]),
        ("years ago today chest pain, fine now", []),
        ("years ago i was fine now today chest pain", ["emergency"]),
        ("years ago it was worse. chest pain", ["emergency"]),
        # a time long gone belongs to its clause
        ("i started the tablets two years ago, chest pain", ["emergency"]),
        ("chest pain, we moved house last year", ["emergency"]),
        ("my dog went last year and i want to die", ["crisis"]),
        ("i had chest pain last year and yellow eyes", ["urgent"]),
        ("years ago, i had chest pain and yellow eyes", []),  # which says nothing but when
        ("chest pain and yellow eyes, that was years ago", []),
        ("when i was 12, i had chest pain", []),
        ("i had chest pain at 15", []),
        ("i had chest pain at 15:30", ["emergency"]),  # a time of day
        ("i had chest pain at 15 pm", ["emergency"]),
        ("chest pain began last year", ["emergency"]),  # and may go on
        ("chest pain in the past", []),
        ("chest pain in the past hour", ["emergency"]),
        ("she was fine now chest pain", ["emergency"]),
        ("chest pain, she is fine now", ["emergency"]),
        ("more chest pain than i used to", ["emergency"]),
        ("i had chest pain last year, never had it before", []),
        ("i had chest pain last year and it is back", ["emergency"]),
        ("i had chest pain last year, it is not back", []),
        ("i had chest pain last year, can i train again", []),
        # "no" that denies nothing, and "no" behind what it denies
        ("no, chest pain", ["emergency"]),
        ("none chest pain", ["emergency"]),
        ("not a day without chest pain", ["emergency"]),
        ("never chest pain like this", ["emergency"]),
        ("never any chest pain", []),
        ("id be lying if i said i do not want to die", ["crisis"]),
        ("chest pain: no", []),
        ("chest pain: none, yellow eyes: yes", ["urgent"]),
        ("chest pain. no. please help", ["emergency"]),
        ("chest pain - no idea why", ["emergency"]),
        ("can this cause chest pain", []),
        ("can this cause my chest pain", []),
        ("chest pain can this cause", ["emergency"]),  # the question comes after what is reported
        ("can this cause it. i have chest pain", ["emergency"]),
        ("can this cause chest pain today", ["emergency"]),
        ("an essay on chest pain", []),
        ("an essay on the many very different causes of chest pain", ["emergency"]),
        ("which chest pain relief helps", []),
        ("chest pain relief did not help the chest pain", ["emergency"]),
        ("do people die of this", []),
        ("do people die of this. i want to die", ["crisis"]),
        ("can you get so low that i die", ["crisis"]),  # of oneself it is never only a question
        ("no yellow eyes", []),
        ("should i not stop the tablets", ["decision"]),  # a decision is one however it is put
        ("can you get to stop the tablets years ago", ["decision"]),
        ("yellow eyes and i want to die of chest pain", ["emergency", "crisis", "urgent"]),
        ("", []),
    ],
)
def test_a_message_raises_what_it_says_of_here_and_now(
    found: Callable[[str], tuple[Finding, ...]], text: str, levels: list[str]
) -> None:
    assert [finding.rule_id for finding in found(text)] == levels


def test_what_matched_is_told_in_the_patients_own_words(found: Callable[[str], tuple[Finding, ...]]) -> None:
    assert [finding.matched for finding in found("No chest pain. Now CHEST pain!")] == ["CHEST pain"]
