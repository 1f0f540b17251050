"""Whether what was written comes back as it was, and the release in the form in which files hold it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import TypeVar, cast

from bot.errors import InputError
from bot.faq.entry import Entry, Translation
from bot.faq.release import Release, content_hash_of, plain

T = TypeVar("T")
_MOST_SHOWN = 60
_HALVES = re.compile(r"[\ud800-\udfff]")


def as_filed(release: Release) -> Release:
    """The release as a folder holds it, with its content hash; nothing is changed but order and white space.

    Entries stand in the order of their files and rules from the gravest level down; phrasings of patients follow
    the written ones; no text begins or ends with white space, short answers have single spaces, and lines end in
    a line feed.
    """
    tidy = _stripped(release)
    filed = replace(
        tidy,
        entries=tuple(sorted(map(_entry_as_filed, tidy.entries), key=file_order)),
        rules=tuple(sorted(tidy.rules, key=lambda rule: -rule.level)),
    )
    return replace(filed, content_hash=content_hash_of(filed))


def entry_as_filed(entry: Entry) -> Entry:
    """The entry as its file holds it: see `as_filed`."""
    return _entry_as_filed(_stripped(entry))


def translation_as_filed(translation: Translation) -> Translation:
    """The translation as its entry's file holds it, without who approved it: that is noted beside it."""
    tidy = _stripped(replace(translation, approved_by="", approved_on=None))
    return replace(tidy, short=_spaced(tidy.short))


def file_order(entry: Entry) -> tuple[str, str]:
    """Where an entry's file stands among the others."""
    return entry.topic, f"{entry.id}.md"


def compare(given: object, found: object, path: str) -> None:
    """Raise InputError naming the first field below `path` that was not found as it was given."""
    if given == found:
        return
    if is_dataclass(given) and type(given) is type(found):
        for item in fields(given):
            compare(getattr(given, item.name), getattr(found, item.name), f"{path}.{item.name}".lstrip("."))
    if isinstance(given, Mapping) and isinstance(found, Mapping) and given.keys() == found.keys():
        for key, value in given.items():
            compare(value, found[key], f"{path}.{getattr(key, 'value', key)}")
    if isinstance(given, tuple) and isinstance(found, tuple) and len(given) == len(found):
        for place, (one, other) in enumerate(zip(given, found, strict=True), start=1):
            compare(one, other, f"{path}[{getattr(one, 'id', place)}]")
    raise InputError(field=path, got=_shown(given), allowed=f"what comes back as it was; this would be {_shown(found)}")


def check_letters(value: object, path: str) -> None:
    """Raise InputError naming the first text below `path` that no file can hold: halves of a surrogate pair."""
    if isinstance(value, str) and _HALVES.search(value):
        raise InputError(field=path, got=ascii(value)[:_MOST_SHOWN], allowed="whole Unicode characters")
    if is_dataclass(value) and not isinstance(value, type):
        for item in fields(value):
            check_letters(getattr(value, item.name), f"{path}.{item.name}".lstrip("."))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            check_letters(key, path)
            check_letters(item, f"{path}.{getattr(key, 'value', key)}")
    elif isinstance(value, tuple | frozenset):
        for place, item in enumerate(value, start=1):
            check_letters(item, f"{path}[{getattr(item, 'id', place)}]")


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else str(plain(value))
    if len(text) > _MOST_SHOWN:
        return f"{text[: _MOST_SHOWN // 2]!r} … {text[-_MOST_SHOWN // 2 :]!r}"
    return repr(text)


def _entry_as_filed(entry: Entry) -> Entry:
    answer = entry.answer
    variants = {region: replace(each, short=_spaced(each.short)) for region, each in answer.variants.items()}
    return replace(
        entry,
        answer=replace(answer, short=_spaced(answer.short), variants=variants),
        translations={name: replace(each, short=_spaced(each.short)) for name, each in entry.translations.items()},
        phrasings=tuple(sorted(entry.phrasings, key=lambda phrasing: phrasing.origin == "patient")),
    )


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _stripped(value: T) -> T:
    """The same tree with no white space around any text."""
    return cast(T, _without_ends(value))


def _without_ends(value: object) -> object:
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if isinstance(value, tuple):
        return tuple(_without_ends(item) for item in value)
    if isinstance(value, Mapping):
        return {key: _without_ends(item) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{item.name: _without_ends(getattr(value, item.name)) for item in fields(value)})
    return value
