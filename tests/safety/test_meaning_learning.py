"""What is meant, learnt of made-up vectors: five levels around five directions, and what is harmless all about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest

from bot.faq.files import Loaded
from bot.faq.release import Level, SafetyRule
from bot.safety.meaning import ACCEPTED_FALSE_ALARMS, AMONG_MANY, OUT_OF_PLACE, Meaning, Weighed
from bot.safety.taught import HARMLESS, Likeness, Taught

SIZE, EXAMPLES, CALM = 12, 40, 800


@dataclass(frozen=True)
class World:
    """Vectors of the taught texts, others like them that were never taught, and what was learnt."""

    taught: Taught
    vectors: np.ndarray
    unseen: np.ndarray
    meaning: Meaning

    def weigh(self, vectors: Sequence[np.ndarray], has_whole: bool = True) -> Weighed:
        by_words = np.zeros((len(vectors), len(self.taught.rules) + 1), dtype=np.float32)
        return self.meaning.weigh([self.meaning.meant(vector) for vector in vectors], by_words, has_whole)


def drawn(owners: np.ndarray, seed: int) -> np.ndarray:
    """Vectors of length 1: of a rule's examples around an axis of its own, of what is harmless anywhere."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(len(owners), SIZE))
    red = owners != HARMLESS
    rows[red, owners[red]] += 3.5
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def learnt(taught: Taught, vectors: np.ndarray, is_new: np.ndarray | None = None) -> Meaning:
    """Learnt by vectors alone, all of them new where nothing else is said."""
    told_by = taught.telling(np.ones(len(vectors), dtype=bool) if is_new is None else is_new)
    by_words = np.zeros((len(told_by), len(taught.rules) + 1), dtype=np.float32)
    return Meaning.learn(taught, vectors, by_words, told_by)


@pytest.fixture(scope="module")
def world(small: Loaded) -> World:
    rules: tuple[SafetyRule, ...] = small.release.rules
    owners = np.concatenate([np.repeat(np.arange(len(rules)), EXAMPLES), np.full(CALM, HARMLESS)])
    taught = Taught(rules, tuple(map(str, range(len(owners)))), owners)
    vectors = drawn(owners, seed=1)
    return World(taught, vectors, drawn(owners, seed=2), learnt(taught, vectors))


def test_the_same_text_is_what_staff_said_it_is(world: World) -> None:
    example, calm = world.vectors[EXAMPLES], world.vectors[-1]

    assert world.weigh([example]).found == (Likeness(1, "exemplar", 1.0),)
    assert world.weigh([calm]).found == (None,)
    assert world.weigh([calm]).levels == {}
    assert world.weigh([example, calm]).found == (None, None)  # the whole message, word for word harmless
    assert world.weigh([example, calm], has_whole=False).found == (Likeness(1, "exemplar", 1.0), None)


def test_most_of_what_is_meant_is_found_though_never_taught(world: World) -> None:
    found = [world.weigh([vector]).found[0] for vector in world.unseen[:-CALM]]
    owners = world.taught.owners[:-CALM].tolist()

    right = [each is not None and each.rule == owner for each, owner in zip(found, owners, strict=True)]
    assert np.mean(right) > 0.5
    assert all(each is None or (each.layer == "meaning" and 0 < each.score <= 1) for each in found)


def test_harmless_texts_raise_an_alarm_about_as_often_as_is_accepted(world: World) -> None:
    weighed = [world.weigh([vector]) for vector in world.unseen[-CALM:]]
    accepted = sum(ACCEPTED_FALSE_ALARMS.values())

    assert 0 < np.mean([each.found[0] is not None for each in weighed]) < 2 * accepted
    reached = sum(each.levels[level] >= start for each in weighed for level, start in world.meaning.starts.items())
    assert accepted / 1.4 < reached / CALM < 2 * accepted


def test_the_odds_of_graver_ones_are_part_of_those_of_at_least_as_grave(world: World) -> None:
    weighed = world.weigh([world.unseen[0], world.unseen[-1]], has_whole=False)

    assert list(weighed.levels) == sorted(Level)
    assert weighed.at_least[Level.EMERGENCY].max() == pytest.approx(weighed.levels[Level.EMERGENCY])
    in_order = np.stack([weighed.at_least[level] for level in sorted(Level)])
    assert in_order.shape == (len(Level), 2)
    assert (np.diff(in_order, axis=0) <= 0).all()


