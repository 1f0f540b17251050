"""0007: counts that outlive the turns they are made from, with those of the turns that are there."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa
from alembic import op

from bot.store.types import UtcTime

revision = "0007"
down_revision = "0006"

_BANDS = ("0.0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "0.95", "0.99")
_STEP = timedelta(minutes=30)
_TURNS = sa.table(
    "turns",
    sa.column("turn_id"),
    sa.column("asked_at", UtcTime),
    sa.column("day", sa.Date),
    sa.column("hour", sa.Integer),
    sa.column("channel", sa.String),
    sa.column("outcome", sa.String),
    sa.column("entry_id", sa.String),
    sa.column("confidence", sa.Float),
)
_FEEDBACK = sa.table("feedback", sa.column("turn_id"), sa.column("helpful", sa.Boolean))
_TALLIES = ("kind", "day", "channel", "value", "asked", "helpful", "unhelpful")


def upgrade() -> None:
    """Make the table and fill it; turns get the day and hour by which they are counted."""
    op.create_table(
        "tallies",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("helpful", sa.Integer(), nullable=False),
        sa.Column("unhelpful", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('outcome', 'hour', 'entry', 'surety')", name=op.f("ck_tallies_kind")),
        sa.CheckConstraint(
            "helpful >= 0 AND unhelpful >= 0 AND helpful + unhelpful <= asked", name=op.f("ck_tallies_rated")
        ),
        sa.PrimaryKeyConstraint("kind", "day", "channel", "value", name=op.f("pk_tallies")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_handoffs_received_at", "handoffs", ["received_at"], unique=False)
    # Not with the tables of a batch: SQLite would copy `turns`, and its feedback would be deleted on the way.
    op.add_column("turns", sa.Column("day", sa.Date(), nullable=False, server_default="1970-01-01"))
    op.add_column("turns", sa.Column("hour", sa.Integer(), nullable=False, server_default="0"))
    db = op.get_bind()
    first, last = db.execute(sa.select(sa.func.min(_TURNS.c.asked_at), sa.func.max(_TURNS.c.asked_at))).one()
    if first is None:
        return
    for begins, ends, offset in _offsets(_zone(db), first, last):
        _date_turns(db, begins, ends, offset)
    _count_turns(db)


def _zone(db: sa.Connection) -> ZoneInfo:
    """The zone of the clinic of the live release; UTC where that cannot be told."""
    newest = (
        "SELECT content FROM releases"
        " WHERE number = (SELECT number FROM publications ORDER BY publication_id DESC LIMIT 1)"
    )
    content = db.execute(sa.text(newest)).scalar()
    try:
        return ZoneInfo(json.loads(zlib.decompress(content or b""))["clinic"]["time_zone"])
    except (TypeError, zlib.error, ValueError, KeyError, ZoneInfoNotFoundError):
        return ZoneInfo("UTC")


def _offsets(zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """From when to when its clocks were how far from UTC, as far as there are turns."""
    begins = at = first.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    ends = last.astimezone(UTC) + timedelta(days=1)
    offset = _offset(zone, at)
    while at < ends:
        at += _STEP
        if _offset(zone, at) != offset:
            yield begins, at, offset
            begins, offset = at, _offset(zone, at)
    yield begins, at, offset


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return zone.utcoffset(at.astimezone(zone)) or timedelta()


def _date_turns(db: sa.Connection, begins: datetime, ends: datetime, offset: timedelta) -> None:
    asked_at = _TURNS.c.asked_at
    day: sa.ColumnElement[Any]
    if db.dialect.name == "sqlite":
        moved = f"{int(offset.total_seconds())} seconds"
        second = sa.func.substr(asked_at, 1, 19)  # SQLite would round the rest, up into the next hour
        day, hour = sa.func.date(second, moved), sa.cast(sa.func.strftime("%H", second, moved), sa.Integer)
    else:
        there = sa.func.timezone("UTC", asked_at) + sa.literal(offset)
        day, hour = sa.cast(there, sa.Date), sa.cast(sa.func.extract("hour", there), sa.Integer)
    mine = sa.and_(asked_at >= begins, asked_at < ends)
    db.execute(sa.update(_TURNS).where(mine).values(day=day, hour=hour))


def _count_turns(db: sa.Connection) -> None:
    surety = sa.case(
        *((_TURNS.c.confidence >= float(band), band) for band in reversed(_BANDS[1:])),
        else_=_BANDS[0],
    )
    hour = sa.cast(_TURNS.c.hour, sa.String)
    values = {
        "outcome": _TURNS.c.outcome,
        "hour": sa.case((_TURNS.c.hour < 10, sa.literal("0") + hour), else_=hour),
        "entry": _TURNS.c.entry_id,
        "surety": sa.case((_TURNS.c.confidence.is_not(None), _TURNS.c.outcome + " " + surety)),
    }
    for kind, value in values.items():
        helped = (_count_if(_FEEDBACK.c.helpful == said) if kind != "hour" else sa.literal(0) for said in (True, False))
        query = (
            sa.select(sa.literal(kind), _TURNS.c.day, _TURNS.c.channel, value, sa.func.count(), *helped)
            .select_from(_TURNS.outerjoin(_FEEDBACK, _FEEDBACK.c.turn_id == _TURNS.c.turn_id))
            .where(value.is_not(None))
            .group_by(_TURNS.c.day, _TURNS.c.channel, value)
        )
        table = sa.table("tallies", *(sa.column(name) for name in _TALLIES))
        db.execute(sa.insert(table).from_select(_TALLIES, query))


def _count_if(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))
