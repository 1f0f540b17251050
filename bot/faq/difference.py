"""What differs between two releases, as data: entries by field, all else by name; and between two texts, by word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from difflib import SequenceMatcher
from enum import Enum
from operator import attrgetter
from typing import Literal, TypeAlias, TypeVar

from bot.faq.entry import Citation, Entry, Phrasing
from bot.faq.release import Release

T = TypeVar("T")
_MOST_PAIRS = 40_000  # an answer of 90 words has about 300; at worst this many take half a second
_Key: TypeAlias = tuple[str, int]  # a name, and which of those that bear it
_ID, _QUESTION = attrgetter("id"), attrgetter("question")
_WORDS = re.compile(r"\s+|\w+(?:['’]\w+)*|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of a text: in both texts, in the new one only, or in the old one only."""

    kind: Literal["same", "added", "removed"]
    text: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of an entry, as "answer.short" or "answer.variants.us.detail", and its text before and after."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class EntryChange:
    """The fields of one entry that differ; at least one."""

    entry_id: str
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """What came, went and changed, by name; `moved` says that what is in both stands in another order."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    moved: bool = False

    def __bool__(self) -> bool:
        """Whether there is any difference."""
        return bool(self.added or self.removed or self.changed or self.moved)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Everything in which two releases differ; false when their content is the same.

    `entries`, `topics` and `rules` go by id, `clinic` by field, as "phone" or "facts.fees", `vocabulary` by list and
    word, as "chat: u", corrections by their question, and lists of texts by the text. `changes` are the entries of
    `entries.changed`, field by field, and `facts` the clinic's fields with what they said and say.
    """

    entries: Names = field(default_factory=Names)
    changes: tuple[EntryChange, ...] = ()
    facts: tuple[FieldChange, ...] = ()
    topics: Names = field(default_factory=Names)
    rules: Names = field(default_factory=Names)
    vocabulary: Names = field(default_factory=Names)
    clinic: Names = field(default_factory=Names)
    background: Names = field(default_factory=Names)
    harmless: Names = field(default_factory=Names)
    corrections: Names = field(default_factory=Names)

    def __bool__(self) -> bool:
        """Whether there is any difference."""
        return any(getattr(self, item.name) for item in fields(self))


def difference(old: Release, new: Release) -> Difference:
    """In what `new` differs from `old`. Number, date and hash are no content."""
    before, after = _numbered(old.entries, _ID), _numbered(new.entries, _ID)
    both = ((key[0], before[key], each) for key, each in after.items() if key in before)
    changes = (EntryChange(entry_id, entry_changes(old, new)) for entry_id, old, new in both if old != new)
    return Difference(
        entries=_names(before, after),
        changes=tuple(change for change in changes if change.changes),
        facts=_changes(dict(_flat(old.clinic)), dict(_flat(new.clinic))),
        topics=_names(_numbered(old.topics, _ID), _numbered(new.topics, _ID)),
        rules=_names(_numbered(old.rules, _ID), _numbered(new.rules, _ID)),
        vocabulary=_names(_vocabulary(old), _vocabulary(new), ordered=False),
        clinic=_names(_clinic(old), _clinic(new), ordered=False),
        background=_names(_numbered(old.background, str), _numbered(new.background, str)),
        harmless=_names(_numbered(old.harmless, str), _numbered(new.harmless, str)),
        corrections=_names(
            _numbered(old.corrections, attrgetter("question")), _numbered(new.corrections, attrgetter("question"))
        ),
    )


def entry_changes(old: Entry, new: Entry) -> tuple[FieldChange, ...]:
    """The fields in which two states of one entry differ, each as text; none when the states are equal."""
    return _changes(dict(_flat(old)), dict(_flat(new)))