def test_a_sentence_alarms_from_higher_odds_where_the_whole_message_does_not_bear_it_out(world: World) -> None:
    starts = world.meaning.starts
    harmless = next(each for each in world.unseen[-CALM:] if max(world.weigh([each]).levels.values()) < 0)
    alone = [world.weigh([vector]) for vector in world.unseen[:EXAMPLES]]
    level = world.taught.rules[0].level
    weak = [
        place
        for place, each in enumerate(alone)
        if each.found[0] is not None and each.found[0].rule == 0
        and each.levels[level] < starts[level] + OUT_OF_PLACE
        and max(each.levels, key=each.levels.__getitem__) == level
    ]  # fmt: skip
    strong = [place for place, each in enumerate(alone) if each.levels[level] > starts[level] + 2 * OUT_OF_PLACE]

    assert weak
    assert strong
    assert all(world.weigh([world.unseen[place], harmless]).found[0] is None for place in weak)
    assert all(world.weigh([world.unseen[place], harmless]).found[0] is not None for place in strong)


def test_of_many_sentences_without_a_whole_one_must_be_clearer_to_alarm(world: World) -> None:
    level, start = world.taught.rules[0].level, world.meaning.starts[world.taught.rules[0].level]
    harmless = next(each for each in world.unseen[-CALM:] if max(world.weigh([each]).levels.values()) < 0)
    others = drawn(np.zeros(20 * EXAMPLES, dtype=np.int64), seed=3)
    found = [(world.weigh([vector]), world.weigh([vector, harmless], has_whole=False)) for vector in others]
    raised = [
        (alone.levels[level] - start, among.found[0])
        for alone, among in found
        if alone.found[0] is not None
        and alone.found[0].rule == 0
        and max(alone.levels, key=alone.levels.__getitem__) == level
    ]

    assert any(odds < AMONG_MANY for odds, _ in raised)
    assert any(odds > AMONG_MANY for odds, _ in raised)
    assert all((among is not None) == (odds >= AMONG_MANY) for odds, among in raised)


def test_where_a_level_begins_is_set_on_texts_that_the_encoder_has_not_met(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text that it was tuned with is told apart too well: here the harmless ones lie far from all alarm."""
    monkeypatch.setattr("bot.safety.taught.FEWEST_NEW", 10)
    is_new = np.arange(len(world.vectors)) % 2 == 0
    vectors = world.vectors.copy()
    tuned = ~is_new & (world.taught.owners == HARMLESS)
    vectors[tuned, : len(world.taught.rules)] = -0.2
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)

    all_counted, new_counted = learnt(world.taught, vectors), learnt(world.taught, vectors, is_new)

    def false_alarms(meaning: Meaning) -> int:
        asked = replace(world, meaning=meaning)
        return sum(asked.weigh([each]).found[0] is not None for each in world.unseen[-CALM:])

    assert false_alarms(new_counted) < false_alarms(all_counted)


def test_too_few_new_texts_are_not_relied_on(world: World) -> None:
    few = np.arange(len(world.vectors)) % 100 == 0

    assert learnt(world.taught, world.vectors, few).starts == world.meaning.starts


def clearly_calm(world: World) -> np.ndarray:
    """The vector of a text that no level is likely for."""
    return next(
        each for each in world.unseen[-CALM:] if max(odds[0] for odds in world.weigh([each]).at_least.values()) < -3
    )


def test_who_was_taught_little_doubts_no_words(world: World) -> None:
    calm = clearly_calm(world)
    few = np.flatnonzero(np.arange(len(world.vectors)) % 2 == 0)
    by_words = np.zeros((len(few), len(world.taught.rules) + 1), dtype=np.float32)
    less = learnt(world.taught.at(few), world.vectors[few])

    assert world.weigh([calm]).speaks_against(Level.EMERGENCY, [0])
    assert not less.weigh([less.meant(calm)], by_words[:1], True).speaks_against(Level.EMERGENCY, [0])


def test_words_are_doubted_where_they_stand(world: World) -> None:
    level = world.taught.rules[0].level
    weighed = world.weigh([world.unseen[0], clearly_calm(world)], has_whole=False)

    assert weighed.speaks_against(level, [1])
    assert not weighed.speaks_against(level, [0])
    assert not weighed.speaks_against(level, [0, 1])


def test_words_in_no_stretch_are_taken_as_they_are(world: World) -> None:
    assert not world.weigh([clearly_calm(world)]).speaks_against(Level.EMERGENCY, [])


def test_what_was_learnt_and_kept_says_the_same(world: World) -> None:
    kept = Meaning(world.taught.rules, world.meaning.arrays)
    meant = [kept.meant(world.unseen[0])]

    weighed = kept.weigh(meant, np.zeros((1, len(world.taught.rules) + 1), dtype=np.float32), True)

    assert weighed == world.weigh([world.unseen[0]])
    assert kept.starts == world.meaning.starts
