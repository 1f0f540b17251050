"""The nearest of many vectors, group by group: exactly, while most of their numbers are never read.

The vectors are turned so that the first few numbers hold most of what tells them apart. What the others can add is
no more than the product of their lengths (Cauchy and Schwarz), so that few vectors are left to be compared in full.
Source: principal axes after Pearson, 1901.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from bot.language.arrays import Arrays
from bot.safety.taught import Floats, Ints

HEAD = 128  # numbers read of every vector; with 128 of 384 about one vector in a hundred is read in full
ROUNDING = np.float32(1e-5)  # by which sums of the same numbers may differ


@dataclass(frozen=True, slots=True)
class Near:
    """The cosine with the nearest vector of every group, (groups,); and cosine and place of the nearest of all."""

    by_group: Floats
    cosine: float
    place: int


@dataclass(frozen=True, slots=True)
class Nearest:
    """Vectors of length 1 in groups; group `g` begins at `starts[g]`, and each has one vector at least.

    `axes` (size, size) turns a vector; `heads` (n, HEAD) and `tails` (n, size - HEAD) are the turned ones in two parts.
    """

    axes: Floats
    heads: Floats
    tails: Floats
    lengths: Floats
    starts: Ints

    @classmethod
    def of(cls, vectors: Floats, starts: Ints) -> Nearest:
        """From `vectors` (n, size) sorted by group."""
        axes = np.linalg.eigh((vectors.T @ vectors).astype(np.float64))[1][:, ::-1].astype(np.float32)
        turned = vectors @ axes
        heads, tails = np.ascontiguousarray(turned[:, :HEAD]), np.ascontiguousarray(turned[:, HEAD:])
        return cls(np.ascontiguousarray(axes.T), heads, tails, np.linalg.norm(tails, axis=1), starts)

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Nearest:
        """From what `arrays` gave. Raises KeyError when one is missing."""
        return cls(*(arrays[f"nearest_{name}"] for name in ("axes", "heads", "tails", "lengths", "starts")))

    @property
    def arrays(self) -> Arrays:
        """All of it, to be kept."""
        return {f"nearest_{name}": getattr(self, name) for name in ("axes", "heads", "tails", "lengths", "starts")}

    def find(self, vector: Floats) -> Near:
        """The nearest to a vector of shape (size,)."""
        turned = self.axes @ vector
        head, tail = turned[:HEAD], turned[HEAD:]
        known = self.heads @ head
        at_most = known + self.lengths * np.linalg.norm(tail)
        bounds = [*self.starts.tolist(), len(known)]
        likely = np.array([first + int(known[first:end].argmax()) for first, end in pairwise(bounds)])
        at_least = known[likely] + self.tails[likely] @ tail - ROUNDING
        left = np.flatnonzero(at_most >= np.repeat(at_least, np.diff(bounds)))
        cosines = known[left] + self.tails[left] @ tail
        by_group = np.maximum.reduceat(cosines, np.searchsorted(left, self.starts))
        best = int(cosines.argmax())
        return Near(by_group, float(cosines[best]), int(left[best]))
