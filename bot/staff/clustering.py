"""Open questions grouped by likeness: what many people ask in their own words becomes one line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from bot.language.words import stem_of
from bot.store.open_questions import OpenQuestion, words_of

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

# Measured on 785 wordings of 85 entries, half of them written independently: at this distance 3 of 4 pairs that come
# together ask for the same entry. Without taking away the common directions it is 1 of 8 of as many.
APART_FROM = 0.65
MEANING_SAY = 0.8  # the rest is the say of the words
WORDS_ALONE_SAY = 0.7  # where a vector is missing half of the words must be shared
COMMON_AXES = 4
NO_LENGTH = 1e-9  # instead of zero, where something is divided by a length
_HALF = np.dtype(np.float16).itemsize


@dataclass(frozen=True, slots=True)
class Common:
    """What all sentence vectors of a release share: their `mean` and main `axes`, which tell questions apart no better
    than the word "the" does. Source: Mu and Viswanath, "All-but-the-top", ICLR 2018.
    """

    mean: Floats
    axes: Floats

    @classmethod
    def of(cls, vectors: Floats) -> Common:
        """What `vectors`, shape (n, size), share. About 50 ms for 1,500 of them."""
        rows = np.asarray(vectors, dtype=np.float32)
        mean = rows.mean(axis=0)
        _, axes = np.linalg.eigh((rows - mean).T @ (rows - mean))
        return cls(mean, np.ascontiguousarray(axes[:, -COMMON_AXES:], dtype=np.float32))

    def without(self, vectors: Floats) -> Floats:
        """The vectors without what is common, each of length 1."""
        rows = vectors - self.mean
        rows = rows - (rows @ self.axes) @ self.axes.T
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(rows / np.maximum(lengths, NO_LENGTH), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Cluster:
    """Questions that ask much the same; `members` most asked first, the first one leads."""

    members: tuple[OpenQuestion, ...]

    @property
    def leading(self) -> OpenQuestion:
        """The wording that was asked most often."""
        return self.members[0]

    @property
    def count(self) -> int:
        """How often it was asked in any of its wordings."""
        return sum(member.count for member in self.members)

    @property
    def unhelpful(self) -> int:
        """How often an answer to it did not help."""
        return sum(member.unhelpful for member in self.members)

    @property
    def last_asked_at(self) -> datetime:
        """When it was asked last."""
        return max(member.last_asked_at for member in self.members)


def cluster(questions: Iterable[OpenQuestion], common: Common | None = None) -> tuple[Cluster, ...]:
    """Every question in exactly one cluster, most asked first; the order of `questions` does not matter.

    Repeats of the same words come together whatever their vectors. Average linkage; 2,000 questions in about 0.2 s.
    """
    ones = _each_once(questions)
    numbers = _numbers(ones, common)
    return _arranged(ones, {words_of(each.wording): int(number) for each, number in zip(ones, numbers, strict=True)})


def regrouped(questions: Sequence[OpenQuestion], known: Sequence[Cluster]) -> tuple[Cluster, ...] | None:
    """The questions in the groups that they had before; None when one of them is new.

    Who works through the list takes questions away, and must not see the others change their places for that.
    """
    number_of = {words_of(each.wording): number for number, group in enumerate(known) for each in group.members}
    ones = _each_once(questions)
    return _arranged(ones, number_of) if all(words_of(each.wording) in number_of for each in ones) else None


def _arranged(questions: Sequence[OpenQuestion], number_of: Mapping[str, int]) -> tuple[Cluster, ...]:
    """The clusters by the number of each one's words, most asked first."""
    groups: dict[int, list[OpenQuestion]] = defaultdict(list)
    for question in questions:
        groups[number_of[words_of(question.wording)]].append(question)
    made = [Cluster(tuple(sorted(group, key=_by_count))) for group in groups.values()]
    return tuple(sorted(made, key=lambda each: (-each.count, -each.last_asked_at.timestamp(), each.leading.wording)))


def _each_once(questions: Iterable[OpenQuestion]) -> list[OpenQuestion]:
    """Repeats of the same words as one question, in an order that does not hang on that of `questions`."""
    same: dict[str, list[OpenQuestion]] = defaultdict(list)
    for question in questions:
        same[words_of(question.wording)].append(question)
    return [_merged(sorted(same[words], key=_by_count)) for words in sorted(same)]