def _changes(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[FieldChange, ...]:
    names = [*before, *(name for name in after if name not in before)]
    return tuple(
        FieldChange(name, _shown(before.get(name)), _shown(after.get(name)))
        for name in names
        if before.get(name) != after.get(name)
    )


def words_changed(old: str, new: str) -> tuple[Change, ...]:
    """How `old` becomes `new`, word by word, with the white space kept.

    The texts of "same" and "removed", joined, are `old`; those of "same" and "added" are `new`. Where words are
    replaced, what was removed comes first. Long texts that repeat the same few words over and over are only told
    apart from where they begin to differ to where they end to.
    """
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    changes: list[Change] = []
    same = removed = added = ""
    for kind, first, last, start, end in _steps(before, after):
        piece = "".join(before[first:last])
        # A space between two changes is no island: the words around it were replaced in one go.
        inside = bool(removed or added) and last < len(before) and end < len(after)
        if kind == "equal" and not (inside and piece.isspace()):
            changes += _pair(removed, added)
            removed = added = ""
            same += piece
            continue
        if same:
            changes.append(Change("same", same))
            same = ""
        removed += piece
        added += "".join(after[start:end])
    changes += _pair(removed, added)
    return (*changes, Change("same", same)) if same else tuple(changes)


def _steps(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """Opcodes as difflib gives them, sought only between what both texts begin and end with."""
    most = min(len(before), len(after))
    head = next((place for place in range(most) if before[place] != after[place]), most)
    rest = most - head
    tail = next((place for place in range(rest) if before[-1 - place] != after[-1 - place]), rest)
    middle, other = before[head : len(before) - tail], after[head : len(after) - tail]
    if head:
        yield "equal", 0, head, 0, head
    if _pairs(middle, other) > _MOST_PAIRS:
        yield "replace", head, head + len(middle), head, head + len(other)
    else:
        for kind, first, last, start, end in SequenceMatcher(str.isspace, middle, other, autojunk=False).get_opcodes():
            yield kind, head + first, head + last, head + start, head + end
    if tail:
        yield "equal", len(before) - tail, len(before), len(after) - tail, len(after)


def _pairs(before: Sequence[str], after: Sequence[str]) -> int:
    """How many words of one text could be the same word of the other; difflib looks at them all, many times over."""
    counts, others = (Counter(word for word in words if not word.isspace()) for words in (before, after))
    return sum(count * others[word] for word, count in counts.items())


def _pair(removed: str, added: str) -> Iterator[Change]:
    if removed:
        yield Change("removed", removed)
    if added:
        yield Change("added", added)


def _names(old: Mapping[_Key, object], new: Mapping[_Key, object], *, ordered: bool = True) -> Names:
    both = [key for key in new if key in old]
    return Names(
        added=tuple(key[0] for key in new if key not in old),
        removed=tuple(key[0] for key in old if key not in new),
        changed=tuple(key[0] for key in both if old[key] != new[key]),
        moved=ordered and both != [key for key in old if key in new],
    )


def _numbered(items: Iterable[T], name_of: Callable[[T], str]) -> dict[_Key, T]:
    """The items by name, and by number where a name stands more than once."""
    counts: Counter[str] = Counter()
    found: dict[_Key, T] = {}
    for item in items:
        name = name_of(item)
        counts[name] += 1
        found[name, counts[name]] = item
    return found


def _vocabulary(release: Release) -> dict[_Key, object]:
    words = release.vocabulary
    folds = {"synonyms": words.synonyms, "brands": words.brands, "chat": words.chat}
    found: dict[_Key, object] = {
        (f"{name}: {word}", 1): to for name, fold in folds.items() for word, to in fold.items()
    }
    return found | {(f"protected: {word}", 1): True for word in sorted(words.protected)}


def _clinic(release: Release) -> dict[_Key, object]:
    return {(name, 1): value for name, value in _flat(release.clinic)}


def _flat(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Every leaf of a tree of dataclasses and mappings with its path; a tuple is a leaf, for its order counts."""
    if is_dataclass(value):
        for item in fields(value):
            yield from _flat(getattr(value, item.name), f"{path}.{item.name}".lstrip("."))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _flat(item, f"{path}.{_shown(key)}")
    else:
        yield path, value


def _shown(value: object) -> str:
    """A leaf as text: nothing for None, a line for each item of a tuple."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "\n".join(map(_shown, value))
    if isinstance(value, Phrasing):
        return value.text if value.origin == "written" else f"{value.text} ({value.origin})"
    if isinstance(value, Citation):
        named = ", ".join(part for part in (value.title, value.section) if part)
        return f"{named} (checked {value.checked.isoformat()})" if value.checked else named
    return str(value.value) if isinstance(value, Enum) else str(value)
