"""Words into the pieces that the sentence encoder knows: WordPiece, longest known piece first.

Source: Devlin et al., "BERT", 2019, and the tokeniser of its release; `scripts/encoder/export.py` holds this
against the original on every build. Only plain words come in here (letters a to z and digits, as normalisation
leaves them), so none of the original's handling of accents, marks and other scripts is needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

BEGIN, END, UNKNOWN = "[CLS]", "[SEP]", "[UNK]"
LONGEST_WORD = 100


@dataclass(frozen=True, slots=True)
class WordPieces:
    """A vocabulary of pieces and their numbers; the pieces of a word met before are remembered."""

    numbers: Mapping[str, int]
    _met: dict[str, tuple[int, ...]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, lines: str) -> WordPieces:
        """From a vocabulary file: one piece a line, its number is its place."""
        return cls({piece: number for number, piece in enumerate(lines.splitlines())})

    def numbers_of(self, text: str, most: int) -> list[int]:
        """The piece numbers of `text` between the begin and end marks; at most `most` in all."""
        numbers = [self.numbers[BEGIN]]
        for word in text.split():
            numbers.extend(self._pieces(word))
            if len(numbers) >= most:
                break
        del numbers[most - 1 :]
        numbers.append(self.numbers[END])
        return numbers

    def _pieces(self, word: str) -> tuple[int, ...]:
        known = self._met.get(word)
        if known is None:
            known = self._parted(word)
            if len(self._met) < 50_000:
                self._met[word] = known
        return known

    def _parted(self, word: str) -> tuple[int, ...]:
        pieces: list[int] = []
        start = 0
        while start < len(word) <= LONGEST_WORD:
            for end in range(len(word), start, -1):
                piece = word[start:end] if start == 0 else "##" + word[start:end]
                if piece in self.numbers:
                    pieces.append(self.numbers[piece])
                    start = end
                    break
            else:
                return (self.numbers[UNKNOWN],)
        return tuple(pieces) or (self.numbers[UNKNOWN],)