def _merged(same: Sequence[OpenQuestion]) -> OpenQuestion:
    if len(same) == 1:
        return same[0]
    return replace(
        same[0],
        count=sum(each.count for each in same),
        unhelpful=sum(each.unhelpful for each in same),
        last_asked_at=max(each.last_asked_at for each in same),
        entry_id=next((each.entry_id for each in same if each.entry_id), None),
        likeness=next((each.likeness for each in same if each.likeness), None),
    )


def _by_count(question: OpenQuestion) -> tuple[Any, ...]:
    return (
        -question.count,
        -question.last_asked_at.timestamp(),
        question.wording,
        question.unhelpful,
        question.entry_id or "",
        question.likeness or b"",
    )


def _numbers(questions: Sequence[OpenQuestion], common: Common | None) -> Ints:
    """The number of each question's cluster.

    Only questions that a chain of near pairs connects can come together, so each such group is grouped alone.
    """
    if not questions:
        return np.empty(0, dtype=np.int64)
    alike = _alike(questions, common)
    ones, others = np.nonzero(alike >= 1 - APART_FROM)
    size = len(questions)
    near = sparse.coo_array((np.ones(len(ones), dtype=np.int8), (ones, others)), shape=(size, size))
    _, chains = connected_components(near, directed=False)
    numbers = np.zeros(len(questions), dtype=np.int64)
    order = np.argsort(chains, kind="stable")
    for members in np.split(order, np.flatnonzero(np.diff(chains[order])) + 1):
        numbers[members] = numbers.max() + 1
        if len(members) > 2:
            numbers[members] += _parted(1 - alike[np.ix_(members, members)])
    return numbers


def _parted(distances: Floats) -> Ints:
    """The numbers, from 0, of the clusters that average linkage makes; `distances` has the shape (n, n)."""
    np.fill_diagonal(distances, 0)
    hierarchy = scipy.cluster.hierarchy  # loaded when first named: it would cost every start a tenth of a second
    condensed = scipy.spatial.distance.squareform(np.maximum(distances, 0), checks=False)
    tree = hierarchy.linkage(condensed, "average")
    return np.asarray(hierarchy.fcluster(tree, APART_FROM, "distance"), dtype=np.int64) - 1


def _alike(questions: Sequence[OpenQuestion], common: Common | None) -> Floats:
    """How alike each two questions are, shape (n, n), at most 1."""
    alike = _shared_words(questions)
    places, vectors = _vectors(questions, common)
    if len(places) == len(questions):
        alike *= 1 - MEANING_SAY
        alike += MEANING_SAY * (vectors @ vectors.T)
        return alike
    both = np.ix_(places, places)
    by_both = MEANING_SAY * (vectors @ vectors.T) + (1 - MEANING_SAY) * alike[both]
    alike *= WORDS_ALONE_SAY
    alike[both] = by_both
    return alike


def _vectors(questions: Sequence[OpenQuestion], common: Common | None) -> tuple[Ints, Floats]:
    """The places of the questions that have a vector, and those vectors without what is common; shape (k,), (k, size).

    Vectors of another size are of an older encoder, and tell nothing beside new ones.
    """
    sizes = np.array([len(question.likeness or b"") // _HALF for question in questions])
    size = int(sizes.max()) if common is None else len(common.mean)
    places = np.flatnonzero((sizes == size) & (size > 0))
    raw = b"".join(questions[int(place)].likeness or b"" for place in places)
    vectors = np.frombuffer(raw, dtype=np.float16).astype(np.float32).reshape(len(places), size)
    return places, vectors if common is None else common.without(vectors)


def _shared_words(questions: Sequence[OpenQuestion]) -> Floats:
    """Cosines of the questions' stems, rare ones weighing more; shape (n, n)."""
    place_of: dict[str, int] = {}
    places: list[int] = []
    ends = [0]
    for question in questions:
        stems = sorted({stem_of(word) for word in words_of(question.wording).split()})
        places.extend(place_of.setdefault(stem, len(place_of)) for stem in stems)
        ends.append(len(places))
    seen = np.bincount(places, minlength=len(place_of))
    rarity = (np.log((1 + len(questions)) / (1 + seen)) + 1).astype(np.float32)
    shape = (len(questions), len(place_of))
    rows = sparse.csr_array((rarity[places], places, ends), shape=shape, dtype=np.float32)
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    scale = sparse.diags_array(1 / np.maximum(lengths, NO_LENGTH))
    unit = sparse.csr_array(scale @ rows)
    return np.asarray((unit @ unit.T).toarray(), dtype=np.float32)
