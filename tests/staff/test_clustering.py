"""Grouping: each question in one cluster, repeats together, the same groups whatever the order."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.bot import Bot
from bot.staff.clustering import Common, cluster, regrouped
from bot.staff.unanswered import common_of
from bot.store.open_questions import OpenQuestion, words_of

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
WORDS = ("dry", "lips", "wedding", "drink", "dog", "sun", "can", "i", "my", "gym", "Ärger", "??")


def asked(wording: str, count: int = 1, hours: int = 0, vector: list[float] | None = None) -> OpenQuestion:
    likeness = None if vector is None else np.array(vector, dtype=np.float16).tobytes()
    at = NOON - timedelta(hours=hours)
    return OpenQuestion(wording=wording, count=count, unhelpful=0, last_asked_at=at, likeness=likeness)


vectors = st.one_of(st.none(), st.lists(st.sampled_from([-1.0, 0.0, 0.5, 1.0]), min_size=4, max_size=4))
questions = st.lists(
    st.builds(
        asked,
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join),
        st.integers(1, 5),
        st.integers(0, 3),
        vectors,
    ),
    max_size=25,
)


@given(questions)
@settings(deadline=None)
def test_every_question_is_in_exactly_one_cluster(found: list[OpenQuestion]) -> None:
    clusters = cluster(found)

    members = [words_of(member.wording) for each in clusters for member in each.members]
    assert sorted(members) == sorted({words_of(question.wording) for question in found})
    assert sum(each.count for each in clusters) == sum(question.count for question in found)


@given(questions, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_in_which_questions_come_does_not_matter(found: list[OpenQuestion], chance: random.Random) -> None:
    shuffled = chance.sample(found, len(found))

    assert cluster(shuffled) == cluster(found)


@given(st.lists(st.sampled_from(("Dry lips?", "dry  lips", "DRY LIPS!!", "dry, lips.")), min_size=1), vectors, vectors)
@settings(deadline=None)
def test_repeats_come_together_whatever_their_vectors(
    wordings: list[str], one: list[float] | None, other: list[float] | None
) -> None:
    found = [asked(text, vector=one if place % 2 else other) for place, text in enumerate(wordings)]

    (only,) = cluster([*found, asked("xyzzy")])[:1]

    assert [len(each.members) for each in cluster(found)] == [1]
    assert only.count == len(wordings)


def test_the_most_asked_wording_leads_and_the_most_asked_cluster_comes_first() -> None:
    found = [
        asked("can my dog lick the cream", 2),
        asked("can my dog lick my cream", 3),
        asked("parking", 4, hours=2),
        asked("bus stop", 4, hours=1),
    ]

    clusters = cluster(found)

    assert [(each.leading.wording, each.count) for each in clusters] == [
        ("can my dog lick my cream", 5),
        ("bus stop", 4),
        ("parking", 4),
    ]
    assert clusters[0].last_asked_at == NOON


@given(questions, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_what_is_left_stays_in_its_groups(found: list[OpenQuestion], chance: random.Random) -> None:
    whole = cluster(found)
    left = [each for group in whole for each in group.members if chance.random() < 0.5]

    again = regrouped(left, whole)

    assert again is not None
    kept = [frozenset(each for each in group.members if each in left) for group in whole]
    assert {frozenset(group.members) for group in again} == {group for group in kept if group}
    assert regrouped([*left, asked("something new")], whole) is None


def test_nothing_open_is_no_cluster() -> None:
    assert cluster([]) == ()


def test_what_all_vectors_share_tells_nothing_apart() -> None:
    rng = np.random.default_rng(0)
    shared = rng.normal(size=64)
    rows = (5 * shared + rng.normal(size=(200, 64))).astype(np.float32)

    parted = Common.of(rows).without(rows[:40])

    alike = parted @ parted.T
    assert np.allclose(np.linalg.norm(parted, axis=1), 1, atol=1e-5)
    assert abs(float(np.mean(alike[np.triu_indices(40, 1)]))) < 0.05


def test_paraphrases_meet_by_meaning(bot: Bot) -> None:
    texts = {
        "tattoo": ["can i get a tattoo on roaccutane", "is it ok to have tattoos done while taking this"],
        "cost": ["how much does the prescription cost", "what do i pay for the prescription"],
        "football": ["who won the football last night"],
    }
    found = []
    for text in (each for group in texts.values() for each in group):
        vector = bot.vector(text)
        assert vector is not None
        found.append(asked(text, vector=vector.tolist()))

    clusters = cluster(found, common_of(bot))

    assert {frozenset(member.wording for member in each.members) for each in clusters} == {
        frozenset(group) for group in texts.values()
    }
