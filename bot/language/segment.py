"""One message into the questions it asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.language.words import Word

_OPENERS = frozenset(
    [
        "can",
        "could",
        "should",
        "shall",
        "do",
        "does",
        "did",
        "is",
        "are",
        "am",
        "was",
        "were",
        "will",
        "would",
        "may",
        "might",
        "must",
        "what",
        "when",
        "how",
        "why",
        "where",
        "who",
        "which",
        "whats",
        "hows",
    ]
)
_JOINERS = frozenset({"and", "also", "plus", "but", "or"})
_LEAD_IN = frozenset({"and", "also", "plus", "but", "or", "so", "then", "ok", "okay", "oh"})
_AUXILIARIES = frozenset(["can", "could", "should", "do", "does", "did", "is", "are", "am", "will", "would", "may"])
_SUBJECTS = frozenset(
    [
        "i",
        "you",
        "it",
        "we",
        "they",
        "he",
        "she",
        "my",
        "the",
        "this",
        "these",
        "that",
        "there",
        "your",
        "people",
        "anyone",
        "someone",
        "isotretinoin",
        "accutane",
    ]
)
FEWEST_WORDS = 2


@dataclass(frozen=True, slots=True)
class Segment:
    """One question of a message: `start` and `end` are characters in the original."""

    words: tuple[Word, ...]
    start: int
    end: int

    @property
    def tokens(self) -> tuple[str, ...]:
        """Its corrected words."""
        return tuple(word.text for word in self.words if word.is_word)

    @property
    def normalised(self) -> str:
        """Its corrected words in one line."""
        return " ".join(self.tokens)

    def text_of(self, original: str) -> str:
        """The segment as the patient wrote it."""
        return original[self.start : self.end].strip()


def segment(words: Sequence[Word]) -> tuple[Segment, ...]:
    """The message's questions in order: parted at sentence ends, and where a joiner opens a new question."""
    segments: list[Segment] = []
    current: list[Word] = []
    for place, word in enumerate(words):
        if not word.is_word:
            _close(current, segments)
            current = []
            continue
        if word.text in _JOINERS and len(current) >= FEWEST_WORDS and _opens_question(words[place + 1 :]):
            _close(current, segments)
            current = []
            continue
        current.append(word)
    _close(current, segments)
    return tuple(segments)


def _opens_question(words: Sequence[Word]) -> bool:
    """Whether the next words begin a question of their own ("can I drink", "how long does")."""
    ahead = [word.text for word in words[:2]]
    if len(ahead) < 2 or ahead[0] not in _OPENERS:
        return False
    return ahead[0] not in _AUXILIARIES or ahead[1] in _SUBJECTS


def _close(current: list[Word], segments: list[Segment]) -> None:
    while current and current[0].text in _LEAD_IN:
        current = current[1:]
    if len(current) >= FEWEST_WORDS:
        segments.append(Segment(tuple(current), current[0].start, current[-1].end))
