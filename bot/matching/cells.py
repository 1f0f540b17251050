"""Sentence vectors parted into cells, so that a question is compared with the nearest cells only.

Source: Jégou, Douze and Schmid, "Product quantization for nearest neighbor search", 2011 (the inverted file);
the vectors are kept whole but in 8 bits. With 4 * sqrt(n) cells and a fixed number visited, a search costs
about sqrt(n).
"""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

VISITED = 32
ROUNDS = 6
MOST_TRAINED = 40  # vectors a cell that place the cells; more moves them little


@dataclass(frozen=True, slots=True)
class Cells:
    """`middles` (cells, size); cell `c` holds the places `members[starts[c]:starts[c + 1]]`."""

    middles: Floats
    members: Ints
    starts: Ints

    def visited(self, vector: Floats) -> Ints:
        """The places in the cells nearest to `vector`."""
        near = self.middles @ vector
        count = min(VISITED, len(near))
        chosen = np.argpartition(-near, count - 1)[:count]
        return np.concatenate([self.members[self.starts[cell] : self.starts[cell + 1]] for cell in chosen])


def part(vectors: Floats) -> Cells:
    """Part vectors of length 1, shape (n, size), by spherical k-means. The same vectors give the same cells.

    Which vectors place the cells is drawn by what they hold, so that one more vector moves few of them: else one more
    wording would change the answers to questions that have nothing to do with it.
    """
    count = max(1, min(len(vectors), int(4 * np.sqrt(len(vectors)))))
    drawn = np.argsort([crc32(vector.tobytes()) for vector in vectors], kind="stable")
    sample = vectors[np.sort(drawn[: MOST_TRAINED * count])]
    middles = vectors[drawn[:count]].copy()
    for _ in range(ROUNDS):
        owners = _nearest(sample, middles)
        sums = np.zeros_like(middles)
        np.add.at(sums, owners, sample)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        middles = np.where(lengths > 1e-6, sums / np.maximum(lengths, 1e-6), middles).astype(np.float32)
    owners = _nearest(vectors, middles)
    members = np.argsort(owners, kind="stable")
    starts = np.searchsorted(owners[members], np.arange(count + 1))
    return Cells(middles, members.astype(np.int64), starts.astype(np.int64))


def shortened(vectors: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Vectors in 8 bits, and the scale of each, shape (n,)."""
    scale = np.maximum(np.abs(vectors).max(axis=1), 1e-9) / 127
    return np.round(vectors / scale[:, None]).astype(np.int8), scale.astype(np.float32)


def _nearest(vectors: Floats, middles: Floats) -> Ints:
    found = [np.argmax(vectors[at : at + 8192] @ middles.T, axis=1) for at in range(0, len(vectors), 8192)]
    return np.concatenate(found)
