"""Names of people in a plain message: found where something leads to one, and then wherever they are repeated."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from bot.patients.redact_cues import (
    CUES,
    DASH,
    ENDS,
    EPONYM,
    FROM,
    GREETING,
    LINE_END,
    PARTICLES,
    SIGN_OFF,
    Cue,
)
from bot.patients.redact_plain import FILLED, Found
from bot.patients.redact_words import (
    NO_WORD,
    bare,
    could_be_capital_name,
    could_be_name,
    is_first_name,
    is_name_and_word,
    is_never_name,
    is_plain_word,
    is_surname,
    is_surname_and_word,
    rank,
)

_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_FILLED = re.compile(FILLED)
# "dr green and", but not "the nurse read my"
_STOP = re.compile(rf"\s{{0,2}}(?:$|[.,!?;:()\n]|{FILLED}|(?:and|n)\b)")
# "my son will is 16": before another verb, even "will" is a name.
_DOES = re.compile(r"\s(?:is|was|has|asks|wants|needs|takes|says|said|who|and)\b")
_DOINGS = frozenset(
    {
        "read",
        "may",
        "page",
        "ward",
        "long",
        "price",
        "cook",
        "cross",
        "rush",
        "head",
        "hunt",
        "street",
        "fields",
        "sharp",
        "drew",
    }
    | {
        "small",
        "short",
        "good",
        "rich",
        "grant",
        "love",
        "hope",
        "light",
        "lay",
        "chase",
        "wake",
        "wood",
        "frost",
        "stark",
    }
)
_TIMES = frozenset(["may", "june", "april", "august", "summer", "autumn", "dawn", "eve", "jan"])
# The rank from which a word that is a surname too ("smith", "baker") hardly follows a first name as a word.
_SELDOM = 8_000
_NO_NAMES = frozenset(["wrong", "different", "private", "secret", "unknown", "confidential"])


def find_names(text: str) -> Iterator[Found]:
    """Names after what leads to one, before the end of a message, and the same names elsewhere in it."""
    reader = _Reader(text)
    spans: dict[int, int] = {}
    for cue, pattern in CUES:
        for match in pattern.finditer(text):
            reader.read(match.end(), cue, spans)
    for match in GREETING.finditer(text):
        reader.read(match.end(), Cue.CAPITAL, spans)
    reader.read_endings(spans)
    reader.read_bare_names(spans)
    reader.read_repeated(spans)
    after = 0
    for first in sorted(spans):
        if first >= after:
            after = spans[first]
            yield reader.span(first, after)


class _Token(NamedTuple):
    start: int
    end: int
    text: str


class _Reader:
    """The words of one message, and what reads as a name among them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = [_Token(*match.span(), match.group()) for match in _WORD.finditer(text)]
        self.starts = [token.start for token in self.tokens]
        # Where every word begins with a capital, or none is small, a capital says nothing.
        long = [token.text for token in self.tokens if len(token.text) > 1]
        small = sum(word[0].islower() for word in long)
        self.capitals_count = small >= max(1, 0.3 * len(long)) or (0 < len(long) <= 5 and not text.isupper())

    def at(self, place: int) -> int | None:
        """The token that starts at a place of the text."""
        index = bisect_left(self.starts, place)
        return index if index < len(self.starts) and self.starts[index] == place else None

    def read(self, place: int, cue: Cue, spans: dict[int, int]) -> None:
        """Note the name that starts at a place of the text, if one does: its first token, and the one after it."""
        index = self.at(place)
        if index is not None and (after := self.name_from(index, cue)) is not None:
            spans[index] = max(after, spans.get(index, 0))

    def read_endings(self, spans: dict[int, int]) -> None:
        """Note names that end a message or a line: "thanks, Sarah", "from Sarah", "- Priya"."""
        places = [(match.end(), Cue.OPEN) for match in SIGN_OFF.finditer(self.text)]
        places += [(match.end(), Cue.CAPITAL) for match in FROM.finditer(self.text)]
        places += [(match.end(), Cue.OPEN) for match in DASH.finditer(self.text)]
        # From the last to the first, as a name may be followed by nothing but another.
        begun = {self.tokens[index].start for index in spans}
        for place, cue in sorted(places, reverse=True):
            index = self.at(place)
            after = None if index is None else self.name_from(index, cue)
            if index is not None and after is not None and self._ends_line(after, begun):
                spans[index] = max(after, spans.get(index, 0))
                begun.add(place)

    def read_bare_names(self, spans: dict[int, int]) -> None:
        """Note what is hardly anything but a first name, and has a capital, wherever it stands."""
        for index, token in enumerate(self.tokens):
            if self._is_capital(index) and is_first_name(token.text) and not EPONYM.match(self.text, token.end):
                if index and self.tokens[index - 1].text.lower() in ("st", "saint", "as"):
                    continue
                spans.setdefault(index, self._whole(index + 1, Cue.CAPITAL))

    def read_repeated(self, spans: dict[int, int]) -> None:
        """Note again what was read as a name, and is no word."""
        known = {
            bare(token.text)
            for first, after in spans.items()
            for token in self.tokens[first:after]
            if len(token.text) >= 3 and could_be_capital_name(token.text)
        }
        for index, token in enumerate(self.tokens if known else ()):
            if bare(token.text) in known:
                spans.setdefault(index, index + 1)

    def _ends_line(self, after: int, begun: set[int]) -> bool:
        start = self.tokens[after - 1].end
        match = LINE_END.match(self.text, start)
        end = match.end() if match else start
        if end == len(self.text) or "\n" in self.text[start : end + 1] or _FILLED.match(self.text, end):
            return True
        return any(place in begun for place in range(start, end + 1))

    def name_from(self, index: int, cue: Cue) -> int | None:
        """The index after the name that starts at a token; None if none does."""
        token = self.tokens[index]
        if self._is_initial(index) and index + 1 < len(self.tokens) and self._is_capital(index + 1):
            if cue >= Cue.TITLE or could_be_capital_name(self.tokens[index + 1].text):
                return self._whole(index + 2, cue)
            return None
        if token.text.lower() in PARTICLES and cue >= Cue.TITLE and self._is_capital(index + 1):
            return self._whole(index + 2, cue)
        return self._whole(index + 1, cue) if self._is_first(index, cue) else None

    def _is_first(self, index: int, cue: Cue) -> bool:
        word = self.tokens[index].text
        capital = self._is_capital(index)
        if is_first_name(word):
            return capital or cue != Cue.CAPITAL or not self.capitals_count
        if capital and could_be_capital_name(word):
            return True
        if cue == Cue.CAPITAL:
            return capital and is_name_and_word(word) and bare(word) not in _TIMES
        if cue == Cue.TITLE and (is_surname(word) or (is_surname_and_word(word) and bare(word) not in _DOINGS)):
            return True
        if is_name_and_word(word):
            return self._is_name_by_grammar(index, cue, capital)
        if is_never_name(word) or len(word) < 2:
            return False
        if cue == Cue.SURE:
            return could_be_capital_name(word.capitalize()) or self._is_sure(index, word, capital)
        if cue == Cue.TITLE and (is_surname_and_word(word) or (capital and rank(word) > 300)):
            return capital or bool(_STOP.match(self.text, self.tokens[index].end))
        return could_be_name(word) and not (capital and word.isupper())  # BRCA

    def _is_name_by_grammar(self, index: int, cue: Cue, capital: bool) -> bool:
        """Whether a word that is also a name is one here: "my name is will", "I'm Rose", "im grace and"."""
        word = self.tokens[index].text
        if cue == Cue.SURE:
            return True
        if capital:
            return cue != Cue.POINT or bare(word) not in _TIMES
        if self._is_before_surname(index):
            return True
        if cue == Cue.OPEN:
            return bool(ENDS.match(self.text, self.tokens[index].end))
        return cue == Cue.KIN and bool(_DOES.match(self.text, self.tokens[index].end))

    def _is_before_surname(self, index: int) -> bool:
        if index + 1 >= len(self.tokens) or not self._joins(index + 1):
            return False
        word = self.tokens[index + 1].text
        ends = bool(ENDS.match(self.text, self.tokens[index + 1].end))
        return not is_never_name(word) and (is_surname(word) or (ends and is_surname_and_word(word)))

    def _is_sure(self, index: int, word: str, capital: bool) -> bool:
        """Whether an ordinary word is a name all the same, after "my name is"."""
        if rank(word) == NO_WORD or bare(word) in _NO_NAMES or bare(word).endswith(("ing", "ed", "ly")):
            return False
        if capital:
            return rank(word) > 200
        return (
            is_surname(word)
            or is_surname_and_word(word)
            or (rank(word) > 2_000 and bool(ENDS.match(self.text, self.tokens[index].end)))
        )

    def _whole(self, index: int, cue: Cue) -> int:
        """The index after all names that follow in one row."""
        most = index + 3
        while index < min(most, len(self.tokens)) and self._joins(index):
            word = self.tokens[index].text
            if word.lower() in PARTICLES:
                after = self._after_particles(index)
                if after is None:
                    break
                index = after
                continue
            if not self._is_further(index, cue):
                break
            index += 1
        return index

    def _after_particles(self, index: int) -> int | None:
        """The index after "de la Cruz"; None if no name follows the small words."""
        for place in range(index + 1, min(index + 4, len(self.tokens))):
            if not self._joins(place):
                return None
            word = self.tokens[place].text
            if word.lower() not in PARTICLES:
                return place + 1 if self._is_capital(place) or could_be_name(word) else None
        return None

    def _is_further(self, index: int, cue: Cue) -> bool:
        word = self.tokens[index].text
        if is_never_name(word):
            return False
        if self._is_capital(index):
            return not is_plain_word(word) or rank(word) > 200 or is_surname_and_word(word)
        if is_surname(word) or (is_surname_and_word(word) and rank(word) > _SELDOM):
            return True
        ends = bool(ENDS.match(self.text, self.tokens[index].end))
        return ends and (is_surname_and_word(word) or (cue == Cue.SURE and is_name_and_word(word)))

    def _joins(self, index: int) -> bool:
        """Whether only a space parts a token from the one before."""
        gap = self.text[self.tokens[index - 1].end : self.tokens[index].start]
        before = self.tokens[index - 1].text
        return (gap in (" ", "  ") or (gap == ". " and len(before) == 1)) and not before.lower().endswith("'s")

    def _is_capital(self, index: int) -> bool:
        if index >= len(self.tokens) or not self.capitals_count:
            return False
        return self.tokens[index].text[0].isupper()

    def _is_initial(self, index: int) -> bool:
        word = self.tokens[index].text
        return len(word) == 1 and word.isupper() and word != "I" and self.capitals_count

    def span(self, first: int, after: int) -> Found:
        """The name from one token to before another, without a possessive ending."""
        last = self.tokens[after - 1]
        end = last.end - 2 if last.text.lower().endswith("'s") else last.end
        return Found(self.tokens[first].start, end, "name")
