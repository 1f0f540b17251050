"""Counts of turns by day, kept in step with the turns as they are stored and rated, and not touched by deletion."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa

from bot.store.database import Db, insert_of
from bot.store.tables_tallies import tallies

Kind = Literal["outcome", "hour", "entry", "surety"]
BANDS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)  # where each band of confidence begins


class Key(NamedTuple):
    """What is counted together."""

    kind: Kind
    day: date
    channel: str
    value: str


@dataclass(frozen=True, slots=True)
class Count:
    """How often something was asked, and how many said that the reply helped or did not."""

    asked: int = 0
    helpful: int = 0
    unhelpful: int = 0

    def __add__(self, other: Count) -> Count:
        """Both together."""
        return Count(self.asked + other.asked, self.helpful + other.helpful, self.unhelpful + other.unhelpful)

    @property
    def rated(self) -> int:
        """How many said anything."""
        return self.helpful + self.unhelpful


def keys_of(turn: Mapping[str, Any]) -> tuple[Key, ...]:
    """Under what a turn, as it is stored, is counted."""
    found: list[tuple[Kind, str]] = [("outcome", turn["outcome"]), ("hour", f"{turn['hour']:02}")]
    if turn["entry_id"] is not None:
        found.append(("entry", turn["entry_id"]))
    if turn["confidence"] is not None:
        found.append(("surety", f"{turn['outcome']} {band_of(turn['confidence'])}"))
    return tuple(Key(kind, turn["day"], turn["channel"], value) for kind, value in found)


def band_of(confidence: float) -> float:
    """Where the band begins that a confidence lies in."""
    return BANDS[max(0, bisect_right(BANDS, confidence) - 1)]


def count_turns(db: Db, turns: Iterable[Mapping[str, Any]]) -> None:
    """Count turns, in the transaction that stores them; there may be none."""
    counts = Counter(key for turn in turns for key in keys_of(turn))
    if not counts:
        return
    rows = [{**key._asdict(), "asked": counts[key], "helpful": 0, "unhelpful": 0} for key in sorted(counts)]
    insert = insert_of(db, tallies)
    added = {"asked": tallies.c.asked + insert.excluded.asked}
    db.execute(insert.on_conflict_do_update(index_elements=list(tallies.primary_key), set_=added), rows)


def count_rating(db: Db, turn: Mapping[str, Any], *, before: bool | None, after: bool) -> None:
    """Count what somebody thinks of a turn, in the transaction that stores it; `before` is what they thought until now.

    Whoever calls holds the turn, so that nobody else rates it meanwhile.
    """
    if before is after:
        return
    moved = {"helpful": after - (before is True), "unhelpful": (not after) - (before is False)}
    values = {name: tallies.c[name] + by for name, by in moved.items()}
    for key in sorted(keys_of(turn)):  # always in the same order, so that no two wait for each other
        mine = (tallies.c[name] == value for name, value in key._asdict().items())
        if key.kind != "hour":
            db.execute(tallies.update().where(*mine).values(**values))


def first_day(db: Db) -> date | None:
    """The first day of which anything was counted."""
    query = sa.select(sa.func.min(tallies.c.day)).where(tallies.c.kind == "outcome")
    found: date | None = db.execute(query).scalar_one()
    return found


def load_days(db: Db, first: date, last: date, channel: str = "") -> Mapping[date, Mapping[str, Count]]:
    """The counts of each day by outcome; `channel` "" for all of them."""
    query = _within("outcome", first, last, channel, tallies.c.day, tallies.c.value)
    found: dict[date, dict[str, Count]] = {}
    for day, value, *counts in db.execute(query):
        found.setdefault(day, {})[value] = Count(*map(int, counts))
    return found


def load_channels(db: Db, first: date, last: date) -> Mapping[str, Mapping[str, Count]]:
    """The counts of those days by channel and outcome."""
    found: dict[str, dict[str, Count]] = {}
    for channel, value, *counts in db.execute(_within("outcome", first, last, "", tallies.c.channel, tallies.c.value)):
        found.setdefault(channel, {})[value] = Count(*map(int, counts))
    return found


def load_values(db: Db, kind: Kind, first: date, last: date, channel: str = "") -> Mapping[str, Count]:
    """The counts of those days together, by value; `channel` "" for all of them."""
    rows = db.execute(_within(kind, first, last, channel, tallies.c.value))
    return {value: Count(*map(int, counts)) for value, *counts in rows}


def _within(
    kind: Kind, first: date, last: date, channel: str, *by: sa.ColumnElement[Any]
) -> sa.Select[tuple[Any, ...]]:
    sums = (sa.func.sum(tallies.c[name]) for name in ("asked", "helpful", "unhelpful"))
    query = sa.select(*by, *sums).where(tallies.c.kind == kind, tallies.c.day.between(first, last)).group_by(*by)
    return query.where(tallies.c.channel == channel) if channel else query
