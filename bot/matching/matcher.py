"""The matcher: a question's words in, entries ranked by an honest confidence out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal, Protocol

import numpy as np

from bot.language.encoder import Encodes, Floats
from bot.language.words import Word
from bot.matching.calibration import MOST_CHOICES, Calibration, standing_of, together_of
from bot.matching.engines import NO_CANDIDATE, Found, engine_of
from bot.matching.index import Index

MOST_CANDIDATES = 5
MOST_REMEMBERED = 4_000  # questions whose ranking is kept in memory
Path = Literal["words", "both", "nothing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An entry that may be meant: `confidence` is the calibrated probability that it is the right one.

    `signals` are what each kind of evidence adds to the score: words, meaning, nearest, centroid,
    fuzzy; and the score.
    """

    entry_id: str
    confidence: float
    phrasing: str
    signals: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Candidates, best first. `among` is the probability that the right one is among the first three.

    `threshold` and `clarify_from` are what confidence and `among` must reach to answer or to offer choices. `path`
    tells what decided: words alone, words and meaning, or that nothing was alike. `unanswered` is the wording that
    stands in the way when the question is most like one that is known, but not answered.
    """

    candidates: tuple[Candidate, ...]
    threshold: float
    among: float = 0.0
    clarify_from: float = 1.0
    corrected: Mapping[str, str] = field(default_factory=dict)
    path: Path = "nothing"
    unanswered: str | None = None

    @property
    def top(self) -> Candidate | None:
        """The best candidate, if there is any."""
        return self.candidates[0] if self.candidates else None

    @property
    def is_sure(self) -> bool:
        """Whether the best candidate may be answered."""
        return self.top is not None and self.top.confidence >= self.threshold


NOTHING = Ranking(candidates=(), threshold=1.0)  # what is ranked when nothing may be answered


class Reads(Protocol):
    """How the words of a question are read: as `Vocabulary` reads English."""

    def knows(self, word: str) -> bool:
        """Whether a word means anything here."""

    def terms(self, words: Sequence[Word]) -> tuple[str, ...]:
        """The stems to match by."""

    def plain(self, words: Sequence[Word]) -> str:
        """The words in one line."""


class Matcher:
    """Ranks a release's entries for a question. Immutable; safe to share between threads.

    An index with vectors needs the encoder that made them.
    """

    def __init__(self, index: Index, vocabulary: Reads, encoder: Encodes | None) -> None:
        self._index = index
        self._ids = index.entry_ids
        self._space = index.space
        self._engine = engine_of(index)
        self._vocabulary = vocabulary
        self._encoder = encoder if index.has_vectors else None
        made = index.meta["calibrations"]
        self._calibrations = {kind: Calibration.of_dict(made[kind]) for kind in ("words", "both") if kind in made}
        self._words_alone_from: float = made["words_alone_from"]
        self._ranked = lru_cache(maxsize=MOST_REMEMBERED)(self._rank)

    @property
    def calibration(self) -> Calibration:
        """How scores of the full evidence become confidence in this release."""
        return self._calibrations["words" if self._encoder is None else "both"]

    @property
    def by_meaning(self) -> bool:
        """Whether the sentence encoder has its say, or words alone."""
        return self._encoder is not None

    def some_vectors(self, at_most: int) -> Floats | None:
        """Sentence vectors of wordings from all over the release, shape (about `at_most`, size); None where words alone
        decide.
        """
        if self._encoder is None:
            return None
        arrays = self._index.arrays
        step = max(1, len(arrays["vectors"]) // at_most)
        vectors = np.asarray(arrays["vectors"][::step], dtype=np.float32)
        return vectors if self._index.is_exact else vectors * arrays["vector_scales"][::step, np.newaxis]

    def vector(self, words: Sequence[Word]) -> Floats | None:
        """The sentence vector of `words`, or None without an encoder or without words."""
        plain = self._vocabulary.plain(words)
        return self._encoder.encode(plain) if self._encoder is not None and plain else None

    def rank(self, words: Sequence[Word], *, in_full: bool = False) -> Ranking:
        """The entries that `words` may ask for; with `in_full` the encoder is asked in any case."""
        corrected = {word.typed: word.text for word in words if word.typed != word.text and word.is_word}
        known = any(self._vocabulary.knows(word.text) for word in words if word.is_word)
        ranking = self._ranked(self._vocabulary.plain(words), self._vocabulary.terms(words), known, in_full)
        return replace(ranking, corrected=corrected) if corrected else ranking

    def _rank(self, plain: str, terms: tuple[str, ...], known: bool, in_full: bool) -> Ranking:
        grams = self._space.vector(terms)
        if self._encoder is None:
            return self._ranking(self._engine.find(grams, None, plain), "words")
        if not in_full and self._words_alone_from <= 1:
            quick = self._ranking(self._engine.find(grams, None, plain), "words")
            if quick.top and quick.top.confidence >= self._words_alone_from:
                return quick
        if not plain or not (known or len(grams.places)):  # a vector of gibberish would mean nothing
            return self._ranking(None, "nothing")
        return self._ranking(self._engine.find(grams, self._encoder.encode(plain), plain), "both")

    def _ranking(self, found: Found | None, path: Path) -> Ranking:
        calibration = self._calibrations.get(path) or self.calibration
        if found is None:
            return Ranking(candidates=(), threshold=calibration.answer_from)
        scores = found.evidence.score
        standing = standing_of(scores if self._index.is_exact else np.append(scores, NO_CANDIDATE))
        order = np.argsort(-scores, kind="stable")
        best = [int(row) for row in order[: MOST_CANDIDATES + 1] if found.entries[row] < len(self._ids)]
        best = best[:MOST_CANDIDATES]
        if not best:
            return Ranking(candidates=(), threshold=calibration.answer_from, path=path)
        confidence = calibration.right.probability(standing[best])
        first = int(order[0])
        together = float(calibration.among.probability(together_of(scores[best[:MOST_CHOICES]])))
        return Ranking(
            candidates=tuple(
                self._candidate(row, float(sure), found) for row, sure in zip(best, confidence, strict=True)
            ),
            threshold=calibration.answer_from,
            among=max(together, float(confidence[0])),  # no less than that the first is the right one
            clarify_from=calibration.clarify_from,
            path=path,
            unanswered=self._index.text(int(found.places[first])) if first != best[0] else None,
        )

    def _candidate(self, row: int, confidence: float, found: Found) -> Candidate:
        evidence = found.evidence
        return Candidate(
            entry_id=self._ids[found.entries[row]],
            confidence=confidence,
            phrasing=self._index.text(int(found.places[row])),
            signals={
                "words": float(evidence.words[row]),
                "meaning": float(evidence.meaning[row]),
                "nearest": float(evidence.nearest[row]),
                "centroid": float(evidence.centroid[row]),
                "fuzzy": float(evidence.fuzzy[row]),
                "score": float(evidence.score[row]),
            },
        )
