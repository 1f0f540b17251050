"""The matcher: a question's words in, entries ranked by an honest confidence out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bot.faq.entry import Entry
from bot.language.vocabulary import Vocabulary
from bot.language.words import Word
from bot.matching.calibration import ACCEPTED_ERROR, Calibration, calibrate, features_of
from bot.matching.index import Index, Wording
from bot.matching.signals import Evidence, evidence_for, left_out_scores, without_own_entry_scores

MOST_CANDIDATES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An entry that may be meant: `confidence` is the calibrated probability that it is the right one."""

    entry_id: str
    confidence: float
    phrasing: str
    signals: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Candidates, best first. `among` is the probability that the right one is among the first three.

    `threshold` and `clarify_from` are what confidence and `among` must reach to answer or to offer choices.
    """

    candidates: tuple[Candidate, ...]
    threshold: float
    among: float = 0.0
    clarify_from: float = 1.0
    corrected: Mapping[str, str] = field(default_factory=dict)

    @property
    def top(self) -> Candidate | None:
        """The best candidate, if there is any."""
        return self.candidates[0] if self.candidates else None

    @property
    def is_sure(self) -> bool:
        """Whether the best candidate may be answered."""
        return self.top is not None and self.top.confidence >= self.threshold


class Matcher:
    """Ranks a release's entries for a question. Built once a release, immutable."""

    def __init__(
        self,
        entries: Sequence[Entry],
        vocabulary: Vocabulary,
        background: Sequence[str] = (),
        accepted_error: float = ACCEPTED_ERROR,
    ) -> None:
        self._vocabulary = vocabulary
        wordings = [
            Wording(text, vocabulary.terms(vocabulary.read(text)), place)
            for place, entry in enumerate(entries)
            for text in entry.wordings
        ]
        self._index = Index([entry.id for entry in entries], wordings)
        self._calibration = self._calibrate(background, accepted_error)

    @property
    def calibration(self) -> Calibration:
        """How scores become confidence in this release."""
        return self._calibration

    def rank(self, words: Sequence[Word]) -> Ranking:
        """The entries that `words` may ask for."""
        corrected = {word.typed: word.text for word in words if word.typed != word.text and word.is_word}
        vector = self._index.space.vector(self._vocabulary.terms(words))
        if not len(vector.places):
            return Ranking(candidates=(), threshold=self._calibration.answer_from, corrected=corrected)
        evidence = evidence_for(self._index, vector)
        order = np.argsort(-evidence.score, kind="stable")[:MOST_CANDIDATES]
        rows = features_of(evidence.score)
        confidence = self._calibration.right.probability(rows[order])
        return Ranking(
            candidates=tuple(
                self._candidate(int(place), float(sure), evidence)
                for place, sure in zip(order, confidence, strict=True)
            ),
            threshold=self._calibration.answer_from,
            among=float(self._calibration.among.probability(rows[order[0]])),
            clarify_from=self._calibration.clarify_from,
            corrected=corrected,
        )

    def _candidate(self, place: int, confidence: float, evidence: Evidence) -> Candidate:
        return Candidate(
            entry_id=self._index.entry_ids[place],
            confidence=confidence,
            phrasing=self._index.wordings[evidence.nearest_wording[place]].text,
            signals={
                "learnt": float(evidence.learnt[place]),
                "nearest": float(evidence.nearest[place]),
                "centroid": float(evidence.centroid[place]),
                "score": float(evidence.score[place]),
            },
        )

    def _calibrate(self, background: Sequence[str], accepted_error: float) -> Calibration:
        in_scope = left_out_scores(self._index)
        owners = self._index.entry_of[self._index.fitted]
        strays: list[NDArray[np.float32]] = []
        if len(self._index.entry_ids) > 1:
            strays.append(without_own_entry_scores(self._index, in_scope))
        known = [self._scores_of(text) for text in background]
        if known:
            strays.append(np.stack(known))
        out_of_scope = np.concatenate(strays) if strays else np.zeros((1, 1), dtype=np.float32)
        return calibrate(in_scope, owners, out_of_scope, accepted_error)

    def _scores_of(self, text: str) -> NDArray[np.float32]:
        vector = self._index.space.vector(self._vocabulary.terms(self._vocabulary.read(text)))
        return evidence_for(self._index, vector).score
