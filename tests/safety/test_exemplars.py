"""Likeness to a rule's examples by words, learnt of a few rules."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from bot.faq.files import Loaded
from bot.faq.release import Level
from bot.language.domain import Domain
from bot.language.vocabulary import Vocabulary
from bot.safety.exemplars import ACCEPTED_FALSE_ALARMS, Exemplars, stems_of
from bot.safety.taught import HARMLESS, Likeness, Taught


@dataclass(frozen=True)
class Learnt:
    """Layers learnt of the `small` release's rules, and what each text would have scored had it not been there."""

    taught: Taught
    vocabulary: Vocabulary
    exemplars: Exemplars
    left_out: np.ndarray

    def found(self, text: str) -> tuple[Likeness, ...]:
        words = self.vocabulary.read(text)
        return self.exemplars.compare(words, [(0, len(words) - 1)], []).likenesses[0]


def stems(vocabulary: Vocabulary, texts: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [stems_of(vocabulary.read(text)) for text in texts]


@pytest.fixture(scope="module")
def learnt(small: Loaded) -> Learnt:
    taught = Taught.of(small.release.rules, small.release.harmless)
    vocabulary = Vocabulary(Domain.of(taught.texts))
    exemplars, left_out = Exemplars.learn(taught, stems(vocabulary, taught.texts))
    return Learnt(taught, vocabulary, exemplars, left_out)


def test_what_is_taught_is_each_text_with_the_rule_it_is_an_example_of(small: Loaded) -> None:
    rules = small.release.rules
    taught = Taught.of(rules, ("just asking",))

    for place, rule in enumerate(rules):
        mine = [text for text, owner in zip(taught.texts, taught.owners, strict=True) if owner == place]
        assert tuple(mine) == rule.examples
    assert taught.owners[-1] == HARMLESS
    assert sorted(set(taught.levels)) == [0, *sorted(rule.level for rule in rules)]
    assert taught.targets.sum(axis=1).tolist() == [1.0] * len(taught.texts)
    assert taught.targets[:, HARMLESS].tolist() == (taught.owners == HARMLESS).tolist()
    few = taught.at(np.array([0, len(taught.texts) - 1]))
    assert (few.texts, few.owners.tolist()) == ((rules[0].examples[0], "just asking"), [0, HARMLESS])


def test_an_example_word_for_word_is_found_and_a_harmless_text_is_not(learnt: Learnt) -> None:
    for text, owner in zip(learnt.taught.texts, learnt.taught.owners.tolist(), strict=True):
        near = [each for each in learnt.found(text) if each.layer == "exemplar"]
        if owner == HARMLESS:
            assert near == []
        else:
            assert [each.rule for each in near] == [owner]
            assert near[0].score == pytest.approx(1, abs=1e-3)


def test_an_example_with_a_word_more_is_near_it(learnt: Learnt) -> None:
    example = learnt.taught.rules[0].examples[0]

    assert [(each.rule, each.score < 1) for each in learnt.found(f"{example} today") if each.layer == "exemplar"] == [
        (0, True)
    ]
    assert learnt.found("what a lovely day for a walk in the garden") == ()


def test_a_text_that_is_left_out_scores_as_if_it_had_not_been_there(learnt: Learnt) -> None:
    count = len(learnt.taught.texts)
    for place in range(0, count, 71):
        others = learnt.taught.at(np.delete(np.arange(count), place))
        without, _ = Exemplars.learn(others, stems(learnt.vocabulary, others.texts))
        words = learnt.vocabulary.read(learnt.taught.texts[place])
        scores = without.compare(words, [], [(0, len(words) - 1)]).scores[0]

        assert learnt.left_out[place] == pytest.approx(scores, abs=0.08)


def test_each_level_fires_where_no_more_of_the_lesser_texts_than_accepted_would(learnt: Learnt) -> None:
    levels = learnt.taught.levels
    for level, start in learnt.exemplars.starts.items():
        scores = np.maximum(learnt.left_out[:, :-1][:, [rule.level is level for rule in learnt.taught.rules]], 0)
        lesser = scores.sum(axis=1)[levels < level]

        assert (lesser > start).mean() <= ACCEPTED_FALSE_ALARMS[level] + 1 / len(lesser)
        assert start <= lesser.max()
    assert ACCEPTED_FALSE_ALARMS[Level.DECISION] == max(ACCEPTED_FALSE_ALARMS.values())
    assert min(ACCEPTED_FALSE_ALARMS.values()) > 0


def test_rules_without_a_harmless_text_are_learnt_all_the_same(small: Loaded, learnt: Learnt) -> None:
    bare = learnt.taught.at(np.flatnonzero(learnt.taught.owners != HARMLESS))
    exemplars, left_out = Exemplars.learn(bare, stems(learnt.vocabulary, bare.texts))

    assert left_out.shape == (len(bare.texts), len(small.release.rules) + 1)
    words = learnt.vocabulary.read(bare.texts[0])
    assert 0 in {each.rule for each in exemplars.compare(words, [(0, len(words) - 1)], []).likenesses[0]}
