"""The tables of source documents: uploads while they are read, versions with their words, entries to look at again."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.tables import metadata
from bot.store.types import UtcTime
from bot.store.uses import Kind, Use

# A file on its way in. `reading` is what was found in it, as JSON, while nobody has saved or discarded it; the file
# itself is never kept. `seen_at` moves while it is read: a reader that died falls silent.
document_uploads = sa.Table(
    "document_uploads",
    metadata,
    sa.Column("upload_id", sa.Integer, primary_key=True),
    sa.Column("file_name", sa.String(200), nullable=False),
    sa.Column("author", sa.String(120), nullable=False),
    sa.Column("uploaded_at", UtcTime, nullable=False),
    sa.Column("seen_at", UtcTime, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("done", sa.Integer, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("reading", sa.Text),
    sa.Column("document_id", sa.String(80)),
    sa.CheckConstraint("state IN ('reading', 'read', 'refused', 'saved', 'discarded')", name="state"),
    info={
        "use": Use(
            purpose="A document on its way in, while it is read and looked at",
            kept="its words: until saved or discarded, at most 30 days (CLINICBOT_RETENTION_DAYS); the rest: for good",
            read_by="staff",
            holds={
                Kind.STAFF: "author",
                Kind.CONTENT: "file_name reading document_id",
                Kind.OPERATION: "upload_id uploaded_at seen_at state done total reason",
            },
            risk="Somebody uploads a file that holds patients' details.",
            measure="The file itself is not kept, and what was read goes when it is discarded.",
        )
    },
)

# Insert-only: the words of a document as it was read, so that the next version can be laid beside them.
document_versions = sa.Table(
    "document_versions",
    metadata,
    sa.Column("document_id", sa.String(80), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("file_name", sa.String(200), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("reading", sa.Text, nullable=False),
    sa.Column("author", sa.String(120), nullable=False),
    sa.Column("saved_at", UtcTime, nullable=False),
    sa.CheckConstraint("number > 0", name="number"),
    info={
        "use": Use(
            purpose="The words of a source document, so that the next version can be laid beside them",
            kept="for good: entries rest on them",
            read_by="staff",
            holds={
                Kind.STAFF: "author",
                Kind.CONTENT: "document_id file_name title reading",
                Kind.OPERATION: "number saved_at",
            },
            risk="Who saved a document is known for ever.",
            measure="Only the name under which they work is kept.",
        )
    },
)

# An entry that rests on a section which changed; open until somebody looked at it or a newer revision was approved.
source_flags = sa.Table(
    "source_flags",
    metadata,
    sa.Column("flag_id", sa.Integer, primary_key=True),
    sa.Column("entry_id", sa.ForeignKey("entries.entry_id", ondelete="RESTRICT"), nullable=False, index=True),
    sa.Column("document_id", sa.String(80), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("section", sa.Text, nullable=False),
    sa.Column("change", sa.String(10), nullable=False),
    sa.Column("made_at", UtcTime, nullable=False),
    sa.Column("cleared_at", UtcTime),
    sa.Column("cleared_by", sa.String(120)),
    sa.CheckConstraint("change IN ('changed', 'removed', 'renamed')", name="change"),
    info={
        "use": Use(
            purpose="Entries to look at again, because a section that they rest on changed",
            kept="for good",
            read_by="staff",
            holds={
                Kind.STAFF: "cleared_by",
                Kind.CONTENT: "entry_id document_id section",
                Kind.OPERATION: "flag_id number change made_at cleared_at",
            },
            risk="Who looked at an entry is known for ever.",
            measure="Only the name under which they work is kept.",
        )
    },
)
