"""Phone numbers as people write them: what a button dials, whether that is the number, and its usual form."""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, shortnumberinfo

from bot.faq.entry import Region

_ISO = {Region.UK: "GB", Region.US: "US"}
_BEFORE = {Region.UK: ("0", "00"), Region.US: ("1", "011")}  # dialled there before a number, and before a country code
_NUMBER = re.compile(r"\+?[\d(][\d\s().\-\u2010-\u2015]*")
_EXTENSION = re.compile(r"[\s,;]*(?:extension|extn|ext|x|#)[\s.:=]*(\d{1,7})\s*$", re.IGNORECASE)


def dialled(text: str) -> str:
    """What a phone dials for the number: with its country code where that is written, else its digits as they stand.

    Words before or after it are never dialled.
    """
    base, _ = _parted(text)
    found = _NUMBER.search(base)
    if found is None:
        return ""
    number = found.group()
    if number.startswith("+"):
        try:
            return phonenumbers.format_number(phonenumbers.parse(number), PhoneNumberFormat.E164)
        except NumberParseException:
            return "+" + phonenumbers.normalize_digits_only(number)
    return phonenumbers.normalize_digits_only(number)


def extension_of(text: str) -> str:
    """The digits of the extension that is written behind the number, or ""."""
    return _parted(text)[1]


def number_fault(number: str, region: Region) -> str:
    """Why a number cannot be called from `region`, or "" when it can: a full number or a short one such as 111."""
    base, _ = _parted(number)
    parsed = _parsed(base, region)
    if parsed is None:
        return "no phone number"
    if not _NUMBER.fullmatch(base):
        return "more than a phone number"
    if not (phonenumbers.is_possible_number(parsed) or shortnumberinfo.is_possible_short_number(parsed)):
        return "not as long as a phone number"
    return "" if dialled(number) in _ways_to_dial(parsed, region) else "not how that number is dialled"


def written_as_usual(number: str, region: Region) -> str:
    """The number as people of the region write it; a short one, and one that cannot be read, as it is."""
    parsed = _parsed(number, region)
    if parsed is None or not phonenumbers.is_valid_number(parsed):
        return number
    home = parsed.country_code == phonenumbers.country_code_for_region(_ISO[region])
    return phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL)


def written_to_dial(number: str, region: Region) -> str:
    """The number as it is, where its digits can be dialled one by one; else as people of the region write it."""
    base, _ = _parted(number)
    parsed = _parsed(base, region)
    if parsed is None or not _NUMBER.fullmatch(base):
        return number
    digits = phonenumbers.normalize_digits_only(base)
    typed = f"+{digits}" if base.startswith("+") else digits
    return number if typed in _ways_to_dial(parsed, region) else written_as_usual(number, region)


def _parted(text: str) -> tuple[str, str]:
    """The number and its extension."""
    found = _EXTENSION.search(text)
    return (text[: found.start()].strip(), found[1]) if found else (text.strip(), "")


def _parsed(text: str, region: Region) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, _ISO[region])
    except NumberParseException:
        return None


def _ways_to_dial(number: PhoneNumber, region: Region) -> frozenset[str]:
    """What reaches the number from the region; with what is dialled there before a trunk call, or a call abroad."""
    at_home, going_abroad = _BEFORE[region]
    own = phonenumbers.national_significant_number(number)
    abroad = f"{number.country_code}{own}"
    ways = {f"+{abroad}", f"{going_abroad}{abroad}"}
    if number.country_code == phonenumbers.country_code_for_region(_ISO[region]):
        ways |= {own, f"{at_home}{own}"}
    return frozenset(ways)
