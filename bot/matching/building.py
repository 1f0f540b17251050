"""From a release's wordings to an index with its calibration: once a release, always the same for the same content."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from bot.language.ngrams import NgramSpace
from bot.language.vectors import EncodeAll
from bot.matching.calibration import (
    OUT_OF_SCOPE_SHARE,
    Trials,
    as_sure_from,
    calibrate,
    evenly,
    in_scope_say,
)
from bot.matching.cells import part, shortened
from bot.matching.engines import NO_CANDIDATE, Local
from bot.matching.fusion import BY_MEANING, BY_WORDS, Floats, Grouping, Ints, Say, fuzzy_of
from bot.matching.index import Index, grams_as_arrays, texts_as_arrays
from bot.matching.learning import Fitted, Refused, fit

Doubles = NDArray[np.float64]
Mask = NDArray[np.bool_]
Spread = Callable[[Callable[[int], Any], Sequence[int]], Iterable[Any]]

MOST_EXACT = 6_000  # above this many wordings the cubic cost of the fit is not worth its gain
MOST_TRIED = 1_000  # wordings of a large release that are left out in turn to calibrate on
FEWEST_NEW = 100  # wordings that the encoder was not tuned with, for the others to be left out of the calibration
REAL_SAY = 2.0  # what a patient's confirmed wording counts in the calibration, against one that staff made up


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One wording: as written, as plain words for the encoder, as folded stems, and its entry's place.

    `refused` is the place of an entry that staff said is not meant; `say` what it counts in the calibration; `is_new`
    tells that the encoder was not tuned with it, so that it fares as a patient's question would.
    """

    text: str
    plain: str
    terms: tuple[str, ...]
    entry: int
    refused: int | None = None
    say: float = 1.0
    is_new: bool = True


def build_index(
    entry_ids: Sequence[str],
    wordings: Sequence[Wording],
    encode_all: EncodeAll | None,
    accepted_error: float,
    spread: Spread = map,
) -> Index:
    """The index of `wordings`; those whose entry is `len(entry_ids)` are known, but not answered.

    Without `encode_all` it knows n-grams alone. `spread` does what `map` does, perhaps in several processes.
    Cost: 0.2 s for 1,000 wordings with their vectors at hand.
    """
    ordered = sorted(wordings, key=lambda wording: wording.entry)
    owners = np.array([wording.entry for wording in ordered], dtype=np.int64)
    terms = [wording.terms for wording in ordered]
    space = NgramSpace.of(terms)
    rows = space.matrix(terms)
    arrays: dict[str, NDArray[Any]] = {
        "entry_of": owners,
        **texts_as_arrays("text", [wording.text for wording in ordered]),
        **texts_as_arrays("plain", [wording.plain for wording in ordered]),
        **grams_as_arrays(space, rows),
    }
    meta: dict[str, Any] = {"entry_ids": list(entry_ids), "total": space.total, "exact": len(ordered) <= MOST_EXACT}
    vectors = encode_all([wording.plain for wording in ordered]) if encode_all else None
    real, say = len(entry_ids), np.array([wording.say for wording in ordered], dtype=np.float64)
    is_new = np.array([wording.is_new for wording in ordered])
    if meta["exact"]:
        exact = _Exact(rows, vectors, ordered, owners)
        learn: _Exact | _Sampled = exact
        arrays |= exact.arrays
    else:
        if vectors is not None:
            cells = part(vectors)
            short, scales = shortened(vectors)
            arrays |= {"vectors": short, "vector_scales": scales, "cell_middles": cells.middles}
            arrays |= {"cell_members": cells.members, "cell_starts": cells.starts}
            first = np.searchsorted(owners, np.arange(int(owners.max()) + 1))
            arrays["entry_sums"] = np.add.reduceat(vectors, first, axis=0).astype(np.float16)
        learn = _Sampled(Index(meta, arrays), vectors, owners, spread, is_new)
    meta["calibrations"] = _calibrations(learn, owners, say, real, accepted_error, is_new)
    return Index(meta, arrays)


def _refused(ordered: Sequence[Wording]) -> Refused:
    pairs = [(place, wording.refused) for place, wording in enumerate(ordered) if wording.refused is not None]
    return Refused(np.array([place for place, _ in pairs], dtype=int), np.array([each for _, each in pairs], dtype=int))


