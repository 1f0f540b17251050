"""Messages to the clinic as the inbox lists them: filtered, the gravest and the longest due first, a page at a time.

And when those of some days were answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from bot.store.database import Db
from bot.store.handoffs import DONE, Handoff, State
from bot.store.tables_handoffs import handoff_events, handoffs

WAITING: tuple[State, ...] = ("new", "seen")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for; nothing set finds all. `overdue_at`: only what waits and was due before then.

    `reference` is the beginning of one, as it is stored.
    """

    states: tuple[State, ...] = ()
    overdue_at: datetime | None = None
    assignee_id: int | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """When a message came, its state now, and when it was "answered" or "reopened", in that order."""

    received_at: datetime
    state: State
    moves: tuple[tuple[datetime, str], ...]


def list_page(db: Db, wanted: Wanted, *, offset: int = 0, limit: int = 50) -> tuple[Handoff, ...]:
    """Those that wait come first, the gravest of them before the longest due; then those done, the latest first."""
    columns = (handoffs.c[name] for name in Handoff.__slots__)
    is_done = handoffs.c.state.in_(DONE)
    grave = sa.case((handoffs.c.level.in_(("crisis", "emergency")), 0), (handoffs.c.level == "urgent", 1), else_=2)
    query = sa.select(*columns).where(*_conditions(wanted)).offset(offset).limit(limit)
    query = query.order_by(
        is_done,
        sa.case((is_done, handoffs.c.changed_at), else_=None).desc(),
        grave,
        handoffs.c.due_at.is_(None),
        handoffs.c.due_at,
        handoffs.c.received_at,
        handoffs.c.handoff_id,
    )
    return tuple(Handoff(**row._mapping) for row in db.execute(query))


def count_found(db: Db, wanted: Wanted) -> int:
    """How many there are of them."""
    query = sa.select(sa.func.count()).select_from(handoffs).where(*_conditions(wanted))
    return int(db.execute(query).scalar_one())


def count_by_state(db: Db, now: datetime) -> Mapping[str, int]:
    """How many there are in each state, and under "overdue" how many that wait were due before now; one query."""
    late = sa.and_(handoffs.c.state.in_(WAITING), handoffs.c.due_at < now)
    query = sa.select(handoffs.c.state, sa.func.count(), sa.func.sum(sa.case((late, 1), else_=0)))
    rows = db.execute(query.group_by(handoffs.c.state)).all()
    return {row[0]: int(row[1]) for row in rows} | {"overdue": sum(int(row[2]) for row in rows)}


def count_waiting(db: Db) -> int:
    """How many messages nobody has answered or closed."""
    return count_found(db, Wanted(states=WAITING))


def list_references(db: Db, wanted: Wanted, *, limit: int) -> tuple[str, ...]:
    """Their references in the order of the list."""
    return tuple(each.reference for each in list_page(db, wanted, limit=limit))


def list_courses(db: Db, *, since: datetime, until: datetime, channel: str = "") -> tuple[Course, ...]:
    """How each message fared that came from `since` on and before `until`; `channel` "" for all of them."""
    mine = sa.and_(
        handoff_events.c.handoff_id == handoffs.c.handoff_id, handoff_events.c.kind.in_(("answered", "reopened"))
    )
    query = (
        sa.select(
            handoffs.c.handoff_id, handoffs.c.received_at, handoffs.c.state, handoff_events.c.at, handoff_events.c.kind
        )
        .select_from(handoffs.outerjoin(handoff_events, mine))
        .where(handoffs.c.received_at >= since, handoffs.c.received_at < until)
        .order_by(handoffs.c.handoff_id, handoff_events.c.event_id)
    )
    if channel:
        query = query.where(handoffs.c.channel == channel)
    found = []
    for _, group in groupby(db.execute(query), lambda row: row.handoff_id):
        rows = tuple(group)
        moves = tuple((row.at, row.kind) for row in rows if row.at is not None)
        found.append(Course(received_at=rows[0].received_at, state=rows[0].state, moves=moves))
    return tuple(found)


def _conditions(wanted: Wanted) -> list[sa.ColumnElement[Any]]:
    found: list[sa.ColumnElement[Any]] = []
    if wanted.states:
        found.append(handoffs.c.state.in_(wanted.states))
    if wanted.overdue_at is not None:
        found += [handoffs.c.state.in_(WAITING), handoffs.c.due_at < wanted.overdue_at]
    if wanted.assignee_id is not None:
        found.append(handoffs.c.assignee_id == wanted.assignee_id)
    if wanted.reference:
        found.append(handoffs.c.reference.startswith(wanted.reference, autoescape=True))
    return found
