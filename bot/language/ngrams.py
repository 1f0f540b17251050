"""How alike two texts are: sparse vectors of word and character n-grams, shared by safety and matching."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

UNSEEN_SAY = 0.6  # how much an n-gram that no text holds takes from the likeness; measured on validation sets


@dataclass(frozen=True, slots=True)
class SparseVector:
    """A text's n-grams: `places` in the space, and their `weights`; both of shape (k,)."""

    places: Ints
    weights: Floats


class NgramSpace:
    """TF-IDF of n-grams with logarithmic counts, words and characters each of equal say.

    Built from the texts of a release. N-grams that it never saw find nothing, but make the rest of the
    vector shorter: a question about something else is like nothing here. A text is its stems; the
    character n-grams are those inside each stem, with its edges marked, so that spelling variants meet.
    """

    def __init__(
        self,
        texts: Sequence[Sequence[str]],
        word_orders: tuple[int, ...] = (1, 2),
        character_orders: tuple[int, ...] = (3, 4, 5),
    ) -> None:
        self._word_orders = word_orders
        self._character_orders = character_orders
        counted = [self._grams(text) for text in texts]
        seen: Counter[str] = Counter()
        for words, characters in counted:
            seen.update(words.keys())
            seen.update(characters.keys())
        self._places = {gram: place for place, gram in enumerate(sorted(seen))}
        total = len(texts)
        self._idf = np.array([np.log((1 + total) / (1 + seen[gram])) + 1 for gram in self._places], dtype=np.float32)

        self._rarest = float(np.log(1 + total) + 1)

    @property
    def size(self) -> int:
        """The number of n-grams."""
        return len(self._places)

    def vector(self, text: Sequence[str]) -> SparseVector:
        """The text as a vector, of length 1 when all its n-grams are known; empty when none is."""
        places: list[Ints] = []
        weights: list[Floats] = []
        for grams in self._grams(text):
            known = [(self._places[gram], count) for gram, count in grams.items() if gram in self._places]
            if not known:
                continue
            where = np.fromiter((place for place, _ in known), dtype=np.int64, count=len(known))
            counts = np.fromiter((count for _, count in known), dtype=np.float32, count=len(known))
            values = (1 + np.log(counts)) * self._idf[where]
            unseen = len(grams) - len(known)
            length = np.sqrt(np.sum(values**2) + UNSEEN_SAY * unseen * self._rarest**2)
            places.append(where)
            weights.append((values / length * np.sqrt(0.5)).astype(np.float32))
        if not places:
            return SparseVector(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32))
        return SparseVector(np.concatenate(places), np.concatenate(weights))

    def matrix(self, texts: Iterable[Sequence[str]]) -> sparse.csr_array:
        """The texts' vectors as rows."""
        vectors = [self.vector(text) for text in texts]
        starts = np.cumsum([0] + [len(vector.places) for vector in vectors])
        places = np.concatenate([vector.places for vector in vectors])
        weights = np.concatenate([vector.weights for vector in vectors])
        return sparse.csr_array((weights, places, starts), shape=(len(vectors), self.size), dtype=np.float32)

    def _grams(self, text: Sequence[str]) -> tuple[Counter[str], Counter[str]]:
        words: Counter[str] = Counter()
        for order in self._word_orders:
            for start in range(len(text) - order + 1):
                words[" ".join(text[start : start + order])] += 1
        characters: Counter[str] = Counter()
        for stem in text:
            marked = f"<{stem}>"
            for order in self._character_orders:
                for start in range(max(1, len(marked) - order + 1)):
                    characters["#" + marked[start : start + order]] += 1
        return words, characters
