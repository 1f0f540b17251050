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
    "frame-past": "years ago",
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
