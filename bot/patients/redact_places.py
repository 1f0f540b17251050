"""Street addresses and postcodes in a plain message."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from bot.language.words import english_ranks
from bot.patients.redact_named import UNIT
from bot.patients.redact_plain import Found, filler
from bot.patients.redact_streets import find_type_first
from bot.patients.redact_words import words_of

_STREETS = (
    "street|road|rd|avenue|ave|lane|ln|crescent|cres|terrace|boulevard|blvd|mews|highway|hwy|parkway|pkwy|freeway|grove|"
    "gardens|gdns|cottages?|strasse|strase"
)
# These are also everyday words, so that more must speak for them.
_DOUBTFUL = (
    "close|drive|dr|court|ct|place|pl|square|sq|way|walk|row|park|hill|view|rise|gate|green|quay|wharf|yard|mount|vale|"
    "circus|parade|circle|trail|st|field|fields|house|end|meadows?|heights|loop|plaza|embankment|approach|croft|dene|"
    "path|passage|wood|bank|broadway"
)
_NAME = r"[A-Za-z][A-Za-z'.-]{0,24}"
_FLAT = r"(?:(?:flat|apt\.?|apartment|unit|suite|room|rm|block|floor)\s?#?\w{1,5}[,\s]{1,2})"
_STREET = re.compile(
    rf"(?<![\w.,/-])(?P<flat>{_FLAT}{{0,2}})(?P<number>\d{{1,5}}(?:\s?[a-dA-D]\b|\s?[-/]\s?\d{{1,4}})?),?\s"
    rf"(?P<words>(?:\d{{1,3}}(?:st|nd|rd|th)\s)?{_NAME}(?:\s{_NAME}){{1,5}})",
    re.IGNORECASE,
)
_AFTER_STREET = re.compile(
    r"\.?(?:\s(?:north|south|east|west|[NSEW]{1,2})\b)?(?:,?\s(?:apt|apartment|unit|suite|flat|#)\.?\s?#?\w{1,5}\b)?",
    re.IGNORECASE,
)
_MORE = re.compile(rf",\s(?:[A-Z][\w'-]{{0,24}}\s){{1,3}}?(?i:{_STREETS}|{_DOUBTFUL})\b\.?")
_TYPE = re.compile(rf"(?:{_STREETS}|{_DOUBTFUL})", re.IGNORECASE)
_IS_DOUBTFUL = re.compile(_DOUBTFUL, re.IGNORECASE)
_CUED = re.compile(
    r"\b(?:(?:my|our|home|her|his|new|postal|delivery)\s(?:home\s|postal\s|new\s)?address\s?(?:is|:|=)?|address\s?[:=]|i\slive\s(?:at|on|in)|"
    r"living\sat|lives\sat|we\slive\sat|reside\sat|moved\sto|vivo\sen|direccion\s(?:es|:))\s{0,2}",
    re.IGNORECASE,
)
_PART = re.compile(r"\S+")
_CUED_STREET = re.compile(
    rf"(?P<whole>(?:[\w'.-]{{1,25}}[ ,]{{1,2}}){{1,6}}?(?P<type>{_STREETS}|{_DOUBTFUL})\b\.?)", re.IGNORECASE
)
_BOX = re.compile(r"\bp\.?\s?o\.?\sbox\s\d{1,6}\b", re.IGNORECASE)

_AREAS = (
    "AB|AL|BA|BB|BD|BH|BL|BN|BR|BS|BT|CA|CB|CF|CH|CM|CO|CR|CT|CV|CW|DA|DD|DE|DG|DH|DL|"
    "DN|DT|DY|EC|EH|EN|EX|FK|FY|GL|GU|GY|HA|HD|HG|HP|HR|HS|HU|HX|IG|IM|IP|IV|JE|KA|KT|"
    "KW|KY|LA|LD|LE|LL|LN|LS|LU|ME|MK|ML|NE|NG|NN|NP|NR|NW|OL|OX|PA|PE|PH|PL|PO|PR|RG|"
    "RH|RM|SA|SE|SG|SK|SL|SM|SN|SO|SP|SR|SS|ST|SW|SY|TA|TD|TF|TN|TQ|TR|TS|TW|UB|WA|WC|"
    "WD|WF|WN|WR|WS|WV|YO|ZE|B|E|G|L|M|N|S|W"
)
_UK = re.compile(
    rf"(?<![\w])(?:{_AREAS})\d[A-Z\d]?[ -]{{0,2}}\d[ABD-HJLNP-UW-Z]{{2}}(?![\w])",
    re.IGNORECASE,
)
# "b4 2nd dose", "b12 5th week": short for words, and vitamins.
_NO_INWARD = re.compile(r"\d(?:st|nd|rd|th|be|hr|lb|ld)$", re.IGNORECASE)
_VITAMINS = re.compile(r"(?:[be]\d|b1\d|l8|m8|n1|w8|g2g?)(?![a-z0-9])", re.IGNORECASE)
_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|"
    "NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|DC"
)
_STATE_NAMES = (
    "alabama|alaska|arizona|arkansas|california|colorado|connecticut|delaware|florida|georgia|hawaii|"
    "idaho|illinois|indiana|iowa|kansas|kentucky|louisiana|maine|maryland|massachusetts|michigan|"
    "minnesota|mississippi|missouri|montana|nebraska|nevada|hampshire|jersey|mexico|york|carolina|"
    "dakota|ohio|oklahoma|oregon|pennsylvania|tennessee|texas|utah|vermont|virginia|washington|"
    "wisconsin|wyoming|island"
)
_ZIP = re.compile(
    rf"(?:(?<!\w)(?:{_STATES})\.?,?\s|(?i:\b(?:{_STATE_NAMES}),?\s)|(?i:\bzip(?:\s?code)?\s?(?:is|:|=)?\s?)"
    rf"|(?i:\bpost\s?code\s?(?:is|:|=)?\s?)|{filler('address')},?\s(?:{_NAME}\s?){{0,3}},?\s?)(?P<code>\d{{5}}(?:-\d{{4}})?)(?![\w])"
)
_ZIP_LONG = re.compile(r"(?<![\w.-])\d{5}-\d{4}(?![\w-])")
_CUED_POSTCODE = re.compile(
    r"\b(?:post\s?code|postal\scode|eircode|codigo\spostal|c\.?\s?p\.?)\s?(?:is|es\sel|es|:|=)?\s?"
    r"([A-Z]\d[A-Z][ -]?\d[A-Z]\d|[A-Z]\d[\dW][ -]?[A-Z\d]{4}"
    r"|[A-Z]{1,2}\d[A-Z\d]?(?:\s?\d[A-Z]{2})?|\d{4,5}(?![\w-]))(?!\w)",
    re.IGNORECASE,
)
# Canadian and Irish ones, whose letters and digits are in no other word.
_CANADIAN = re.compile(r"(?<![\w-])[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z][ -]?\d[ABCEGHJ-NPRSTV-Z]\d(?![\w-])")
_IRISH = re.compile(
    r"(?<![\w-])[AC-FHKNPRTV-Y]\d[\dW] ?(?=[A-Z\d]{0,3}\d)(?=\d{0,3}[A-Z])[AC-FHKNPRTV-Y\d]{4}(?![\w-])"
)


@lru_cache(maxsize=1)
def _not_in_streets() -> frozenset[str]:
    """Words that no street's name holds, after a number: "10 minute walk", "2 a day in a row"."""
    return words_of("not_in_streets")


