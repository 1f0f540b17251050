"""How alike two texts are: sparse vectors of word and character n-grams, shared by safety and matching.

An n-gram is known by its CRC-32, so that a space is two plain arrays that can be mapped from a file; among
300,000 n-grams about ten pairs share a number, which changes nothing that can be measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bot.language.words import MOST_WORDS

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Hashes = NDArray[np.uint32]

UNSEEN_SAY = 0.6  # how much an n-gram that no text holds takes from the likeness; measured on validation sets
HALF = np.float32(np.sqrt(0.5))
_LOGARITHMIC = np.concatenate([[0], 1 + np.log(np.arange(1, 4096))]).astype(np.float32)  # of a count, 0 for none


@dataclass(frozen=True, slots=True)
class SparseVector:
    """A text's n-grams: `places` in the space, and their `weights`; both of shape (k,)."""

    places: Ints
    weights: Floats


@dataclass(frozen=True, slots=True)
class NgramSpace:
    """TF-IDF of n-grams with logarithmic counts, words and characters each of equal say.

    Built from the texts of a release. N-grams that it never saw find nothing, but make the rest of the
    vector shorter: a question about something else is like nothing here. A text is its stems; the
    character n-grams are those inside each stem, with its edges marked, so that spelling variants meet.
    `hashes` are sorted, `idf` says how rare each is among `total` texts; both of shape (size,).
    """

    hashes: Hashes
    idf: Floats
    total: int
    word_orders: tuple[int, ...] = (1, 2)
    character_orders: tuple[int, ...] = (3, 4, 5)

    @classmethod
    def of(
        cls,
        texts: Sequence[Sequence[str]],
        word_orders: tuple[int, ...] = (1, 2),
        character_orders: tuple[int, ...] = (3, 4, 5),
    ) -> NgramSpace:
        """The space of `texts`, each given as its stems."""
        grams = [each.hashes for each in _all_counted(texts, word_orders, character_orders)]
        hashes, seen = np.unique(np.concatenate(grams), return_counts=True)
        idf = (np.log((1 + len(texts)) / (1 + seen)) + 1).astype(np.float32)
        return cls(hashes, idf, len(texts), word_orders, character_orders)

    @property
    def size(self) -> int:
        """The number of n-grams."""
        return len(self.hashes)

    def vector(self, text: Sequence[str]) -> SparseVector:
        """The text as a vector, of length 1 when all its n-grams are known; empty when none is."""
        places: list[Ints] = []
        weights: list[Floats] = []
        rarest = np.log(1 + self.total) + 1
        for hashes, counts in _counted(text, self.word_orders, self.character_orders):
            where = np.searchsorted(self.hashes, hashes)
            known = np.zeros(len(hashes), dtype=bool)
            inside = where < len(self.hashes)
            known[inside] = self.hashes[where[inside]] == hashes[inside]
            if not known.any():
                continue
            where = where[known]
            values = (1 + np.log(counts[known])) * self.idf[where]
            unseen = len(hashes) - len(where)
            length = np.sqrt(np.sum(values**2, dtype=np.float64) + UNSEEN_SAY * unseen * rarest**2)
            places.append(where)
            weights.append((values / length * HALF).astype(np.float32))
        if not places:
            return SparseVector(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32))
        return SparseVector(np.concatenate(places), np.concatenate(weights))

    def places_of(self, hashes: Sequence[int]) -> Ints:
        """Where these n-grams stand; those that no text holds get numbers of their own from `size` up."""
        wanted = np.array(hashes, dtype=np.int64)
        where = np.minimum(np.searchsorted(self.hashes, wanted.astype(np.uint32)), max(0, self.size - 1))
        known = self.hashes[where] == wanted if self.size else np.zeros(len(wanted), dtype=bool)
        return np.where(known, where, self.size + wanted)

    def matrix(self, texts: Sequence[Sequence[str]]) -> sparse.csr_array:
        """The texts' vectors as rows, all at once: ten times as quick as one by one."""
        rarest = np.log(1 + self.total) + 1
        rows, places, weights = [], [], []
        for found in _all_counted(texts, self.word_orders, self.character_orders):
            where = np.minimum(np.searchsorted(self.hashes, found.hashes), max(0, self.size - 1))
            known = self.hashes[where] == found.hashes if self.size else np.zeros(len(where), dtype=bool)
            unseen = np.bincount(found.texts[~known], minlength=len(texts))
            where, row = where[known], found.texts[known]
            values = (1 + np.log(found.counts[known])) * self.idf[where]
            squares = np.bincount(row, weights=values**2, minlength=len(texts))
            lengths = np.sqrt(squares + UNSEEN_SAY * unseen * rarest**2)
            rows.append(row)
            places.append(where)
            weights.append((values / lengths[row] * HALF).astype(np.float32))
        found_places = (np.concatenate(rows), np.concatenate(places))
        shape = (len(texts), self.size)
        return sparse.csr_array(sparse.coo_array((np.concatenate(weights), found_places), shape=shape))


