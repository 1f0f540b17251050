"""The fields of an entry by the names that forms, faults and collisions use, and what stands in each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from bot.faq.entry import Answer, Citation, Entry, NextStep, Region, StepKind

R = TypeVar("R", Entry, Answer)
T = TypeVar("T")

LISTS = ("phrasings", "golden", "sources", "related")
LABELS: Mapping[str, str] = {
    "question": "Question",
    "topic": "Topic",
    "phrasings": "Other ways to ask it",
    "golden": "Golden questions",
    "short": "Short answer",
    "detail": "Detail",
    "next_step": "Next step",
    "uk_answer": "Answer for UK patients",
    "uk_step": "Next step for UK patients",
    "us_answer": "Answer for US patients",
    "us_step": "Next step for US patients",
    "sources": "Sources",
    "related": "Related questions",
    "owner": "Owner",
    "review_by": "Review by",
}

STEP_WORDS: Mapping[StepKind, str] = {
    StepKind.SELF_CARE: "Look after it yourself",
    StepKind.NEXT_VISIT: "Ask at the next visit",
    StepKind.CONTACT_CLINIC: "Contact the clinic",
    StepKind.SAME_DAY: "Get help the same day",
    StepKind.EMERGENCY: "Emergency",
}


@dataclass(frozen=True, slots=True)
class _Field:
    read: Callable[[Entry], Any]
    write: Callable[[Entry, Any], Entry]


def value_of(entry: Entry, name: str) -> Any:
    """What stands in the field: a text, a date, a tuple, an Answer or NextStep, or None for no variant."""
    return _FIELDS[name].read(entry)


def with_value(entry: Entry, name: str, value: Any) -> Entry:
    """The entry with another value in the field; it must be of the kind that `value_of` gives there."""
    return _FIELDS[name].write(entry, value)


def text_of(entry: Entry, name: str) -> str:
    """What stands in the field as people read it; lists have one item a line, and nothing is ""."""
    value = value_of(entry, name)
    if isinstance(value, tuple):
        return "\n".join(map(_item, value))
    return _item(value)


def changed_fields(old: Entry, new: Entry) -> tuple[str, ...]:
    """The fields in which the two differ, in the order of the form."""
    return tuple(name for name in LABELS if value_of(old, name) != value_of(new, name))


def _item(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Answer):
        return "\n\n".join(text for text in (value.short, value.detail) if text)
    if isinstance(value, NextStep):
        phone = f" ({value.phone})" if value.phone else ""
        return f"{STEP_WORDS[value.kind]}: {value.text}{phone}"
    if isinstance(value, Citation):
        checked = f", checked {value.checked.isoformat()}" if value.checked else ""
        section = f", “{value.section}”" if value.section else ""
        return f"{value.title}{section}{checked}"
    return str(getattr(value, "text", value))


def _replaced(record: R, name: str, value: Any) -> R:
    change: dict[str, Any] = {name: value}
    return replace(record, **change)


def _plain(name: str) -> _Field:
    return _Field(lambda entry: getattr(entry, name), lambda entry, value: _replaced(entry, name, value))


def _answer(name: str) -> _Field:
    return _Field(
        lambda entry: getattr(entry.answer, name),
        lambda entry, value: replace(entry, answer=_replaced(entry.answer, name, value)),
    )


def _variant(region: Region) -> _Field:
    return _Field(
        lambda entry: entry.answer.variants.get(region),
        lambda entry, value: replace(
            entry, answer=replace(entry.answer, variants=_put(entry.answer.variants, region, value))
        ),
    )


def _step(region: Region) -> _Field:
    return _Field(
        lambda entry: entry.next_step_variants.get(region),
        lambda entry, value: replace(entry, next_step_variants=_put(entry.next_step_variants, region, value)),
    )


def _put(variants: Mapping[Region, T], region: Region, value: T | None) -> Mapping[Region, T]:
    """The variants with another one for `region`, or without it; always in the order of the regions."""
    changed = {**variants, region: value}
    return {each: kept for each in Region if (kept := changed.get(each)) is not None}


_FIELDS: Mapping[str, _Field] = {
    **{name: _plain(name) for name in ("question", "topic", "phrasings", "golden", "next_step", "related")},
    **{name: _plain(name) for name in ("owner", "review_by")},
    "short": _answer("short"),
    "detail": _answer("detail"),
    "sources": _plain("citations"),
    **{f"{region.value}_answer": _variant(region) for region in Region},
    **{f"{region.value}_step": _step(region) for region in Region},
}
