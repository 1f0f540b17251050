"""A release and its pieces from JSON-ready data; the way there is `bot.faq.release.plain`.

Data is read as strictly as if it had come over the wire: no text becomes a number, no number a date, and a field
that nobody knows is refused, so that what is kept in a database is what was put there or is noticed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.errors import InputError
from bot.faq.clinic import ClinicProfile
from bot.faq.entry import Entry
from bot.faq.release import Release
from bot.faq.sources import SourceDocument

T = TypeVar("T")


def release_from_plain(data: Mapping[str, object]) -> Release:
    """The release that `plain` gave `data` of. Raises InputError naming the field."""
    return from_plain(Release, data)


def entry_from_plain(data: Mapping[str, object]) -> Entry:
    """The entry that `plain` gave `data` of. Raises InputError naming the field."""
    return from_plain(Entry, data)


def clinic_from_plain(data: Mapping[str, object]) -> ClinicProfile:
    """The clinic profile that `plain` gave `data` of. Raises InputError naming the field."""
    return from_plain(ClinicProfile, data)


def documents_from_plain(data: Sequence[object]) -> tuple[SourceDocument, ...]:
    """The source documents that `plain` gave `data` of. Raises InputError naming the field."""
    return tuple(_read(tuple[SourceDocument, ...], "documents", data))


def from_plain(kind: type[T], data: object) -> T:
    """The dataclass `kind`, of `bot.faq`, that `plain` gave `data` of: `from_plain(type(x), plain(x)) == x`.

    Raises InputError naming the field, as "entries.3.answer.short".
    """
    found = _read(kind, kind.__name__, data)
    if not isinstance(found, kind):
        raise TypeError(kind)  # a type that is no class of ours
    return found


def _read(kind: Any, name: str, data: object) -> Any:
    # Strictness in JSON's own terms (a date is text, a tuple a list) is only to be had of JSON itself.
    try:
        text = json.dumps(data, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(field=name, got=str(error), allowed="what JSON can hold") from error
    try:
        return _adapter(kind).validate_json(text, strict=True, extra="forbid")
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        path = [str(part) for part in first["loc"]]
        field = ".".join(path if path and not path[0].isdigit() else [name, *path])
        raise InputError(field=field, got=_shown(first["type"], first["input"]), allowed=first["msg"]) from error


def _shown(problem: str, given: object) -> str:
    """What was given, short enough for a message."""
    if problem in ("missing", "missing_argument", "missing_keyword_only_argument"):
        return "nothing"
    if isinstance(given, dict | list):
        return "an object" if isinstance(given, dict) else "a list"
    return repr(given)[:60]


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Building one takes longer than reading a release, so it is built when it is first needed."""
    return TypeAdapter(kind)