class SpanReader:
    """Reads many stretches of one text at once: each n-gram is looked up once, however many stretches hold it.

    What was looked up for a stem is remembered, for the most recent stems.
    """

    def __init__(self, space: NgramSpace) -> None:
        self._space = space
        self._places_of_stem = lru_cache(maxsize=MOST_WORDS)(self._look_up)

    def vectors(self, text: Sequence[str], spans: Sequence[tuple[int, int]]) -> tuple[Ints, Floats]:
        """The vectors of the stretches of stems from each first to last, both included.

        Places of shape (k,) and weights of shape (stretches, k); each row is what the space's `vector` gives.
        """
        space = self._space
        stems = [self._places_of_stem(stem) for stem in text]
        words = space.places_of(_word_hashes(text, space.word_orders))
        grams = np.concatenate([words, *stems])
        begins, ends = _reaches(len(text), space.word_orders, [len(each) for each in stems])
        firsts, lasts = np.array(spans, dtype=np.int64).reshape(-1, 2).T[:, :, np.newaxis]
        order = np.argsort(grams, kind="stable")
        grams = grams[order]
        fresh = np.flatnonzero(np.concatenate([[True], grams[1:] != grams[:-1]])) if len(grams) else np.arange(0)
        inside = (begins >= firsts) & (ends <= lasts)
        counts = np.add.reduceat(inside[:, order], fresh, axis=1, dtype=np.int64) if len(grams) else inside
        places = grams[fresh]
        known = places < space.size
        values = _LOGARITHMIC[counts] * space.idf[np.minimum(places, space.size - 1)]
        values[:, ~known] = (counts[:, ~known] > 0) * np.float32(np.sqrt(UNSEEN_SAY) * (np.log(1 + space.total) + 1))
        of_words = order[fresh] < len(words)
        squares = values**2
        own = squares @ np.stack([of_words, ~of_words], axis=1).astype(np.float32)
        lengths = np.sqrt(np.maximum(own, np.finfo(np.float32).tiny))
        weights = values / np.where(of_words, lengths[:, :1], lengths[:, 1:]) * HALF
        return places[known], weights[:, known].astype(np.float32)

    def _look_up(self, stem: str) -> Ints:
        return self._space.places_of(_character_hashes(stem, self._space.character_orders))


def _reaches(count: int, orders: tuple[int, ...], characters: Sequence[int]) -> tuple[Ints, Ints]:
    """The first and the last stem of every n-gram of a text of `count` stems: word n-grams, then characters'."""
    stems = np.arange(count)
    firsts = [stems[: max(0, count - order + 1)] for order in sorted(orders)]
    lasts = [stems[order - 1 :] for order in sorted(orders)]
    within = np.repeat(stems, characters)
    return np.concatenate([*firsts, within]), np.concatenate([*lasts, within])


def _counted(
    text: Sequence[str], word_orders: tuple[int, ...], character_orders: tuple[int, ...]
) -> tuple[tuple[Hashes, Floats], tuple[Hashes, Floats]]:
    """Hashes and counts of a text's word n-grams, and of its character n-grams."""
    words = _word_hashes(text, word_orders)
    characters = [gram for stem in text for gram in _character_hashes(stem, character_orders)]
    return _uniques(words), _uniques(characters)


@dataclass(frozen=True, slots=True)
class _Counts:
    """The n-grams of many texts: for each the number of its text, its hash, and how often it is there."""

    texts: Ints
    hashes: Hashes
    counts: Floats

    @classmethod
    def of(cls, texts: Ints, hashes: Ints) -> _Counts:
        keys, counts = np.unique(texts << 32 | hashes, return_counts=True)
        return cls(keys >> 32, (keys & 0xFFFFFFFF).astype(np.uint32), counts.astype(np.float32))


def _all_counted(
    texts: Sequence[Sequence[str]], word_orders: tuple[int, ...], character_orders: tuple[int, ...]
) -> tuple[_Counts, _Counts]:
    """The word n-grams of many texts, and their character n-grams."""
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    runs = np.sum([np.maximum(lengths - order + 1, 0) for order in word_orders], axis=0, dtype=np.int64)
    words = np.fromiter(chain.from_iterable(_word_hashes(text, word_orders) for text in texts), dtype=np.int64)
    of_words = _Counts.of(np.repeat(np.arange(len(texts)), runs), words)

    number = {stem: place for place, stem in enumerate(dict.fromkeys(chain.from_iterable(texts)))}
    grams = [_character_hashes(stem, character_orders) for stem in number]
    stems = np.fromiter((number[stem] for text in texts for stem in text), dtype=np.int64)
    sizes = np.array([len(each) for each in grams], dtype=np.int64)
    taken = sizes[stems] if len(grams) else stems
    offsets = np.arange(taken.sum()) - np.repeat(np.cumsum(taken) - taken, taken)
    starts = np.cumsum(sizes) - sizes
    places = np.repeat(starts[stems], taken) + offsets if len(grams) else offsets
    characters = np.fromiter(chain.from_iterable(grams), dtype=np.int64)[places]
    owners = np.repeat(np.repeat(np.arange(len(texts)), lengths), taken)
    return of_words, _Counts.of(owners, characters)


def _word_hashes(text: Sequence[str], orders: tuple[int, ...]) -> list[int]:
    """For each order in turn the hash of every run of so many stems: of the shorter run, gone on by one stem."""
    stems = [stem.encode() for stem in text]
    following = [b" " + stem for stem in stems]
    hashes: list[int] = []
    runs: list[int] = []
    for order in range(1, max(orders, default=0) + 1):
        runs = [crc32(stem) for stem in stems] if order == 1 else list(map(crc32, following[order - 1 :], runs))
        if order in orders:
            hashes += runs
    return hashes


def _uniques(hashes: list[int]) -> tuple[Hashes, Floats]:
    counts: dict[int, int] = {}
    for each in hashes:
        counts[each] = counts.get(each, 0) + 1
    return (
        np.fromiter(counts.keys(), dtype=np.uint32, count=len(counts)),
        np.fromiter(counts.values(), dtype=np.float32, count=len(counts)),
    )


@lru_cache(maxsize=MOST_WORDS)
def _character_hashes(stem: str, orders: tuple[int, ...]) -> tuple[int, ...]:
    marked = f"<{stem}>"
    return tuple(
        crc32(f"#{marked[start : start + order]}".encode())
        for order in orders
        for start in range(max(1, len(marked) - order + 1))
    )