def find_addresses(text: str) -> Iterator[Found]:
    """Streets with a house number, those after "my address is", and boxes."""
    spans = [match.span() for match in _BOX.finditer(text)]
    cues = [match.end() for match in _CUED.finditer(text)]
    for match in _STREET.finditer(text):
        street_end = _street_end(match, text, cues)
        if street_end is not None:
            after = _AFTER_STREET.match(text, street_end)
            spans.append((match.start(), after.end() if after else street_end))
    for end in cues:
        named = _CUED_STREET.match(text, end)
        if named and _is_place_name(named.group("whole").split()[:-1], named):
            spans.append((end, named.end()))
    spans += find_type_first(text)
    taken = 0
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= taken:
            more = _MORE.match(text, end)
            taken = more.end() if more else end
            yield Found(start, taken, "address")


def find_postcodes(text: str) -> Iterator[Found]:
    """British postcodes, and American ones where an address speaks for them."""
    spans = [match.span() for match in _UK.finditer(text) if _is_postcode(match.group())]
    spans += [match.span("code") for match in _ZIP.finditer(text)]
    spans += [match.span() for match in _ZIP_LONG.finditer(text)]
    spans += [match.span(1) for match in _CUED_POSTCODE.finditer(text) if not UNIT.match(text, match.end())]
    spans += [match.span() for pattern in (_CANADIAN, _IRISH) for match in pattern.finditer(text)]
    taken = 0
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= taken:
            yield Found(start, end, "postcode")
            taken = end


def _street_end(match: re.Match[str], text: str, cues: list[int]) -> int | None:
    """Where the street's name ends, if the words after a number are one; the longest that is."""
    words: list[str] = []
    end = None
    for part in _PART.finditer(match.group("words")):
        word = part.group().rstrip(".")
        first_article = not words and word.lower() == "the"
        # After "Flat 3B 45", even "Long" is a street's name.
        if word.lower() in _not_in_streets() and not first_article and not match.group("flat"):
            break
        words.append(word)
        place = match.start("words") + part.start() + len(word)
        if len(words) > 1 and _TYPE.fullmatch(word) and _is_street(words, match, text, place, cues):
            end = place
    return end


def _is_street(words: list[str], match: re.Match[str], text: str, end: int, cues: list[int]) -> bool:
    if not _IS_DOUBTFUL.fullmatch(words[-1]) or match.group("flat"):
        return True
    if any(0 <= match.start() - cue <= 3 for cue in cues):
        return True
    if all(word[:1].isupper() or word[:1].isdigit() for word in words):
        return True
    followed = re.match(r"\s{0,2}(?:[,\n.]|$)", text[end : end + 3])
    return bool(followed and any(english_ranks().get(word.lower(), 99_999) > 1_000 for word in words[:-1]))


def _is_place_name(words: list[str], match: re.Match[str]) -> bool:
    """Whether the words after "I live at" are names: "Rose Cottage, Mill Lane", not "home, a long way"."""
    plain = [word.strip(",.").lower() for word in words]
    if not plain or any(word in _not_in_streets() for word in plain):
        return False
    doubtful = _IS_DOUBTFUL.fullmatch(match.group("type"))
    return not doubtful or all(word[:1].isupper() or word[:1].isdigit() for word in (*words, match.group("type")))


def _is_postcode(code: str) -> bool:
    if code.isupper():
        return True
    return not (_NO_INWARD.search(code) and (" " in code)) and not (
        " " in code and _VITAMINS.match(code) and code.islower()
    )
