"""Red flags are caught in whatever dress, and harmless words are met without sirens."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from bot.dialogue.bot import Bot
from bot.errors import BrokenKnowledge, NotReady
from bot.evaluate.disguises import DISGUISES
from bot.faq.release import Level
from bot.safety.triage import Safety

CASES = list(csv.DictReader((Path(__file__).parent.parent / "cases" / "triage.csv").open(encoding="utf-8")))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["question"])
def test_a_message_raises_its_level(bot: Bot, case: dict[str, str]) -> None:
    found = bot.triage(case["question"]).gravest

    assert (found.level.word if found else "none") == case["level"]


@pytest.mark.parametrize("name", DISGUISES)
def test_grave_examples_are_found_under_a_disguise(bot: Bot, name: str) -> None:
    grave = [
        (rule, text)
        for rule in bot.release.rules
        if rule.level >= Level.CRISIS
        for text in rule.examples[name_place(name) :: 27]
    ]
    missed = []
    for rule, text in grave:
        found = bot.triage(DISGUISES[name](text)[:500]).gravest
        if found is None or found.level < Level.CRISIS:
            missed.append((rule.id, DISGUISES[name](text)))

    assert len(missed) <= 0.05 * len(grave), missed


def name_place(name: str) -> int:
    """Another ninth of the examples for each disguise."""
    return list(DISGUISES).index(name)


def test_what_matched_is_the_patients_own_wording(bot: Bot) -> None:
    found = bot.triage("Help, my THROAT is swelling up!").gravest

    assert found is not None
    assert found.matched == "THROAT is swelling"
    assert found.rule_id == "emergency.anaphylaxis"


def test_a_broken_pattern_stops_the_start_and_names_the_rule(bot: Bot) -> None:

    broken = replace(bot.release.rules[0], patterns=("(never closed",))

    with pytest.raises(NotReady, match=broken.id):
        Safety([broken], bot.vocabulary)


def test_a_broken_pattern_is_named_with_file_line_and_column(small_knowledge: Path) -> None:
    path = small_knowledge / "safety" / "crisis.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    at = next(place for place, line in enumerate(lines) if line.strip() == "patterns:") + 1
    lines[at] = '      - "want to (never closed"'
    path.write_text("\n".join(lines), encoding="utf-8")

    with pytest.raises(BrokenKnowledge) as caught:
        Bot.from_knowledge(small_knowledge, meaning=False)

    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == ("safety/crisis.yaml", at + 1)
    assert "column" in problem.problem


def test_what_is_fine_now_is_only_what_was_named_before(bot: Bot) -> None:
    still = "is the same cream ok now as skin is coming off my back in sheets and my mouth is full of ulcers"
    over = "my skin came off in sheets as a baby, it is fine now"

    assert bot.triage(still).gravest is not None
    assert bot.triage(over, by_meaning=False).gravest is None
