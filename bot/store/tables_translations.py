"""The tables of translations: versions with their reviews, as entries have them, and the working copies."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.tables import metadata
from bot.store.types import UtcTime
from bot.store.uses import Kind, Use

# Insert-only: one immutable version of an entry in another language. `retired`: from this one on it is not served.
translations = sa.Table(
    "translations",
    metadata,
    sa.Column("translation_id", sa.Integer, primary_key=True),
    sa.Column("entry_id", sa.ForeignKey("entries.entry_id", ondelete="RESTRICT"), nullable=False),
    sa.Column("language", sa.String(5), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("retired", sa.Boolean, nullable=False),
    sa.Column("author", sa.String(120), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.UniqueConstraint("entry_id", "language", "number"),
    sa.CheckConstraint("number > 0", name="number"),
    info={
        "use": Use(
            purpose="Every version of an entry's translation, with who wrote it",
            kept="for good: it is the history of what patients were told",
            read_by="staff",
            holds={
                Kind.CONTENT: "entry_id language number content retired",
                Kind.STAFF: "author reason",
                Kind.OPERATION: "translation_id created_at",
            },
        )
    },
)

# Insert-only: what was decided about a version. `own`: by its author.
translation_reviews = sa.Table(
    "translation_reviews",
    metadata,
    sa.Column("review_id", sa.Integer, primary_key=True),
    sa.Column(
        "translation_id",
        sa.ForeignKey("translations.translation_id", ondelete="RESTRICT"),
        nullable=False,
        unique=True,
    ),
    sa.Column("decision", sa.String(10), nullable=False),
    sa.Column("reviewer", sa.String(120), nullable=False),
    sa.Column("own", sa.Boolean, nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("reviewed_at", UtcTime, nullable=False),
    sa.CheckConstraint("decision IN ('approve', 'return', 'withdraw')", name="decision"),
    info={
        "use": Use(
            purpose="What clinicians decided about translations",
            kept="for good: it proves who approved what",
            read_by="staff",
            holds={
                Kind.STAFF: "reviewer decision own comment",
                Kind.OPERATION: "review_id translation_id reviewed_at",
            },
        )
    },
)

# The working copy of a translation. A draft that was sent or discarded stays, ended, so that `version` only ever
# rises: who saw one version names one text.
translation_drafts = sa.Table(
    "translation_drafts",
    metadata,
    sa.Column("entry_id", sa.ForeignKey("entries.entry_id", ondelete="RESTRICT"), primary_key=True),
    sa.Column("language", sa.String(5), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("author", sa.String(120), nullable=False),
    sa.Column("saved_at", UtcTime, nullable=False),
    sa.Column("ended_at", UtcTime),
    info={
        "use": Use(
            purpose="The working copy of a translation",
            kept="until the next one of the same entry and language",
            read_by="staff",
            holds={
                Kind.CONTENT: "entry_id language version content",
                Kind.STAFF: "author",
                Kind.OPERATION: "saved_at ended_at",
            },
        )
    },
)
