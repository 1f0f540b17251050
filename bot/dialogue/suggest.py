"""Approved questions that fit what has been typed so far."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from rapidfuzz import fuzz

from bot.dialogue.asked import AskedWords, all_words_in, words_in
from bot.faq.entry import Entry
from bot.language.spanish import spanish_stem
from bot.language.vocabulary import Vocabulary
from bot.language.words import stem_of

_WORDING_SAY = 0.8  # a match in a phrasing counts a little less than one in the question itself
_Words = tuple[str, ...]
_Asked = tuple[str, str, _Words, _Words]  # an entry's id and question; the words of that, and of all its wordings


class Suggester:
    """Finds approved questions by the beginnings of their words. Built once a release, immutable."""

    def __init__(
        self, asked: Iterable[_Asked], read: Callable[[str], Sequence[str]], stem: Callable[[str], str]
    ) -> None:
        """`read` gives the words that were meant of some that are typed out; `stem` what a word begins with."""
        self._read = read
        self._stem = stem
        self._rows = tuple(asked)

    @classmethod
    def of(cls, entries: Sequence[Entry], words: AskedWords, vocabulary: Vocabulary) -> Suggester:
        """By what is asked in English, slips of the pen mended; `words` are those of the entries."""
        asked = [(each.id, each.question, words.question[each.id], words.wordings[each.id]) for each in entries]
        return cls(asked, lambda text: [word.text for word in vocabulary.read(text)], stem_of)

    @classmethod
    def translated(cls, entries: Sequence[Entry], language: str) -> Suggester:
        """By what is asked in Spanish, of the entries that have it approved."""
        served = ((entry.id, entry.served_translation(language)) for entry in entries)
        asked = [
            (entry_id, own.question, words_in(own.question), all_words_in(own.wordings))
            for entry_id, own in served
            if own
        ]
        return cls(asked, words_in, spanish_stem)

    def suggest(self, typed: str, limit: int) -> tuple[str, ...]:
        """Ids of the entries that fit best: every typed word must begin a word of the question or a phrasing."""
        words = words_in(typed)
        if not words:
            return ()
        *whole, last = words
        known = self._read(" ".join(whole)) if whole else ()
        scored = []
        for entry_id, text, question, wordings in self._rows:
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
