"""Why the bot replies as it does, as data: what it read, what it weighed, and what decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.dialogue.considered import Considered
from bot.language.vocabulary import Vocabulary
from bot.matching.matcher import Candidate
from bot.safety.findings import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class PartExplanation:
    """One part of a message. `read_as` are its words as understood; `path` is what ranked the candidates.

    An answer needs a first candidate of at least `threshold`, choices need `among` of at least `clarify_from`.
    """

    text: str
    read_as: str
    corrected: Mapping[str, str]
    folded: Mapping[str, str]
    lean: str
    leans_on: str | None
    findings: tuple[Finding, ...]
    candidates: tuple[Candidate, ...]
    path: str
    threshold: float
    among: float
    clarify_from: float
    unanswered: str | None
    outcome: str
    because: str

    def to_dict(self) -> dict[str, Any]:
        """As JSON-ready values; each candidate's `contributions` add up to its score."""
        return {
            "text": self.text,
            "read_as": self.read_as,
            "corrected": dict(self.corrected),
            "folded": dict(self.folded),
            "lean": self.lean,
            "leans_on": self.leans_on,
            "findings": [
                {"rule": each.rule_id, "level": each.level.word, "layer": each.layer, "matched": each.matched,
                 "score": round(each.score, 4)}
                for each in self.findings
            ],
            "candidates": [_candidate(each) for each in self.candidates],
            "path": self.path,
            "threshold": round(self.threshold, 4),
            "among": round(self.among, 4),
            "clarify_from": round(self.clarify_from, 4),
            "unanswered": self.unanswered,
            "outcome": self.outcome,
            "because": self.because,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The parts of one message, and the release that they were weighed with."""

    question: str
    release: int
    content_hash: str
    parts: tuple[PartExplanation, ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON-ready values."""
        return {
            "question": self.question,
            "release": self.release,
            "content_hash": self.content_hash,
            "parts": [part.to_dict() for part in self.parts],
        }


def explained(considered: Sequence[Considered], vocabulary: Vocabulary) -> tuple[PartExplanation, ...]:
    """What was weighed, part by part."""
    return tuple(_part(each, vocabulary) for each in considered)


def _part(considered: Considered, vocabulary: Vocabulary) -> PartExplanation:
    ranking = considered.ranking
    return PartExplanation(
        text=considered.text,
        read_as=vocabulary.plain(considered.words),
        corrected=ranking.corrected,
        folded=vocabulary.folded(considered.words),
        lean=considered.lean.value,
        leans_on=considered.leans_on,
        findings=considered.triage.findings,
        candidates=ranking.candidates,
        path=ranking.path,
        threshold=ranking.threshold,
        among=ranking.among,
        clarify_from=ranking.clarify_from,
        unanswered=ranking.unanswered,
        outcome=considered.decision.outcome.word,
        because=considered.decision.because,
    )


def _candidate(candidate: Candidate) -> dict[str, Any]:
    score = candidate.signals.get("score")
    return {
        "entry": candidate.entry_id,
        "confidence": round(candidate.confidence, 4),
        "phrasing": candidate.phrasing,
        "contributions": {name: round(value, 4) for name, value in candidate.signals.items() if name != "score"},
        "score": None if score is None else round(score, 4),
    }
