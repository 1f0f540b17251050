"""Telephone, health service, social security and card numbers in a plain message, known by their shape."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from bot.patients.redact_named import UNIT
from bot.patients.redact_plain import KEPT, Found

_MOST_CLUSTERS = 8
_MOST_SINGLE = 15  # digits that stand one by one
_LONG = 9  # digits: no dose, count or laboratory value has as many

# Lines that anybody may call; their digits tell nothing of the patient.
_HELP = re.compile(
    r"(?<![\w+/])(?<!\d[ .\-])(?:116[ -]?(?:123|117|111)|85258|741741|999|111|911|988|112|101|119|811|13 ?11 ?14"
    r"|0800 ?1111|(?:1[ -])?800[ -]222[ -]1222|(?:1[ -])?800[ -]273[ -]8255"
    r"|(?:1[ -])?800[ -]662[ -]4357|0800 ?068 ?4141)"
    r"(?![\w/]|[ .\-]\d)"
)
_GAP = re.compile(r"[ \t]{0,2}[.\-()/_\u00b7\u2022\u2219\u22c5]?[ \t]{0,2}[(]?|[ ]?\(0\)[ ]?")
_CLUSTER = re.compile(r"\d+")
_PHONE_CUE = re.compile(
    r"\b(?:(?:tele)?phone|tel|mobile|mob|cell|cellphone|landline|whatsapp|wa|fax|(?:call|ring|phone|text|reach|contact|"
    r"message|msg)\s(?:me|us|him|her|back|mum|mom)|(?:my|his|her|our|new)\s(?:home\s|work\s|contact\s)?(?:number|num|no|digits)"
    r"|contact\s(?:number|no)"
    r"|(?:me|nos)\s(?:llam|escrib)(?:an?|en?|ais|eis)|telefono|telf?|tlfn?o?|tfno|movil|celular|fijo|(?:llam(?:a|e|en|ad)|escrib(?:e|a|an|ir)|llamar|contact(?:a|e|ar))"
    r"(?:me|nos|le|la|lo)|(?:mi|su|nuestro)\s(?:numero|num|nro|no)|numero\sde\s(?:telefono|movil|contacto))\b",
    re.IGNORECASE,
)
_CUE_AFTER = re.compile(
    r"\)?\s?,?\s?(?:is|was|es)\s(?:my|his|her|our|the|mi|su|el)\s(?:\w{1,9}\s)?(?:(?:tele)?phone|mobile|cell|number|landline|"
    r"telefono|movil|numero|celular)\b",
    re.IGNORECASE,
)
_CUE_REACH = 24
_SPANISH_SHAPES = {(3, 2, 2, 2), (2, 3, 2, 2), (3, 3, 3), (3, 6)}
_DATE_SHAPES = {(2, 2, 4), (1, 2, 4), (2, 1, 4), (1, 1, 4), (4, 2, 2), (4, 1, 2)}
_DIGIT_WORD = r"(?:zero|oh|o|nought|one|two|three|four|five|six|seven|eight|nine|(?:double|triple)\s\w{2,5})"
_SPOKEN = re.compile(rf"\b{_DIGIT_WORD}(?:[\s,-]{{1,2}}{_DIGIT_WORD}){{6,20}}\b", re.IGNORECASE)


class _Cluster(NamedTuple):
    start: int
    end: int
    digits: str


def find_help_lines(text: str) -> Iterator[Found]:
    """Emergency and help lines, which stay."""
    for match in _HELP.finditer(text):
        yield Found(*match.span(), KEPT)


def find_numbers(text: str) -> Iterator[Found]:
    """Telephone numbers, and bare numbers that are known by their shape."""
    for match in _SPOKEN.finditer(text):
        yield Found(*match.span(), "phone")
    cues = [match.end() for match in _PHONE_CUE.finditer(text)]
    for chain in _chains(text):
        place = 0
        while place < len(chain):
            found = _longest(chain, place, text, cues)
            if found is None:
                place += 1
                continue
            count, kind = found
            yield Found(
                _with_prefix(text, chain[place].start), _with_extension(text, chain[place + count - 1].end), kind
            )
            place += count


def _chains(text: str) -> Iterator[list[_Cluster]]:
    """Runs of digits with only such signs between as are written within one number."""
    chain: list[_Cluster] = []
    for match in _CLUSTER.finditer(text):
        if chain and not (match.start() - chain[-1].end <= 6 and _GAP.fullmatch(text, chain[-1].end, match.start())):
            yield chain
            chain = []
        chain.append(_Cluster(*match.span(), match.group()))
    if chain:
        yield chain


def _longest(chain: Sequence[_Cluster], place: int, text: str, cues: Sequence[int]) -> tuple[int, str] | None:
    first = chain[place]
    if text[first.start - 1 : first.start] in ("£", "$", "€") and len(first.digits) < _LONG:
        return None
    cued = _follows_cue(text, first.start, cues)
    if (alone := _single_digits(chain, place, text, cued)) is not None:
        return alone
    for count in range(min(_MOST_CLUSTERS, len(chain) - place), 0, -1):
        window = chain[place : place + count]
        last = window[-1]
        if count > 1 and len(last.digits) <= 4 and UNIT.match(text, last.end):
            continue
        gaps = [text[one.end : two.start] for one, two in pairwise(window)]
        told = cued or bool(_CUE_AFTER.match(text, last.end))
        kind = _kind([cluster.digits for cluster in window], gaps, _is_international(text, first.start), told)
        if kind and not (len(window) == 1 and len(first.digits) < _LONG and UNIT.match(text, last.end)):
            return count, kind
    return None


def _single_digits(chain: Sequence[_Cluster], place: int, text: str, cued: bool) -> tuple[int, str] | None:
    """A number whose digits stand one by one, "0 7 7 0 0 …", but not what is counted up or down."""
    if place and len(chain[place - 1].digits) == 1:
        return None  # a part of a row that was no number
    end = place
    while end < len(chain) and len(chain[end].digits) == 1 and end - place <= _MOST_SINGLE:
        end += 1
    if end > place and UNIT.match(text, chain[end - 1].end):
        end -= 1
    digits = "".join(cluster.digits for cluster in chain[place:end])
    told = cued or bool(_CUE_AFTER.match(text, chain[end - 1].end))
    steps = {int(two) - int(one) for one, two in pairwise(digits)}
    if not _LONG <= len(digits) <= _MOST_SINGLE or (len(steps) < 3 and not told):
        return None
    if told or (digits[0] == "0" and len(digits) in (10, 11)):
        return end - place, "phone"
    return (end - place, "number") if len(digits) == 10 and _passes_modulus_11(digits) else None


def _kind(groups: Sequence[str], gaps: Sequence[str], plus: bool, cued: bool) -> str | None:
    """What the groups of digits are together; None for nothing that tells of a person."""
    digits = "".join(groups)
    shape = tuple(len(group) for group in groups)
    if len(digits) < 6:
        return None
    if (plus or (digits.startswith("00") and len(digits) >= 11)) and 8 <= len(digits) <= 17:
        return "phone"
    slashed = any("/" in gap for gap in gaps)
    if slashed and ((len(shape) > 2 and shape[0] < 4) or not _is_phone(digits, shape, cued)):
        return None  # blood pressures and dates
    if shape[:3] in _DATE_SHAPES and not plus and shape[:3] != (3, 2, 4):
        return None
    if shape == (5, 4) and gaps == ["-"]:  # an American postcode
        return None
    if cued and shape == (2, 2, 2) and set(gaps) & {".", "-"}:  # a date, as in "call me on 03.04.26"
        return None
    if shape == (3, 3, 4) or shape == (10,):
        if _is_british_phone(digits, shape):
            return "phone"
        if _passes_modulus_11(digits) and not cued and all(gap in (" ", "-", "") for gap in gaps):
            return "number"
        if _is_american(digits):
            return "phone"
        return "number"
    if shape == (3, 2, 4) and len(set(gaps)) == 1 and digits[:3] not in ("000", "666") and digits[0] != "9":
        return "number"
    if _is_phone(digits, shape, cued):
        return "phone"
    if 13 <= len(digits) <= 19 and (_passes_luhn(digits) or shape == (4, 4, 4, 4)) and min(shape) >= 3:
        return "number"
    if cued and 6 <= len(digits) <= 15 and min(shape) >= 2:
        return "phone"
    if len(shape) == 1 and len(digits) >= _LONG:
        return "number"
    if len(digits) >= _LONG and min(shape) >= 3 and all(gap == "-" for gap in gaps):
        return "number"
    return None


def _is_phone(digits: str, shape: tuple[int, ...], cued: bool) -> bool:
    if _is_british_phone(digits, shape):
        return True
    if len(digits) == 12 and digits.startswith("44") and digits[2] in "1237" and shape[0] in (2, 4, 5, 6, 12):
        return True
    if len(digits) == 11 and digits[0] == "1" and _is_american(digits[1:]):
        return shape in {(1, 3, 3, 4), (11,), (1, 10), (1, 3, 7), (4, 3, 4), (1, 6, 4)}
    if len(digits) == 10 and _is_american(digits) and shape in {(3, 7), (6, 4)}:
        return True
    if len(digits) == 10 and digits.startswith("04") and shape in {(4, 3, 3), (4, 6), (2, 2, 3, 3)}:  # Australian
        return True
    if len(digits) == 9 and digits[0] in "6789" and shape in _SPANISH_SHAPES:
        return shape != (3, 3, 3) or cued or any(digits[place] != "0" for place in (2, 5, 8))
    return shape == (3, 4) and (cued or digits.startswith("555"))


def _is_british_phone(digits: str, shape: tuple[int, ...]) -> bool:
    if digits[0] != "0" or digits[1] not in "123578" or len(digits) not in (10, 11):
        return False
    return shape[0] >= 3 or (len(digits) == 11 and shape[0] == 2)


def _is_american(digits: str) -> bool:
    return digits[0] in "23456789" and digits[3] in "23456789"


def _passes_modulus_11(digits: str) -> bool:
    """The check digit of an NHS number."""
    check = 11 - sum(int(digit) * (10 - place) for place, digit in enumerate(digits[:9])) % 11
    return check % 11 == int(digits[9]) and check != 10


def _passes_luhn(digits: str) -> bool:
    """The check digit of a payment card."""
    odd = [int(digit) for digit in digits[-1::-2]]
    even = [2 * int(digit) for digit in digits[-2::-2]]
    return (sum(odd) + sum(digit - 9 if digit > 9 else digit for digit in even)) % 10 == 0


def _follows_cue(text: str, start: int, cues: Sequence[int]) -> bool:
    """Whether a word such as "phone" stands before, in the same sentence, with no other number between."""
    place = bisect_right(cues, start)
    if not place or start - cues[place - 1] > _CUE_REACH:
        return False
    return not re.search(r"[.!?\n]\s|\d", text[cues[place - 1] : start])


def _is_international(text: str, start: int) -> bool:
    return text[start - 1 : start] == "+" or text[max(0, start - 2) : start] in ("+(", "+ ")


def _with_prefix(text: str, start: int) -> int:
    """The start with the plus or bracket that belongs to the number."""
    while start and (text[start - 1] in "+(" or (text[start - 1] == " " and text[start - 2 : start - 1] == "+")):
        start -= 1
    return start


def _with_extension(text: str, end: int) -> int:
    match = re.compile(r"\)?(?:\s?(?:ext\.?|extension|x)\s?\d{1,6}\b)?").match(text, end)
    if match is None:
        return end
    return match.end() if "x" in match.group().lower() else end
