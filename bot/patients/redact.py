"""Takes personal details out of a patient's message before it is stored, and leaves a readable mark for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from bot.patients.redact_contacts import find_links, find_mails
from bot.patients.redact_dates import find_birth_dates
from bot.patients.redact_named import find_named_numbers
from bot.patients.redact_names import find_names
from bot.patients.redact_numbers import find_help_lines, find_numbers
from bot.patients.redact_places import find_addresses, find_postcodes
from bot.patients.redact_plain import MARKS, Found, Plain


def _find_help_lines(text: str) -> Iterator[Found]:
    """Help lines, but not the house number of "112 High Street"."""
    lines = list(find_help_lines(text))
    houses = [(each.start, each.end) for each in find_addresses(text)] if lines else []
    return (each for each in lines if not any(start <= each.start < end for start, end in houses))


# What is certain comes first: what one has found, none of those after it sees.
_FINDERS: tuple[Callable[[str], Iterable[Found]], ...] = (
    find_mails,
    find_links,
    _find_help_lines,
    find_birth_dates,
    find_named_numbers,
    find_numbers,
    find_addresses,
    find_postcodes,
    find_names,
)


def redact(text: str) -> str:
    """`text` with each personal detail replaced by a mark such as [name] or [phone]; other text stays as it is.

    Doing it again changes nothing. Never raises.
    """
    # A mark may lay bare what was hidden beside it, as a town before a postcode. Every round but the last takes
    # something away for good, so that they end.
    while (done := _once(text)) != text:
        text = done
    return text


def _once(text: str) -> str:
    plain = Plain(text)
    for finder in _FINDERS:
        plain.take(finder(plain.text))
    return plain.marked()


__all__ = ["MARKS", "redact"]
