"""A release and its pieces read back from their plain form (see `bot.faq.release.plain`)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.errors import InputError
from bot.faq.entry import Entry
from bot.faq.release import Release

T = TypeVar("T")


def release_from_plain(data: Mapping[str, object]) -> Release:
    """The release; InputError names the field that does not fit."""
    return _read(_releases(), data)


def entry_from_plain(data: Mapping[str, object]) -> Entry:
    """The entry; InputError names the field that does not fit."""
    return _read(_entries(), data)


@cache
def _releases() -> TypeAdapter[Release]:
    return TypeAdapter(Release)


@cache
def _entries() -> TypeAdapter[Entry]:
    return TypeAdapter(Entry)


def _read(adapter: TypeAdapter[T], data: Mapping[str, object]) -> T:
    try:
        return adapter.validate_python(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(place) for place in first["loc"])
        raise InputError(field=field, got=repr(first["input"])[:80], allowed=first["msg"]) from error
