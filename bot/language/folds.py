"""Synonyms and brand names folded to one term."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.language.normalise import tokenise
from bot.language.words import Word, stem_of

_Fold = tuple[tuple[str, ...], tuple[str, ...]]  # the stems of a phrase, and those of its term


class Folds:
    """Words and phrases led to one term, longest phrase first."""

    def __init__(self, folds: Mapping[str, str]) -> None:
        self._meant: dict[tuple[str, ...], str] = {}
        self._by_first: dict[str, list[_Fold]] = {}
        for phrase, term in folds.items():
            key = tuple(stem_of(token.text) for token in tokenise(phrase) if token.is_word)
            value = tuple(stem_of(token.text) for token in tokenise(term) if token.is_word)
            if key and key != value:
                self._by_first.setdefault(key[0], []).append((key, value))
                self._meant[key] = " ".join(token.text for token in tokenise(term) if token.is_word)
        for phrases in self._by_first.values():
            phrases.sort(key=lambda pair: -len(pair[0]))

    def apply(self, words: Sequence[Word]) -> tuple[str, ...]:
        """The stems of the words, each phrase that is folded replaced by its term."""
        terms: list[str] = []
        for run, fold in self._runs(words):
            terms.extend(fold[1] if fold else (run[0].stem,))
        return tuple(terms)

    def reword(self, words: Sequence[Word]) -> str:
        """The words in one line, each phrase that is folded replaced by its term as it is written."""
        return " ".join(self._meant[fold[0]] if fold else run[0].text for run, fold in self._runs(words))

    def found(self, words: Sequence[Word]) -> Mapping[str, str]:
        """The phrases that are folded, and their terms."""
        return {" ".join(word.text for word in run): self._meant[fold[0]] for run, fold in self._runs(words) if fold}

    def _runs(self, words: Sequence[Word]) -> Iterator[tuple[Sequence[Word], _Fold | None]]:
        """The words in order: a folded phrase in one piece with its fold, any other word alone."""
        plain = [word for word in words if word.is_word]
        stems = [word.stem for word in plain]
        place = 0
        while place < len(stems):
            fold = self._fold_at(stems, place)
            length = len(fold[0]) if fold else 1
            yield plain[place : place + length], fold
            place += length

    def _fold_at(self, stems: Sequence[str], place: int) -> _Fold | None:
        for fold in self._by_first.get(stems[place], ()):
            if tuple(stems[place : place + len(fold[0])]) == fold[0]:
                return fold
        return None
