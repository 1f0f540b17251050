"""An explanation as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from bot.dialogue.explain import Explanation, PartExplanation
from bot.matching.matcher import Candidate

_PATHS = {
    "words": "decided by words alone",
    "both": "decided by words and meaning",
    "nothing": "nothing in it is known",
}
_SIGNALS = ("words", "meaning", "nearest", "centroid", "fuzzy")


def readable(explanation: Explanation) -> str:
    """The whole explanation, one block a part."""
    head = f"release {explanation.release}, content {explanation.content_hash[:12]}"
    return "\n\n".join([head, *("\n".join(_lines(part)) for part in explanation.parts)])


def _lines(part: PartExplanation) -> Iterator[str]:
    yield f"question    {part.text}"
    yield f"read as     {part.read_as}"
    if part.corrected:
        yield "spelling    " + ", ".join(f"{typed} → {meant}" for typed, meant in part.corrected.items())
    if part.folded:
        yield "synonyms    " + ", ".join(f"{phrase} → {term}" for phrase, term in part.folded.items())
    if part.leans_on:
        yield f"leans on    {part.leans_on} ({part.lean})"
    for found in part.findings:
        yield f"safety      {found.rule_id} by {found.layer} ({found.score:.2f}): {found.matched!r}"
    yield f"matching    {_PATHS[part.path]}"
    if part.candidates:
        yield f"            {'confidence':<12}{'score':<8}" + "".join(f"{name:<10}" for name in _SIGNALS) + "entry"
        for candidate in part.candidates:
            yield from _candidate(candidate)
    if part.unanswered:
        yield f"            most like a question that is known but not answered: {part.unanswered!r}"
    yield f"answered    from a confidence of {part.threshold:.2f}"
    yield f"choices     from {part.clarify_from:.2f} for the first three; here {part.among:.2f}"
    yield f"outcome     {part.outcome} ({part.because})"


def _candidate(candidate: Candidate) -> Iterator[str]:
    signals = "".join(f"{_figure(candidate.signals.get(name)):<10}" for name in _SIGNALS)
    score = _figure(candidate.signals.get("score"))
    yield f"            {candidate.confidence:<12.2f}{score:<8}{signals}{candidate.entry_id}"
    yield f"            {'':<20}{'nearest wording:':<50}{candidate.phrasing}"


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
