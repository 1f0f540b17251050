"""Approved questions that fit what has been typed so far."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from sys import intern

from rapidfuzz import fuzz

from bot.faq.entry import Entry
from bot.language.normalise import tokenise
from bot.language.spanish import spanish_stem
from bot.language.vocabulary import Vocabulary
from bot.language.words import stem_of

_WORDING_SAY = 0.8  # a match in a phrasing counts a little less than one in the question itself
_spanish_stem = lru_cache(maxsize=20_000)(spanish_stem)
_Asked = tuple[str, str, Sequence[str]]  # an entry's id, its question, and all its wordings


class Suggester:
    """Finds approved questions by the beginnings of their words. Built once a release, immutable."""

    def __init__(
        self, asked: Iterable[_Asked], read: Callable[[str], Sequence[str]], stem: Callable[[str], str]
    ) -> None:
        """`read` gives the words that were meant of some that are typed out; `stem` what a word begins with."""
        self._read = read
        self._stem = stem
        self._rows = [
            (entry_id, _words(question), tuple({word for text in wordings for word in _words(text)}), question)
            for entry_id, question, wordings in asked
        ]

    @classmethod
    def of(cls, entries: Sequence[Entry], vocabulary: Vocabulary) -> Suggester:
        """By what is asked in English, slips of the pen mended."""
        asked = [(entry.id, entry.question, entry.wordings) for entry in entries]
        return cls(asked, lambda text: [word.text for word in vocabulary.read(text)], stem_of)

    @classmethod
    def translated(cls, entries: Sequence[Entry], language: str) -> Suggester:
        """By what is asked in Spanish, of the entries that have it approved."""
        served = ((entry.id, entry.served_translation(language)) for entry in entries)
        return cls([(id_, own.question, own.wordings) for id_, own in served if own], _words, _spanish_stem)

    def suggest(self, typed: str, limit: int) -> tuple[str, ...]:
        """Ids of the entries that fit best: every typed word must begin a word of the question or a phrasing."""
        words = _words(typed)
        if not words:
            return ()
        *whole, last = words
        known = self._read(" ".join(whole)) if whole else ()
        scored = []
        for entry_id, question, wordings, text in self._rows:
            begun = self._fits(last, question, wordings, True)
            hits = sum(self._fits(word, question, wordings) for word in known) + begun
            if begun and hits >= _WORDING_SAY * max(1, len(words) - len(words) // 4):
                scored.append((-hits, -fuzz.token_set_ratio(typed.lower(), text.lower()), text, entry_id))
        return tuple(entry_id for *_, entry_id in sorted(scored)[:limit])

    def _fits(self, word: str, question: Sequence[str], wordings: Sequence[str], unfinished: bool = False) -> float:
        stem = self._stem(word)
        for say, words in ((1.0, question), (_WORDING_SAY, wordings)):
            if any(self._stem(other) == stem or (unfinished and other.startswith(word)) for other in words):
                return say
        return 0.0


def _words(text: str) -> tuple[str, ...]:
    return tuple(intern(token.text) for token in tokenise(text) if token.is_word)  # the same words again and again
