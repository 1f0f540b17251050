"""How alike two texts are: sparse vectors of word and character n-grams, shared by safety and matching.

An n-gram is known by its CRC-32, so that a space is two plain arrays that can be mapped from a file; among
300,000 n-grams about ten pairs share a number, which changes nothing that can be measured.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Hashes = NDArray[np.uint32]

UNSEEN_SAY = 0.6  # how much an n-gram that no text holds takes from the likeness; measured on validation sets
HALF = np.float32(np.sqrt(0.5))


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
        grams = [
            np.concatenate([hashes for hashes, _ in _counted(text, word_orders, character_orders)]) for text in texts
        ]
        hashes, seen = np.unique(np.concatenate([np.empty(0, dtype=np.uint32), *grams]), return_counts=True)
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
            length = np.sqrt(np.sum(values**2) + UNSEEN_SAY * unseen * rarest**2)
            places.append(where)
            weights.append((values / length * HALF).astype(np.float32))
        if not places:
            return SparseVector(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32))
        return SparseVector(np.concatenate(places), np.concatenate(weights))

    def matrix(self, texts: Iterable[Sequence[str]]) -> sparse.csr_array:
        """The texts' vectors as rows."""
        vectors = [self.vector(text) for text in texts]
        starts = np.cumsum([0] + [len(vector.places) for vector in vectors])
        places = np.concatenate([np.empty(0, dtype=np.int64), *(vector.places for vector in vectors)])
        weights = np.concatenate([np.empty(0, dtype=np.float32), *(vector.weights for vector in vectors)])
        rows = sparse.csr_array((weights, places, starts), shape=(len(vectors), self.size), dtype=np.float32)
        rows.sort_indices()
        return rows


def _counted(
    text: Sequence[str], word_orders: tuple[int, ...], character_orders: tuple[int, ...]
) -> tuple[tuple[Hashes, Floats], tuple[Hashes, Floats]]:
    """Hashes and counts of a text's word n-grams, and of its character n-grams."""
    words = [
        crc32(" ".join(text[start : start + order]).encode())
        for order in word_orders
        for start in range(len(text) - order + 1)
    ]
    characters = [gram for stem in text for gram in _character_hashes(stem, character_orders)]
    return _uniques(words), _uniques(characters)


def _uniques(hashes: list[int]) -> tuple[Hashes, Floats]:
    counts: dict[int, int] = {}
    for each in hashes:
        counts[each] = counts.get(each, 0) + 1
    return (
        np.fromiter(counts.keys(), dtype=np.uint32, count=len(counts)),
        np.fromiter(counts.values(), dtype=np.float32, count=len(counts)),
    )


@lru_cache(maxsize=100_000)
def _character_hashes(stem: str, orders: tuple[int, ...]) -> tuple[int, ...]:
    marked = f"<{stem}>"
    return tuple(
        crc32(f"#{marked[start : start + order]}".encode())
        for order in orders
        for start in range(max(1, len(marked) - order + 1))
    )
