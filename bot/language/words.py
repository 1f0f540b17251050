"""A word as understood, and its stem."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from bot.language.normalise import SENTENCE_END
from bot.language.stemming import Stemmer

_FREQUENT = 5_000
_RARE = 1e-5
_stemmer = Stemmer("english")


class Word(NamedTuple):
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


MOST_WORDS = (
    8_000  # that one cache of words typed keeps: nearly all that people type, and no more memory after a busy hour
)


@lru_cache(maxsize=20_000)
def stem_of(word: str) -> str:
    """The Snowball (English) stem of a lower-case word."""
    return _stemmer.stem(word)


@lru_cache(maxsize=1)
def english_ranks() -> Mapping[str, int]:
    """General English words and their rank by frequency, from 0."""
    text = resources.files("bot.language").joinpath("data/english.txt").read_text(encoding="utf-8")
    return {word: rank for rank, word in enumerate(text.split())}


@lru_cache(maxsize=10_000)
def commonness(key: str) -> float:
    """How often a stem, or a beginning of words (`swell*`), is met in English: about its share of all words."""
    if not key.endswith("*"):
        return _stem_shares().get(key, _RARE)
    words, shares = _sorted_words()
    first, after = bisect_left(words, key[:-1]), bisect_left(words, key[:-1] + "{")
    return sum(shares[first:after], _RARE)


@lru_cache(maxsize=1)
def _stem_shares() -> Mapping[str, float]:
    shares: dict[str, float] = {}
    for word, share in zip(*_sorted_words(), strict=True):
        stem = stem_of(word)
        shares[stem] = shares.get(stem, 0.0) + share
    return shares


@lru_cache(maxsize=1)
def _sorted_words() -> tuple[list[str], list[float]]:
    """The more frequent English words in order, and the share of each by Zipf's law."""
    frequent = sorted((word, rank) for word, rank in english_ranks().items() if rank < _FREQUENT)
    return [word for word, _ in frequent], [0.1 / (rank + 2.7) for _, rank in frequent]


@lru_cache(maxsize=1)
def plain_stems() -> frozenset[str]:
    """Stems of the words that every subject shares: of asking, pointing, lasting, and of good and bad."""
    text = resources.files("bot.language").joinpath("data/plain.txt").read_text(encoding="utf-8")
    return frozenset(stem_of(word) for word in text.split())
