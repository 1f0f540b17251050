"""The table of counts that outlive the turns they were made from: how much was asked, and what came of it."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.tables import metadata
from bot.store.uses import Kind, Use

# `day` is the clinic's own. A turn is counted once under each `kind`: its "outcome", its "hour" of the day, the "entry"
# that it led to, and its "surety": outcome and band of confidence. Hours are not crossed with the others, so that no
# line tells what somebody asked at a time at which somebody else saw them.
tallies = sa.Table(
    "tallies",
    metadata,
    sa.Column("kind", sa.String(10), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("channel", sa.String(10), primary_key=True),
    sa.Column("value", sa.String(80), primary_key=True),
    sa.Column("asked", sa.Integer, nullable=False),
    sa.Column("helpful", sa.Integer, nullable=False),
    sa.Column("unhelpful", sa.Integer, nullable=False),
    sa.CheckConstraint("kind IN ('outcome', 'hour', 'entry', 'surety')", name="kind"),
    sa.CheckConstraint("helpful >= 0 AND unhelpful >= 0 AND helpful + unhelpful <= asked", name="rated"),
    sqlite_with_rowid=False,  # lies in the order of its key, by which it is read
    info={
        "use": Use(
            purpose="How much was asked each day, what came of it and whether it helped: the page Insights",
            kept="for good; counts stay when the questions are deleted, since they tell of nobody",
            read_by="staff",
            holds={Kind.OPERATION: "kind day channel value asked helpful unhelpful"},
        )
    },
)
