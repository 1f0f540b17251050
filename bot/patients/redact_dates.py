"""Dates of birth in a plain message; every other date stays."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.patients.redact_plain import Found

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|"
    r"diciembre)\b\.?"
)
_DAY = r"(?:the\s)?(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_YEAR = r"(?:'?\d{2}|(?:18|19|20)\d{2})(?!\d)"
_BETWEEN = r"[\s,.\-/]{1,3}(?:of\s|de\s|del\s)?"
_FULL = (
    rf"(?<!\d)(?:\d{{1,2}}\s?[/.\-]\s?\d{{1,2}}\s?[/.\-]\s?{_YEAR}|\d{{4}}[/.\-]\d{{1,2}}[/.\-]\d{{1,2}}(?!\d)"
    rf"|\d{{1,2}}\s\d{{1,2}}\s(?:19|20)\d{{2}}(?!\d)"
    rf"|{_DAY}{_BETWEEN}?{_MONTH}{_BETWEEN}?{_YEAR}"
    rf"|{_MONTH}{_BETWEEN}?{_DAY}{_BETWEEN}{_YEAR}"
    rf"|(?:19|20)\d{{2}}{_BETWEEN}{_MONTH}{_BETWEEN}{_DAY}(?!\d))"
)
# Straight after "date of birth", less will do: a date without its year or day, or digits in one.
_ANY = (
    rf"(?:{_FULL}|(?<!\d)\d{{8}}(?!\d)|(?<!\d)\d{{6}}(?!\d)|(?<!\d)\d{{2}}\s\d{{2}}\s\d{{2}}(?!\d)"
    rf"|{_DAY}{_BETWEEN}?{_MONTH}|{_MONTH}{_BETWEEN}?(?:{_DAY}(?!\d)|(?:19|20)\d{{2}}(?!\d))"
    rf"|(?<!\d)\d{{1,2}}[/.\-]\d{{1,4}}(?!\d)|(?<!\d)(?:19|20)\d{{2}}(?!\d))"
)
_BIRTH = (
    r"(?:\bd\.?\s?o\.?\s?b\b\.?|\bdates?\sof\sbirth\b|\bdate\sbirth\b|\bbirth\s?-?(?:date|day)s?\b|\bb-?day\b"
    r"|\bfecha\sde\snac(?:imiento|\b\.)?|\bf\.?\s?nac\.?|\bnacimiento\b|\bcumple(?:anos)?\b|\bnaci(?:d[oa]|o)?\b)"
)
_LINK = r"[\s:=\-,(]{0,4}(?:(?:is|was|on|it's|its|the|es|era|fue|el|en)\b[\s:]{0,3}){0,3}"
_AFTER_CUE = re.compile(rf"{_BIRTH}{_LINK}({_ANY})", re.IGNORECASE)
_WORD_OF_BIRTH = re.compile(
    r"\b(?:born|birth(?:day|date)?|naci(?:d[oa]|o|miento)?|cumple(?:anos)?|dob)\b(?!\s(?:control|defects?|pills?|weight))",
    re.IGNORECASE,
)
_FULL_DATE = re.compile(_FULL, re.IGNORECASE)
_SENTENCE_END = re.compile(r"[!?;\n]|\.\s")
_BEFORE_CUE = re.compile(
    rf"({_FULL})[\s,:\-(]{{0,3}}(?:(?:is|was|being|as|my|his|her|the|our)\s){{0,3}}{_BIRTH}", re.IGNORECASE
)
_FARTHEST = 60


def find_birth_dates(text: str) -> Iterator[Found]:
    """Dates that are said to be of birth: before or after that word, in the same sentence."""
    if not re.search(r"b-?day|birth|born|d\.?\s?o\.?\s?b|naci|cumple|f\.?\s?nac", text, re.IGNORECASE):
        return
    spans = [match.span(1) for pattern in (_AFTER_CUE, _BEFORE_CUE) for match in pattern.finditer(text)]
    cues = [match.end() for match in _WORD_OF_BIRTH.finditer(text)]
    latest = 0
    for match in _FULL_DATE.finditer(text):
        while latest < len(cues) and cues[latest] <= match.start():
            latest += 1
        cue = cues[latest - 1] if latest else None
        if cue is not None and match.start() - cue <= _FARTHEST and not _SENTENCE_END.search(text, cue, match.start()):
            spans.append(match.span())
    taken = 0
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= taken:
            yield Found(start, end, "date of birth")
            taken = end
