"""How two states of an entry differ, field by field as the form names them: word by word, lists item by item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from bot.faq.difference import Change, words_changed
from bot.faq.entry import Entry, Translation
from bot.staff.fields import LABELS, LISTS, changed_fields, text_of

Words = tuple[Change, ...]
LANGUAGE_WORDS: Mapping[str, str] = {"es": "Spanish"}
_NOTHING = Translation(question="", short="", detail="", next_step="", made_of="")
TRANSLATED = ("question", "phrasings", "golden", "short", "detail", "next_step")  # the fields of a translation
ALIKE = 0.6  # two items so like each other are one that was reworded


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs: its text, or of a list each item that came, went or was reworded.

    `kept` items of a list are as they were; a list without items here only stands in another order.
    """

    label: str
    lines: tuple[Words, ...]
    is_list: bool = False
    kept: int = 0


def compare(old: Entry | None, new: Entry) -> tuple[FieldChange, ...]:
    """The fields that differ, in the order of the form; all that are filled in when there was nothing before."""
    if old is None:
        own = tuple(_changed(name, "", text_of(new, name)) for name in LABELS if text_of(new, name))
    else:
        own = tuple(_changed(name, text_of(old, name), text_of(new, name)) for name in changed_fields(old, new))
    return (*own, *_translations(old.translations if old else {}, new.translations))


def _translations(old: Mapping[str, Translation], new: Mapping[str, Translation]) -> Iterator[FieldChange]:
    """What differs in the translations of a release's entry, and who approved that."""
    for language, name in LANGUAGE_WORDS.items():
        before, after = old.get(language), new.get(language)
        if before == after:
            continue
        for each in compare_translations(before, after or _NOTHING):
            yield replace(each, label=f"{name}: {each.label.lower()}")
        told = [_approval(text) for text in (before, after)]
        yield FieldChange(f"{name}: approved", (words_changed(*told),))


def _approval(text: Translation | None) -> str:
    if text is None:
        return ""
    day = f", {text.approved_on.isoformat()}" if text.approved_on else ""
    return f"{text.approved_by or 'as shipped'}{day}"


def compare_translations(old: Translation | None, new: Translation) -> tuple[FieldChange, ...]:
    """The same for two translations of one entry."""
    texts = {name: (_text(old, name), _text(new, name)) for name in TRANSLATED}
    return tuple(_changed(name, before, after) for name, (before, after) in texts.items() if before != after)


def compare_wording(old: Entry, new: Entry) -> tuple[FieldChange, ...]:
    """What changed in the wording that translations are made of."""
    said = [LABELS[name] for name in ("question", "short", "detail", "next_step")]
    return tuple(each for each in compare(old, new) if each.label in said)


def _text(translation: Translation | None, name: str) -> str:
    value: str | tuple[str, ...] = getattr(translation, name) if translation else ""
    return value if isinstance(value, str) else "\n".join(value)


def _changed(name: str, old: str, new: str) -> FieldChange:
    if name not in LISTS:
        return FieldChange(LABELS[name], (words_changed(old, new),))
    before, after = old.splitlines(), new.splitlines()
    gone = [item for item in before if item not in after]
    come = [item for item in after if item not in before]
    kept = sum(item in before for item in after)
    return FieldChange(LABELS[name], tuple(_items(gone, come)), is_list=True, kept=kept)


def _items(gone: Sequence[str], come: Sequence[str]) -> Iterator[Words]:
    """Each item that is new, word by word beside the one that it was made of, if any; then what is gone for good."""
    left = list(gone)
    for item in come:
        was = max(left, key=lambda each: _likeness(each, item), default=None)
        if was is not None and _likeness(was, item) >= ALIKE:
            left.remove(was)
            yield words_changed(was, item)
        else:
            yield (Change("added", item),)
    for item in left:
        yield (Change("removed", item),)


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.split(), other.split(), autojunk=False).ratio()
