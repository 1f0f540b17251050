"""A word as understood, and its stem."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import snowballstemmer

from bot.language.normalise import SENTENCE_END

_stemmer = snowballstemmer.stemmer("english")


@dataclass(frozen=True, slots=True)
class Word:
    """A word as understood: `text` corrected, `stem` for comparing, `alternatives` other stems it may be.

    `start` and `end` are characters in the original message; a sentence end has the text ".".
    """

    text: str
    stem: str
    start: int
    end: int
    typed: str
    alternatives: frozenset[str] = frozenset()
    ends_question: bool = False

    @property
    def is_word(self) -> bool:
        """Whether this is a word and no sentence end."""
        return self.text != SENTENCE_END


@lru_cache(maxsize=60_000)
def stem_of(word: str) -> str:
    """The Snowball (English) stem of a lower-case word."""
    return str(_stemmer.stemWord(word))


@lru_cache(maxsize=1)
def plain_stems() -> frozenset[str]:
    """Stems of the words that every subject shares: of asking, pointing, lasting, and of good and bad."""
    text = resources.files("bot.language").joinpath("data/plain.txt").read_text(encoding="utf-8")
    return frozenset(stem_of(word) for word in text.split())
