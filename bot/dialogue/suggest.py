"""Approved questions that fit what has been typed so far."""

from __future__ import annotations

from collections.abc import Sequence
from sys import intern

from rapidfuzz import fuzz

from bot.faq.entry import Entry
from bot.language.normalise import tokenise
from bot.language.vocabulary import Vocabulary
from bot.language.words import stem_of

_WORDING_SAY = 0.8  # a match in a phrasing counts a little less than one in the question itself


class Suggester:
    """Finds approved questions by the beginnings of their words. Built once a release, immutable."""

    def __init__(self, entries: Sequence[Entry], vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._rows = [
            (
                entry.id,
                _words(entry.question),
                tuple({word for text in entry.wordings for word in _words(text)}),
                entry.question,
            )
            for entry in entries
        ]

    def suggest(self, typed: str, limit: int) -> tuple[str, ...]:
        """Ids of the entries that fit best: every typed word must begin a word of the question or a phrasing."""
        words = [token.text for token in tokenise(typed) if token.is_word]
        if not words:
            return ()
        *whole, last = words
        known = [word.text for word in self._vocabulary.read(" ".join(whole))] if whole else []
        scored = []
        for entry_id, question, wordings, text in self._rows:
            hits = sum(_fits(word, question, wordings) for word in known) + _fits(last, question, wordings, True)
            if hits >= _WORDING_SAY * max(1, len(words) - len(words) // 4) and _fits(last, question, wordings, True):
                scored.append((-hits, -fuzz.token_set_ratio(typed.lower(), text.lower()), text, entry_id))
        return tuple(entry_id for *_, entry_id in sorted(scored)[:limit])


def _words(text: str) -> tuple[str, ...]:
    return tuple(intern(token.text) for token in tokenise(text) if token.is_word)  # the same words again and again


def _fits(word: str, question: Sequence[str], wordings: Sequence[str], unfinished: bool = False) -> float:
    stem = stem_of(word)
    for say, words in ((1.0, question), (_WORDING_SAY, wordings)):
        if any(stem_of(other) == stem or (unfinished and other.startswith(word)) for other in words):
            return say
    return 0.0
