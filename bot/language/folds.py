"""Synonyms and brand names folded to one term."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.language.normalise import tokenise
from bot.language.words import Word, stem_of


class Folds:
    """Words and phrases led to one term, longest phrase first."""

    def __init__(self, folds: Mapping[str, str]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
        for phrase, term in folds.items():
            key = tuple(stem_of(token.text) for token in tokenise(phrase) if token.is_word)
            value = tuple(stem_of(token.text) for token in tokenise(term) if token.is_word)
            if key and key != value:
                self._by_first.setdefault(key[0], []).append((key, value))
        for phrases in self._by_first.values():
            phrases.sort(key=lambda pair: -len(pair[0]))

    def apply(self, words: Sequence[Word]) -> tuple[str, ...]:
        """The stems of the words, each phrase that is folded replaced by its term."""
        stems = [word.stem for word in words if word.is_word]
        terms: list[str] = []
        place = 0
        while place < len(stems):
            for key, value in self._by_first.get(stems[place], ()):
                if tuple(stems[place : place + len(key)]) == key:
                    terms.extend(value)
                    place += len(key)
                    break
            else:
                terms.append(stems[place])
                place += 1
        return tuple(terms)
