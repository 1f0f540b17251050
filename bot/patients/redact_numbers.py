"""Telephone, health service, social security, card and other identifying numbers in a plain message."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from bot.patients.redact_plain import KEPT, Found

_MOST_CLUSTERS = 8
_LONG = 9  # digits: no dose, count or laboratory value has as many

# Lines that anybody may call; their digits tell nothing of the patient.
_HELP = re.compile(
    r"(?<![\w+/])(?<!\d[ .\-])(?:116[ -]?(?:123|117|111)|85258|741741|999|111|911|988|112|101|119|811|13 ?11 ?14"
    r"|0800 ?1111|(?:1[ -])?800[ -]222[ -]1222|(?:1[ -])?800[ -]273[ -]8255"
    r"|(?:1[ -])?800[ -]662[ -]4357|0800 ?068 ?4141)"
    r"(?![\w/]|[ .\-]\d)"
)
_UNIT = re.compile(
    r"\s?(?:mgs?|mcg|µg|ug|g|kg|kgs|ml|l|iu|units?|mmol|umol|%|percent|cm|mm|ft|lbs?|st|am|pm|x|tablets?|capsules?|pills?|"
    r"caps|tabs|days?|weeks?|wks?|months?|years?|yrs?|hours?|hrs?|mins?|minutes?|times|doses?)\b|%",
    re.IGNORECASE,
)
_GAP = re.compile(r"[ \t]{0,2}[.\-()]?[ \t]{0,2}[(]?|[ ]?\(0\)[ ]?")
_CLUSTER = re.compile(r"\d+")
_PHONE_CUE = re.compile(
    r"\b(?:(?:tele)?phone|tel|mobile|mob|cell|cellphone|landline|whatsapp|wa|fax|(?:call|ring|phone|text|reach|contact|"
    r"message|msg)\s(?:me|us|him|her|back|mum|mom)|(?:my|his|her|our|new)\s(?:home\s|work\s|contact\s)?(?:number|num|no|digits)"
    r"|contact\s(?:number|no))\b",
    re.IGNORECASE,
)
_CUE_REACH = 24
_DATE_SHAPES = {(2, 2, 4), (1, 2, 4), (2, 1, 4), (1, 1, 4), (4, 2, 2), (4, 1, 2)}
_DIGIT_WORD = r"(?:zero|oh|o|nought|one|two|three|four|five|six|seven|eight|nine|(?:double|triple)\s\w{2,5})"
_SPOKEN = re.compile(rf"\b{_DIGIT_WORD}(?:[\s,-]{{1,2}}{_DIGIT_WORD}){{6,20}}\b", re.IGNORECASE)

_NUMBER_WORD = r"(?:numbers?|nos?\.?|num|nr\.?|#|id|i\.d\.|code|ref(?:erence)?)"
_CUE = (
    r"\b(?:(?:nhs|hospital|hosp|patient|pt|clinic|(?:medical|health)(?:\s(?:record|card))?|record|chart|insurance|policy|"
    r"member(?:ship)?|prescription|script|rx|appointment|appt|booking|case|claim|account|acc|customer|reference|referral|"
    r"order|passport|driv(?:ing|er'?s?)\slicen[cs]e|licen[cs]e|national\sinsurance|ni|social\s(?:security)?|medicare|"
    r"medicaid|ipledge|employee|staff|student|card|credit\scard|debit\scard|chi|health\sservice|h&c|group|subscriber|"
    r"registration|visa|tax|emis|unit|lab|sample|specimen)\s?" + _NUMBER_WORD + r"|mrn|ssn|nino|nhs|chi|ref(?:erence)?|"
    r"i\.?d|sort\scode|iban|social\ssecurity|insurance|policy|passport|dni|nie)(?![\w'])"
)
_NAMED = re.compile(
    _CUE + r"\s?(?::|=|-|#|,)?\s?(?:(?:is|was|no\.?|number|num|it's|its|es)\b\.?[\s:]{0,2}){0,2}[#:]?\s?"
    r"((?=[a-z]{0,8}[/-]?\d)[a-z0-9][a-z0-9]{0,24}(?:[/.-][a-z0-9]{1,20}){0,6}(?![\w])(?:\s\d{2,4}(?!\w)){0,5}(?:\s[a-d]\b)?)",
    re.IGNORECASE,
)
_NATIONAL_INSURANCE = re.compile(
    r"(?<!\w)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?!\w)", re.IGNORECASE
)
_NI_SPACED = re.compile(r"(?<!\w)[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D](?!\w)")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")


class _Cluster(NamedTuple):
    start: int
    end: int
    digits: str


def find_help_lines(text: str) -> Iterator[Found]:
    """Emergency and help lines, which stay."""
    for match in _HELP.finditer(text):
        yield Found(*match.span(), KEPT)


def find_named_numbers(text: str) -> Iterator[Found]:
    """Numbers that stand after what they are: "my NHS no is", "ref", "patient id"; and those with letters in them."""
    spans = [match.span() for pattern in (_NATIONAL_INSURANCE, _NI_SPACED, _IBAN) for match in pattern.finditer(text)]
    for match in _NAMED.finditer(text):
        start, end = match.span(1)
        value = _own_groups(match.group(1), text, start)
        digits = sum(letter.isdigit() for letter in value)
        if digits >= 2 and len(value) >= 3 and not _is_amount(value, text, start + len(value)):
            spans.append((start, min(end, start + len(value))))
    taken = 0
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= taken:
            yield Found(start, end, "number")
            taken = end


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


def _own_groups(value: str, text: str, start: int) -> str:
    """The value without a group of digits that belongs to what follows, as a dose."""
    groups = value.split(" ")
    if len(groups[0]) > 4 and not (len(groups) > 1 and len(groups[0]) == 5 and value[:5].isalnum()):
        return groups[0]
    while len(groups) > 1 and _UNIT.match(text, start + len(" ".join(groups))):
        groups.pop()
    return " ".join(groups)


def _is_amount(value: str, text: str, end: int) -> bool:
    """Whether this is a dose, a count or a date rather than a number that names somebody."""
    if re.fullmatch(
        r"\d{1,4}(?:\.\d{1,2})?(?:mg|mcg|g|kg|ml|iu|st|nd|rd|th|x|am|pm|hrs?|wks?|yrs?)s?", value, re.IGNORECASE
    ):
        return True
    return bool(re.fullmatch(r"\d{1,4}(?:\.\d{1,2})?", value) and _UNIT.match(text, end))


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
    for count in range(min(_MOST_CLUSTERS, len(chain) - place), 0, -1):
        window = chain[place : place + count]
        last = window[-1]
        if count > 1 and len(last.digits) <= 4 and _UNIT.match(text, last.end):
            continue
        gaps = [text[one.end : two.start] for one, two in pairwise(window)]
        kind = _kind([cluster.digits for cluster in window], gaps, _is_international(text, first.start), cued)
        if kind and not (len(window) == 1 and len(first.digits) < _LONG and _UNIT.match(text, last.end)):
            return count, kind
    return None


def _kind(groups: Sequence[str], gaps: Sequence[str], plus: bool, cued: bool) -> str | None:
    """What the groups of digits are together; None for nothing that tells of a person."""
    digits = "".join(groups)
    shape = tuple(len(group) for group in groups)
    if len(digits) < 6:
        return None
    if (plus or (digits.startswith("00") and len(digits) >= 11)) and 8 <= len(digits) <= 17:
        return "phone"
    if shape[:3] in _DATE_SHAPES and not plus and shape[:3] != (3, 2, 4):
        return None
    if shape == (5, 4) and gaps == ["-"]:  # an American postcode
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
