"""A plain FAQ (a list of dicts) as a release: for measuring, and for trying another clinic's questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from bot.errors import InputError
from bot.faq.clinic import LINE_KINDS, ClinicProfile, HelpLine
from bot.faq.entry import Answer, Entry, NextStep, Phrasing, Region, StepKind, Topic
from bot.faq.release import NO_WORDS, Release, content_hash_of

_TOPIC = Topic("faq", "Questions")
_FIELDS = ("id", "question", "answer", "phrasings")


def release_of_plain(faq: Sequence[Mapping[str, Any]], *, published_at: datetime) -> Release:
    """The release of `[{"id", "question", "answer", "phrasings": […]}]`; InputError names item and field."""
    if not isinstance(faq, list | tuple) or not faq:
        raise InputError(field="faq", got="no list of entries", allowed="a list of at least one entry")
    entries = tuple(_entry(item, place) for place, item in enumerate(faq))
    seen: set[str] = set()
    for place, entry in enumerate(entries):
        if entry.id in seen:
            raise InputError(field=f"faq[{place}].id", got=f'"{entry.id}" again', allowed="an id of its own")
        seen.add(entry.id)
    release = Release(
        number=1,
        published_at=published_at,
        topics=(_TOPIC,),
        entries=entries,
        rules=(),
        vocabulary=NO_WORDS,
        background=(),
        clinic=_nowhere(),
    )
    return replace(release, content_hash=content_hash_of(release))


def _entry(item: Mapping[str, Any], place: int) -> Entry:
    if not isinstance(item, Mapping):
        raise InputError(field=f"faq[{place}]", got=type(item).__name__, allowed="an object with " + ", ".join(_FIELDS))
    texts = {name: _text(item, name, place, required=name != "answer") for name in _FIELDS[:3]}
    phrasings = item.get("phrasings", [])
    if not isinstance(phrasings, list | tuple) or not all(isinstance(text, str) for text in phrasings):
        raise InputError(field=f"faq[{place}].phrasings", got="something else", allowed="a list of texts")
    return Entry(
        id=texts["id"],
        topic=_TOPIC.id,
        question=texts["question"],
        phrasings=tuple(Phrasing(text) for text in phrasings if text.strip()),
        answer=Answer(texts["answer"], ""),
        next_step=NextStep(StepKind.CONTACT_CLINIC, ""),
        citations=(),
        related=(),
        golden=(),
        review_by=date.max,
        owner="",
    )


def _text(item: Mapping[str, Any], name: str, place: int, required: bool) -> str:
    value = item.get(name, "")
    if not isinstance(value, str) or (required and not value.strip()):
        raise InputError(field=f"faq[{place}].{name}", got=repr(value)[:60], allowed="a text")
    return value


def _nowhere() -> ClinicProfile:
    lines = {kind: HelpLine(kind, "", "") for kind in LINE_KINDS}
    return ClinicProfile(
        name="",
        region=Region.UK,
        time_zone="UTC",
        phone="",
        email="",
        address="",
        hours={},
        holidays={},
        lines=dict.fromkeys(Region, lines),
        facts={},
    )
