"""Red flags are caught in whatever dress, and harmless words are met without sirens."""

from __future__ import annotations

import csv
import random
from dataclasses import replace
from pathlib import Path

import pytest

from bot.dialogue.bot import Bot
from bot.errors import NotReady
from bot.faq.release import Level
from bot.safety.triage import Safety

CASES = list(csv.DictReader((Path(__file__).parent.parent / "cases" / "triage.csv").open(encoding="utf-8")))
DISGUISES = {
    "zero width": lambda text: "\u200b".join(text),
    "capitals": str.upper,
    "repeats": lambda text: " ".join(word[:-1] + word[-1] * 4 if len(word) > 3 else word for word in text.split()),
    "leet": lambda text: text.translate(str.maketrans("eio", "310")),
    "look-alikes": lambda text: text.translate(str.maketrans("aeo", "\u0430\u0435\u043e")),
    "buried": lambda text: (
        "hello, sorry to bother you, i have been taking the capsules since march and my lips were fine mostly. "
        f"{text}. anyway the weather has been lovely and i also wondered which moisturiser people like"
    ),
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["question"])
def test_a_message_raises_its_level(bot: Bot, case: dict[str, str]) -> None:
    found = bot.triage(case["question"]).gravest

    assert (found.level.word if found else "none") == case["level"]


@pytest.mark.parametrize("name", DISGUISES)
def test_grave_examples_are_found_under_a_disguise(bot: Bot, name: str) -> None:
    grave = [(rule, text) for rule in bot.release.rules if rule.level >= Level.CRISIS for text in rule.examples]
    missed = []
    for rule, text in grave:
        found = bot.triage(DISGUISES[name](text)[:500]).gravest
        if found is None or found.level < Level.CRISIS:
            missed.append((rule.id, text))

    assert len(missed) <= 0.05 * len(grave), missed


def test_grave_examples_are_found_with_a_typo(bot: Bot) -> None:
    chance = random.Random(11)  # noqa: S311 - no secret, only a fixed order
    grave = [(rule, text) for rule in bot.release.rules if rule.level >= Level.CRISIS for text in rule.examples]
    missed = []
    for rule, text in grave:
        words = [_mistyped(word, chance) if len(word) >= 5 and chance.random() < 0.5 else word for word in text.split()]
        found = bot.triage(" ".join(words)).gravest
        if found is None or found.level < Level.CRISIS:
            missed.append((rule.id, " ".join(words)))

    assert len(missed) <= 0.05 * len(grave), missed


def _mistyped(word: str, chance: random.Random) -> str:
    place = chance.randrange(1, len(word) - 1)
    return chance.choice(
        (
            word[:place] + word[place + 1] + word[place] + word[place + 2 :],
            word[:place] + word[place + 1 :],
            word[:place] + word[place] + word[place:],
        )
    )


def test_what_matched_is_the_patients_own_wording(bot: Bot) -> None:
    found = bot.triage("Help, my THROAT is swelling up!").gravest

    assert found is not None
    assert found.matched == "THROAT is swelling"
    assert found.rule_id == "emergency.anaphylaxis"


def test_a_broken_pattern_stops_the_start_and_names_the_rule(bot: Bot) -> None:

    broken = replace(bot.release.rules[0], patterns=("(never closed",))

    with pytest.raises(NotReady, match=broken.id):
        Safety([broken], [], bot.vocabulary)
