"""How two states of an entry differ, field by field as the form names them, and word by word within."""

from __future__ import annotations

from dataclasses import dataclass

from bot.faq.difference import Change, words_changed
from bot.faq.entry import Entry
from bot.staff.fields import LABELS, changed_fields, text_of


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs. `is_long`: it is read as a text of its own, not beside its name."""

    label: str
    words: tuple[Change, ...]

    @property
    def is_long(self) -> bool:
        """Whether it is more than a line."""
        return sum(len(change.text) for change in self.words) > 80 or any("\n" in each.text for each in self.words)


def compare(old: Entry | None, new: Entry) -> tuple[FieldChange, ...]:
    """The fields that differ, in the order of the form; all that are filled in when there was nothing before."""
    if old is None:
        filled = [(name, text_of(new, name)) for name in LABELS]
        return tuple(FieldChange(LABELS[name], (Change("added", text),)) for name, text in filled if text)
    return tuple(
        FieldChange(LABELS[name], words_changed(text_of(old, name), text_of(new, name)))
        for name in changed_fields(old, new)
    )
