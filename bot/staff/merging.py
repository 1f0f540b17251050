"""Two editors' texts of one entry made into one, field by field; what cannot be decided comes back as a collision."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from bot.faq.entry import Entry, Phrasing
from bot.staff.fields import LABELS, LISTS, text_of, value_of, with_value


@dataclass(frozen=True, slots=True, kw_only=True)
class Collision:
    """A field that both sides changed, each in its own way; the three texts as people read them."""

    field: str
    base: str
    theirs: str
    mine: str


@dataclass(frozen=True, slots=True)
class Merged:
    """Both sides' changes in one entry; where they collide, `entry` holds theirs."""

    entry: Entry
    collisions: tuple[Collision, ...] = ()


def merge(base: Entry, theirs: Entry, mine: Entry) -> Merged:
    """What both sides made of `base`. All three have the same id.

    Lists are merged as ordered sets: what either side took out is out, what either side added is in, even where the
    other side took out its neighbours. A text, a next step or a regional answer goes together, so it is taken whole
    from the side that changed it.
    """
    merged, collisions = theirs, []
    for name in LABELS:
        old, one, other = (value_of(entry, name) for entry in (base, theirs, mine))
        if other in (old, one):
            continue
        if name in LISTS:
            merged = with_value(merged, name, _merged_list(old, one, other))
        elif one == old:
            merged = with_value(merged, name, other)
        else:
            collisions.append(
                Collision(field=name, base=text_of(base, name), theirs=text_of(theirs, name), mine=text_of(mine, name))
            )
    return Merged(merged, tuple(collisions))


def choose(merged: Entry, mine: Entry, fields: tuple[str, ...]) -> Entry:
    """The merged entry with the text of `mine` in these fields."""
    for name in fields:
        merged = with_value(merged, name, value_of(mine, name))
    return merged


def _merged_list(
    base: tuple[Hashable, ...], theirs: tuple[Hashable, ...], mine: tuple[Hashable, ...]
) -> tuple[Hashable, ...]:
    """An ordered set in the order of `theirs`; each item of mine alone stands after the one it followed."""
    if theirs == base:
        return mine
    old, one, other = (dict(map(_keyed, items)) for items in (base, theirs, mine))
    out = {key for key in old if key not in one or key not in other}
    kept = [key for key in one if key not in out]
    before: Hashable = None
    for key in other:
        if key not in out:
            if key not in one:
                kept.insert(kept.index(before) + 1 if before is not None else 0, key)
            before = key
    return tuple(_newer(old.get(key), one.get(key), other.get(key)) for key in kept)


def _keyed(item: Hashable) -> tuple[Hashable, Hashable]:
    """A phrasing is known by its text alone: who worded it is no reason to have it twice."""
    return (("phrasing", item.text), item) if isinstance(item, Phrasing) else (("item", item), item)


def _newer(base: Hashable, theirs: Hashable, mine: Hashable) -> Hashable:
    """The item as the side that changed it has it; where both brought it, as a patient's own words if it is that."""
    if theirs is None or mine is None:
        return mine if theirs is None else theirs
    if base is None and isinstance(mine, Phrasing):
        return mine if mine.origin == "patient" else theirs
    return mine if theirs == base else theirs
