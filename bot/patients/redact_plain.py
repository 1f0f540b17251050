"""A message made plain, so that details are found whatever their Unicode form, and led back to the original."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

MARKS = ("name", "phone", "email", "address", "postcode", "number", "date of birth", "link")
KEPT = "kept"

# One private character stands for each letter of what was found, by its kind: places stay where they are, nothing
# is found twice, and a mark that was already there is seen just as a fresh one.
_FILLERS = {kind: chr(0xE000 + place) for place, kind in enumerate((*MARKS, KEPT))}
FILLED = f"[{_FILLERS[MARKS[0]]}-{_FILLERS[KEPT]}]"
_MARK = re.compile(r"\[(" + "|".join(MARKS) + r")\]")


class Found(NamedTuple):
    """A detail at `start` to `end`; `kind` is one of MARKS, or KEPT for what must stay as it is."""

    start: int
    end: int
    kind: str


def filler(kind: str) -> str:
    """The character that stands in plain text for each letter of what was found as `kind`."""
    return _FILLERS[kind]


class Plain:
    """A message: `text` is its plain form, in which what was found is filled."""

    def __init__(self, original: str) -> None:
        self._original = original
        self.text, self._places = _fold(original)
        self._found: list[Found] = []
        self._fill([Found(*match.span(), match.group(1)) for match in _MARK.finditer(self.text)])

    def take(self, found: Iterable[Found]) -> None:
        """Fill what was found, to be marked."""
        fresh = sorted(found)
        self._fill(fresh)
        self._found.extend(detail for detail in fresh if detail.kind != KEPT)

    def marked(self) -> str:
        """The original with a mark for each thing found."""
        pieces: list[str] = []
        after = 0
        for start, end, kind in sorted(self._found):
            first, last = self._span(start, end)
            if first >= after:
                pieces += (self._original[after:first], f"[{kind}]")
            after = max(after, last)
        return "".join((*pieces, self._original[after:]))

    def _fill(self, found: Iterable[Found]) -> None:
        pieces: list[str] = []
        after = 0
        for start, end, kind in found:
            start = max(start, after)
            if start < end:
                pieces += (self.text[after:start], _FILLERS[kind] * (end - start))
                after = end
        if pieces:
            self.text = "".join((*pieces, self.text[after:]))

    def _span(self, start: int, end: int) -> tuple[int, int]:
        """Characters of the original; what is invisible after the last belongs to it."""
        if self._places is None:
            return start, end
        after = self._places[end] if end < len(self._places) else len(self._original)
        return self._places[start], max(after, self._places[end - 1] + 1)


def _fold(text: str) -> tuple[str, list[int] | None]:
    """The plain characters, capitals kept, and where each stood; None for each at its own place."""
    if text.isascii() and text.isprintable():
        return text, None
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        for folded in _fold_letter(letter):
            letters.append(folded)
            places.append(place)
    return "".join(letters), places


@lru_cache(maxsize=5_000)
def _fold_letter(letter: str) -> str:
    if letter.isascii():
        return letter if letter.isprintable() or letter in "\t\n" else "\n" if letter == "\r" else ""
    if letter in "\u2018\u2019\u02bc\u00b4\u2032":
        return "'"
    kept = []
    for part in unicodedata.normalize("NFKD", letter):
        category = unicodedata.category(part)
        if category == "Nd":
            kept.append(str(unicodedata.digit(part)))
        elif category == "Pd" or part == "\u2212":
            kept.append("-")
        elif category == "Zs":
            kept.append(" ")
        elif category in ("Zl", "Zp"):
            kept.append("\n")
        elif category not in ("Cf", "Mn", "Me", "Cc", "Co", "Cn") and part not in "\u3164\u115f\u1160\u2800":
            kept.append(part)
    return "".join(kept)
