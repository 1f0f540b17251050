"""What the learnt layers add to patterns: taught by a few rules, kept, opened, and explained away or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.errors import NotReady
from bot.faq.files import Loaded
from bot.faq.release import Level, SafetyRule
from bot.language.domain import Domain
from bot.language.vocabulary import Vocabulary
from bot.safety.learnt import Learnt
from bot.safety.triage import Safety

ASKED = "can this cause my lips to turn blue at night"


@pytest.fixture(scope="module")
def rules(small: Loaded) -> tuple[SafetyRule, ...]:
    """The small release's rules without their patterns; the emergency has an example that is put as a question."""
    groups = {"frame-general": "can this cause"}
    made = [replace(rule, patterns=(), exceptions=(), groups=groups) for rule in small.release.rules]
    return tuple(
        replace(rule, examples=(ASKED, *rule.examples), exceptions=("joke",)) if rule.level is Level.EMERGENCY else rule
        for rule in made
    )


@pytest.fixture(scope="module")
def vocabulary(rules: tuple[SafetyRule, ...], small: Loaded) -> Vocabulary:
    return Vocabulary(Domain.of([*small.release.harmless, *(text for rule in rules for text in rule.examples)]))


@pytest.fixture(scope="module")
def safety(rules: tuple[SafetyRule, ...], vocabulary: Vocabulary, small: Loaded) -> Safety:
    return Safety(rules, vocabulary, Learnt.learn(rules, small.release.harmless, vocabulary, None))


def encoded(texts: Sequence[str]) -> np.ndarray:
    """A vector a text, the same for the same text."""
    rows = np.stack([np.random.default_rng(list(text.encode())).normal(size=16) for text in texts])
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_meaning_is_learnt_only_where_there_is_an_encoder(
    rules: tuple[SafetyRule, ...], vocabulary: Vocabulary, small: Loaded, tmp_path: Path
) -> None:
    by_words = Learnt.learn(rules, small.release.harmless, vocabulary, None)
    both = Learnt.learn(rules, small.release.harmless, vocabulary, encoded)
    assert by_words.meaning is None
    assert both.meaning is not None
    assert both.exemplars.starts == by_words.exemplars.starts

    for name, learnt in (("words", by_words), ("both", both)):
        learnt.save(tmp_path / name / "learnt.npz")
        opened = Learnt.open(tmp_path / name / "learnt.npz", rules)
        assert opened.exemplars.starts == learnt.exemplars.starts
        assert (opened.meaning and opened.meaning.starts) == (learnt.meaning and learnt.meaning.starts)
    with pytest.raises(NotReady):
        Learnt.open(tmp_path / "none.npz", rules)


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        (ASKED, True),  # word for word what staff wrote down: however it is put
        (f"{ASKED.upper()}?", True),
        ("can this cause my lips to turn blue at night too", False),  # much like it, and only asked in general
        ("my lips do turn blue at night", True),
        ("my lips do turn blue at night joke", False),  # an exception
        ("what a lovely evening for a walk in the park", False),
    ],
)
def test_what_is_like_an_example_alarms_unless_it_is_explained(
    safety: Safety, vocabulary: Vocabulary, text: str, is_found: bool
) -> None:
    found = {finding.level for finding in safety.triage(vocabulary.read(text), text).findings}

    assert (Level.EMERGENCY in found) is is_found


class Reader:
    """An encoder for which some strange words mean what an example says."""

    def __init__(self, plain: str) -> None:
        self._plain = plain

    def encode(self, text: str) -> np.ndarray:
        return encoded([self._plain if text == "zebra kettle umbrella drawer" else text])[0]


def test_meaning_is_asked_unless_it_is_left_out(
    rules: tuple[SafetyRule, ...], vocabulary: Vocabulary, small: Loaded
) -> None:
    example = next(rule for rule in rules if rule.level is Level.CRISIS).examples[0]
    reader = Reader(vocabulary.plain(vocabulary.read(example)))
    safety = Safety(rules, vocabulary, Learnt.learn(rules, small.release.harmless, vocabulary, encoded), reader)
    text = "Zebra kettle umbrella drawer"
    words = vocabulary.read(text)

    (finding,) = safety.triage(words, text).findings
    assert (finding.level, finding.matched) == (Level.CRISIS, text)
    assert safety.triage(words, text, by_meaning=False).findings == ()


def test_a_long_harmless_text_teaches_that_its_parts_are_harmless(
    rules: tuple[SafetyRule, ...], vocabulary: Vocabulary, small: Loaded
) -> None:
    short = "My aunt is moving to the seaside. She packed all of her books."
    parts = ("My aunt is moving to the seaside", "It rained all week long on her new garden shed")
    long = f"{parts[0]}. {parts[1]}. Where do people leave the car when they come to see you?"
    harmless = small.release.harmless

    def taught(texts: Sequence[str]) -> list[str]:
        seen: list[str] = []

        def encode(plain: Sequence[str]) -> np.ndarray:
            seen.extend(plain)
            return encoded(plain)

        Learnt.learn(rules, texts, vocabulary, encode)
        return seen

    without = taught(harmless)
    assert len(taught([*harmless, short])) == len(without) + 1
    added = set(taught([*harmless, long])) - set(without)
    assert {vocabulary.plain(vocabulary.read(text)) for text in (long, *parts)} <= added
