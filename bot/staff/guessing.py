"""How many guesses a password would take somebody who knows how people choose them, and their name.

After Wheeler, "zxcvbn: low-budget password strength estimation" (USENIX Security 2016): the cheapest way to put the
text together from words, rows of keys, repeated parts, dates, and characters taken one by one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from bot.language.words import english_ranks

_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiop[]",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl;'",
    "qsdfghjklm",
    "zxcvbnm,./",
    "wxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "qazwsxedcrfvtgbyhnujmikolp",
    "!@#$%^&*()_+",
    '!"£$%^&*()_+',
    "147258369",
    "789456123",
)
_BOTH_WAYS = _ROWS + tuple(row[::-1] for row in _ROWS)
_SHORTEST_ROW = 3
_LEET = (str.maketrans("0134578@$!|+", "oleastbasilt"), str.maketrans("0134578@$!|+€", "oieastbasiite"))
_DATES = (  # with the logarithm of how many there are
    (re.compile(r"(19|20)\d\d"), 2.1),
    (re.compile(r"\d{1,2}[-./ ]\d{1,2}[-./ ](19|20)?\d\d|(19|20)\d\d[-./ ]\d{1,2}[-./ ]\d{1,2}"), 4.5),
    (re.compile(r"(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])(19|20)?\d\d|(19|20)\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])"), 4.5),
)
_REPEATED = re.compile(r"(.+?)\1+", re.DOTALL)
_SHORTEST_WORD, _LONGEST_WORD = 3, 24
_FIRST_RANK = 10
_DISGUISE = 0.5  # letters as digits, or backwards: a few times as many guesses
_CHARACTER = {"digit": 1.0, "letter": 1.2, "space": 0.3, "other": 1.5}


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a password that is guessed as a whole. `cost` is the logarithm (base 10) of the guesses it takes."""

    start: int
    end: int
    cost: float
    kind: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """The guesses that a password takes, as a logarithm to base 10; `kinds` of its parts, in reading order."""

    guesses: float
    kinds: tuple[str, ...]


def estimate(password: str, about: tuple[str, ...] = ()) -> Estimate:
    """The cheapest way to `password`; `about` are words that anybody would try first: name, email, clinic.

    Quadratic in the length at worst, which the caller bounds.
    """
    text = password.casefold()
    personal = dict.fromkeys(_parts(about), "a name that belongs to you or the clinic")
    ending: dict[int, list[Piece]] = {}
    for piece in (*_words(text, personal), *_rows(text), *_dates(text), *_repeats(text, about)):
        ending.setdefault(piece.end, []).append(piece)
    best = [Estimate(0.0, ())]
    for end in range(1, len(text) + 1):
        kind = _kind(text[end - 1])
        options = [Piece(end - 1, end, _CHARACTER[kind], "" if kind == "space" else kind), *ending.get(end, ())]
        piece = min(options, key=lambda each: best[each.start].guesses + each.cost)
        before = best[piece.start]
        kinds = before.kinds
        if piece.kind and piece.kind not in _CHARACTER and (not kinds or kinds[-1] != piece.kind):
            kinds = (*kinds, piece.kind)
        best.append(Estimate(before.guesses + piece.cost, kinds))
    return best[-1]


def _words(text: str, personal: Mapping[str, str]) -> Iterator[Piece]:
    ranks = _ranks()
    length = len(text)
    longest = max(_LONGEST_WORD, *map(len, personal), 0)
    disguises = {text: 0.0}
    for table in _LEET:
        disguises.setdefault(text.translate(table), _DISGUISE)
    for disguised, extra in tuple(disguises.items()):
        for start in range(length):
            for end in range(start + _SHORTEST_WORD, min(length, start + longest) + 1):
                word = disguised[start:end]
                for form, more in ((word, 0.0), (word[::-1], _DISGUISE)):
                    if form in personal:
                        yield Piece(start, end, 0.5 + extra + more, personal[form])
                    elif form in ranks:
                        yield Piece(start, end, ranks[form][0] + extra + more, ranks[form][1])


def _rows(text: str) -> Iterator[Piece]:
    for start in range(len(text) - _SHORTEST_ROW + 1):
        end = start + _SHORTEST_ROW
        while end <= len(text) and any(text[start:end] in row for row in _BOTH_WAYS):
            yield Piece(start, end, 1.2 + 0.1 * (end - start), "a row of keys or numbers")
            end += 1


def _dates(text: str) -> Iterator[Piece]:
    for pattern, cost in _DATES:
        for start in range(len(text)):
            if found := pattern.match(text, start):
                yield Piece(start, found.end(), cost, "a year or a date")


def _repeats(text: str, about: tuple[str, ...]) -> Iterator[Piece]:
    for found in _REPEATED.finditer(text):
        unit = found[1]
        times = len(found[0]) // len(unit)
        alone = _CHARACTER[_kind(unit)] if len(unit) == 1 else estimate(unit, about).guesses
        yield Piece(found.start(), found.end(), alone + math.log10(times), "a part that is repeated")


def _parts(about: tuple[str, ...]) -> set[str]:
    whole = {text.casefold() for text in about}
    joined = {re.sub(r"[\W_]+", "", text) for text in whole}
    parts = {part for text in whole for part in re.split(r"[\W\d_]+", text)}
    return {part for part in whole | joined | parts if len(part) >= _SHORTEST_WORD}


def _kind(character: str) -> str:
    if character.isdigit():
        return "digit"
    if character.isspace():
        return "space"
    return "letter" if character.isalpha() else "other"


@lru_cache(maxsize=1)
def _ranks() -> dict[str, tuple[float, str]]:
    """Each known word with the logarithm of its rank: common passwords first, then English by frequency."""
    text = resources.files("bot.staff").joinpath("data/common_passwords.txt").read_text(encoding="utf-8")
    ranks = {word: (math.log10(rank + _FIRST_RANK), "a common word") for word, rank in english_ranks().items()}
    for rank, word in enumerate(text.split(), start=_FIRST_RANK):
        cost = math.log10(rank)
        if word not in ranks or ranks[word][0] > cost:
            ranks[word] = (cost, "a common password")
    return ranks