class _Exact:
    """All wordings fitted; their left-out scores come in closed form."""

    def __init__(self, rows: Any, vectors: Floats | None, ordered: Sequence[Wording], owners: Ints) -> None:
        refused = _refused(ordered)
        self._plains = [wording.plain for wording in ordered]
        grouping = Grouping.of(owners, int(owners.max()) + 1)
        words = np.asarray((rows @ rows.T).toarray(), dtype=np.float32)
        self.tried = np.arange(len(owners))
        self._fitted: dict[str, Fitted] = {"words": fit(words, None, owners, grouping, BY_WORDS, refused)}
        self.arrays: dict[str, NDArray[Any]] = {}
        if vectors is not None:
            self.arrays["vectors"] = vectors
            self._fitted["both"] = fit(words, vectors @ vectors.T, owners, grouping, BY_MEANING, refused)
        self.kinds: tuple[str, ...] = tuple(self._fitted)
        for kind, fitted in self._fitted.items():
            self.arrays |= {f"alpha_{kind}": fitted.alpha, f"norms_{kind}": fitted.norms}

    def scores(self, kind: str) -> tuple[Floats, Floats]:
        """Scores of the tried wordings without themselves, and without their entry."""
        fitted, say = self._fitted[kind], BY_WORDS if kind == "words" else BY_MEANING
        left_out, without = fitted.left_out, fitted.without_entry
        return self._with_fuzzy(left_out, fitted.others, say), self._with_fuzzy(without, fitted.others, say)

    def _with_fuzzy(self, scores: Floats, others: Ints, say: Say) -> Floats:
        rows = zip(scores, others, self._plains, strict=True)
        added = [fuzzy_of(row, places, plain, self._plains.__getitem__, say) for row, places, plain in rows]
        return np.asarray(scores + np.stack(added), dtype=np.float32)


class _Sampled:
    """Some of a large release's wordings asked as questions, each as if it had not been written."""

    def __init__(self, index: Index, vectors: Floats | None, owners: Ints, spread: Spread, is_new: Mask) -> None:
        drawn = [crc32(index.plain(place).encode()) for place in range(len(owners))]  # one more wording moves few
        self.tried = np.sort(np.lexsort((np.array(drawn), ~is_new))[:MOST_TRIED])
        self._owners, self._vectors, self._spread = owners, vectors, spread
        self._index, self._engine = index, Local(index)
        self._entries = int(owners.max()) + 1
        self._first = np.searchsorted(owners, np.arange(self._entries + 1))
        # Words alone would take as long to find here as the encoder saves, so they are not asked first.
        self.kinds: tuple[str, ...] = ("words",) if vectors is None else ("both",)

    def scores(self, kind: str) -> tuple[Floats, Floats]:
        """See _Exact.scores; entries that were no candidates count as NO_CANDIDATE."""
        left_out = np.full((len(self.tried), self._entries), NO_CANDIDATE, dtype=np.float32)
        without = left_out.copy()
        with threadpool_limits(1, user_api="blas"):  # the sums of one wording are small
            asked = self._spread(self._ask, self.tried.tolist())
            for row, (place, found) in enumerate(zip(self.tried.tolist(), asked, strict=True)):
                for into, each in zip((left_out, without), found, strict=True):
                    if each is not None:
                        into[row, each[0]] = each[1]
                without[row, self._owners[place]] = -np.inf
        return left_out, without

    def _ask(self, place: int) -> list[tuple[Ints, Floats] | None]:
        """The entries and their scores, when the wording is hidden, and when all of its entry are."""
        entry = self._owners[place]
        hidden = [np.array([place]), np.arange(self._first[entry], self._first[entry + 1])]
        vector = self._vectors[place] if self._vectors is not None else None
        found = self._engine.find_without(self._index.row(place), vector, self._index.plain(place), hidden)
        return [(each.entries, each.evidence.score) if each else None for each in found]


def _calibrations(
    learn: _Exact | _Sampled, owners: Ints, say: Doubles, real: int, accepted_error: float, is_new: Mask
) -> dict[str, Any]:
    """A calibration for each kind of evidence, and from where words alone are as sure as both."""
    tried = owners[learn.tried]
    known, stray = tried < real, tried >= real
    new = is_new[learn.tried]
    if (known & new).sum() >= FEWEST_NEW:
        known &= new
    if (stray & new).sum() >= FEWEST_NEW:
        stray &= new
    strays = (OUT_OF_SCOPE_SHARE, 0.0) if not stray.any() else (OUT_OF_SCOPE_SHARE / 2, OUT_OF_SCOPE_SHARE / 2)
    if real == 1:
        strays = (0.0, OUT_OF_SCOPE_SHARE)
    trials: dict[str, Trials] = {}
    for kind in learn.kinds:
        left_out, without = learn.scores(kind)
        inside = Trials.of(left_out[known], tried[known], say[learn.tried][known], real)
        inside = replace(inside, say=in_scope_say(inside.say, inside.right, 1 - OUT_OF_SCOPE_SHARE))
        nothing = np.full(int(known.sum()), -1)
        missing = Trials.of(without[known], nothing, evenly(len(nothing), strays[0]), real)
        unanswered = Trials.of(
            left_out[stray], np.full(int(stray.sum()), -1), evenly(int(stray.sum()), strays[1]), real
        )
        trials[kind] = inside + missing + unanswered
    made: dict[str, Any] = {kind: calibrate(each, accepted_error) for kind, each in trials.items()}
    alone = 2.0
    if len(trials) > 1:
        cheap = made["words"].right.probability(trials["words"].standing)
        full = trials["both"]
        alone = as_sure_from(cheap, trials["words"].right, full.right, full.say)
    return {**{kind: each.to_dict() for kind, each in made.items()}, "words_alone_from": alone}
