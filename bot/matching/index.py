"""What is learnt from a release, as plain arrays: saved once beside the release, mapped into memory by every worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bot.errors import NotReady
from bot.language.arrays import Array, open_arrays, save_arrays
from bot.language.ngrams import NgramSpace, SparseVector

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

FORMAT = 9  # rises whenever the arrays change their meaning; an index of another format is built anew


@dataclass(frozen=True, slots=True)
class Index:
    """Arrays by name, and the few facts (`meta`) that are no arrays.

    Places are wordings, sorted by entry: `entry_of` (n,) gives each one's entry, and the entries beyond
    `entry_ids` (there is one or none) stands for "known, but not answered". Arrays from a file are read-only.
    """

    meta: Mapping[str, Any]
    arrays: Mapping[str, Array]

    @property
    def entry_ids(self) -> tuple[str, ...]:
        """The ids of the entries that can be answered."""
        return tuple(self.meta["entry_ids"])

    @property
    def is_exact(self) -> bool:
        """Whether every wording is compared; a large release finds candidates first."""
        return bool(self.meta["exact"])

    @property
    def has_vectors(self) -> bool:
        """Whether there are sentence vectors, or n-grams alone."""
        return "vectors" in self.arrays

    @property
    def space(self) -> NgramSpace:
        """The n-grams of the wordings."""
        return NgramSpace(self.arrays["hashes"], self.arrays["idf"], int(self.meta["total"]))

    @property
    def count(self) -> int:
        """The number of wordings."""
        return len(self.arrays["entry_of"])

    def text(self, place: int) -> str:
        """The wording at `place`, as written."""
        return self._text("text", place)

    def plain(self, place: int) -> str:
        """The wording at `place` as plain words (see `Vocabulary.plain`)."""
        return self._text("plain", place)

    def _text(self, name: str, place: int) -> str:
        ends = self.arrays[f"{name}_ends"]
        begin = int(ends[place - 1]) if place else 0
        return bytes(self.arrays[f"{name}s"][begin : int(ends[place])]).decode()

    def row(self, place: int) -> SparseVector:
        """The n-gram vector of the wording at `place`."""
        its = slice(int(self.arrays["row_starts"][place]), int(self.arrays["row_starts"][place + 1]))
        return SparseVector(self.arrays["row_places"][its].astype(np.int64), self.arrays["row_weights"][its])

    def likenesses(self, places: Ints, vector: SparseVector) -> tuple[Floats, Floats]:
        """Cosine by n-grams of the k wordings at `places` with each other, shape (k, k), and with `vector`, (k,).

        Only the n-grams that two of them share are multiplied; that is a small part of all, and a dense one.
        """
        count, starts = len(places), self.arrays["row_starts"]
        begins, ends = starts[places], starts[places + 1]
        grams, values = _stretches(begins, ends, self.arrays["row_places"], self.arrays["row_weights"])
        owners = np.repeat(np.arange(count), ends - begins)
        size = len(self.arrays["hashes"])
        asked = np.zeros(size, dtype=np.float32)
        asked[vector.places] = vector.weights
        words = np.bincount(owners, weights=asked[grams] * values, minlength=count).astype(np.float32)
        is_shared = np.bincount(grams, minlength=size) > 1
        column = np.cumsum(is_shared) - 1
        shared = is_shared[grams]
        dense = np.zeros((int(is_shared.sum()), count), dtype=np.float32)
        dense[column[grams[shared]], owners[shared]] = values[shared]
        kernel = dense.T @ dense
        alone = ~shared
        kernel.flat[:: count + 1] += np.bincount(owners[alone], weights=values[alone] ** 2, minlength=count)
        return kernel, words

    def likeness(self, vector: SparseVector, grams: Ints | None = None) -> Floats:
        """Cosine by n-grams with every wording, shape (n,); with `grams`, by those of the vector's n-grams alone."""
        chosen = slice(None) if grams is None else grams
        places, weights = vector.places[chosen], vector.weights[chosen]
        starts = self.arrays["gram_starts"]
        begin, end = starts[places], starts[places + 1]
        if not (end > begin).any():
            return np.zeros(self.count, dtype=np.float32)
        wordings, values = _stretches(begin, end, self.arrays["gram_wordings"], self.arrays["gram_weights"])
        values *= np.repeat(weights, end - begin)
        return np.bincount(wordings, weights=values, minlength=self.count).astype(np.float32)

    def save(self, folder: Path) -> None:
        """Write to `folder`, which appears whole or not at all."""
        save_arrays(folder, self.arrays, {**self.meta, "format": FORMAT})

    @classmethod
    def open(cls, folder: Path) -> Index:
        """Map the arrays of `folder` into memory. Raises NotReady when they are of another format or damaged."""
        arrays, meta = open_arrays(folder)
        if meta.get("format") != FORMAT:
            raise NotReady(f"index {folder.name} has format {meta.get('format')}, not {FORMAT}")
        return cls(meta, arrays)


def _stretches(begins: Ints, ends: Ints, *arrays: Array) -> list[Array]:
    """Of each array what stands from each begin up to its end, in one array: copied piece by piece, not by number."""
    pieces = [slice(begin, end) for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]
    return [np.concatenate([array[:0], *[array[piece] for piece in pieces]]) for array in arrays]


def texts_as_arrays(name: str, texts: list[str]) -> dict[str, Array]:
    """Texts as bytes (`<name>s`), and the place where each ends (`<name>_ends`)."""
    encoded = [text.encode() for text in texts]
    ends = np.cumsum([len(each) for each in encoded], dtype=np.int64)
    return {f"{name}s": np.frombuffer(b"".join(encoded), dtype=np.uint8), f"{name}_ends": ends}


def grams_as_arrays(space: NgramSpace, rows: sparse.csr_array) -> dict[str, Array]:
    """The n-gram vectors by wording and by n-gram."""
    columns = rows.tocsc()
    return {
        "hashes": space.hashes,
        "idf": space.idf,
        "row_weights": rows.data,
        "row_places": rows.indices.astype(np.int32),
        "row_starts": rows.indptr.astype(np.int32),
        "gram_weights": columns.data,
        "gram_wordings": columns.indices.astype(np.int32),
        "gram_starts": columns.indptr.astype(np.int64),
    }
