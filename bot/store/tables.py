"""The tables of what is curated: pieces of knowledge, entries, revisions, reviews, drafts, candidates, releases."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.types import UtcTime
from bot.store.uses import Kind, Use

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Everything of a release that is no entry (clinic, topics, rules, words, …), each version for ever.
pieces = sa.Table(
    "pieces",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("author", sa.String(120), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("saved_at", UtcTime, nullable=False),
    sa.CheckConstraint("version > 0", name="version"),
    info={
        "use": Use(
            purpose="Everything of a release that is no entry, each version",
            kept="for good: it is the history of what patients were told",
            read_by="staff",
            holds={Kind.CONTENT: "name version content", Kind.STAFF: "author reason", Kind.OPERATION: "saved_at"},
        )
    },
)

entries = sa.Table(
    "entries",
    metadata,
    sa.Column("entry_id", sa.String(80), primary_key=True),
    sa.Column("created_at", UtcTime, nullable=False),
    info={
        "use": Use(
            purpose="Which entries there ever were",
            kept="for good",
            read_by="staff",
            holds={Kind.CONTENT: "entry_id", Kind.OPERATION: "created_at"},
        )
    },
)

# Insert-only: one immutable version of an entry. `retired`: from this revision on patients do not see it.
revisions = sa.Table(
    "revisions",
    metadata,
    sa.Column("revision_id", sa.Integer, primary_key=True),
    sa.Column("entry_id", sa.ForeignKey("entries.entry_id", ondelete="RESTRICT"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("retired", sa.Boolean, nullable=False),
    sa.Column("author", sa.String(120), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.UniqueConstraint("entry_id", "number"),
    sa.CheckConstraint("number > 0", name="number"),
    info={
        "use": Use(
            purpose="Every version of an entry, with who wrote it",
            kept="for good: it is the history of what patients were told",
            read_by="staff",
            holds={
                Kind.CONTENT: "entry_id number content retired",
                Kind.STAFF: "author reason",
                Kind.OPERATION: "revision_id created_at",
            },
        )
    },
)

# Insert-only: what was decided about a revision. `own`: by its author, which a clinic may allow itself.
reviews = sa.Table(
    "reviews",
    metadata,
    sa.Column("review_id", sa.Integer, primary_key=True),
    sa.Column("revision_id", sa.ForeignKey("revisions.revision_id", ondelete="RESTRICT"), nullable=False, index=True),
    sa.Column("decision", sa.String(10), nullable=False),
    sa.Column("reviewer", sa.String(120), nullable=False),
    sa.Column("own", sa.Boolean, nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("reviewed_at", UtcTime, nullable=False),
    sa.CheckConstraint("decision IN ('approve', 'return', 'withdraw')", name="decision"),
    info={
        "use": Use(
            purpose="What clinicians decided about revisions",
            kept="for good: it proves who approved what",
            read_by="staff",
            holds={Kind.STAFF: "reviewer decision own comment", Kind.OPERATION: "review_id revision_id reviewed_at"},
        )
    },
)

# The working copy of an entry, one for all editors; `version` rises with each save. `base` is the revision it began on.
drafts = sa.Table(
    "drafts",
    metadata,
    sa.Column("entry_id", sa.ForeignKey("entries.entry_id", ondelete="RESTRICT"), primary_key=True),
    sa.Column("base", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("author", sa.String(120), nullable=False),
    sa.Column("saved_at", UtcTime, nullable=False),
    info={
        "use": Use(
            purpose="The working copy of an entry",
            kept="until it is sent for review or discarded",
            read_by="staff",
            holds={Kind.CONTENT: "entry_id base version content", Kind.STAFF: "author", Kind.OPERATION: "saved_at"},
        )
    },
)

# Every text that was saved to a draft: what a merge starts from, and where the loser of a collision is kept. Never
# changed, and deleted when nobody will come back to it.
draft_saves = sa.Table(
    "draft_saves",
    metadata,
    sa.Column("save_id", sa.Integer, primary_key=True),
    sa.Column("entry_id", sa.ForeignKey("entries.entry_id", ondelete="RESTRICT"), nullable=False),
    sa.Column("base", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("author", sa.String(120), nullable=False),
    sa.Column("collided", sa.Boolean, nullable=False),
    sa.Column("saved_at", UtcTime, nullable=False),
    sa.Index("ix_draft_saves_entry_id_version", "entry_id", "version"),
    info={
        "use": Use(
            purpose="Every text that was saved to a draft, so that no edit is lost",
            kept="while the entry has a draft; else 30 days (CLINICBOT_RETENTION_DAYS), the newest one for good",
            read_by="staff",
            holds={
                Kind.CONTENT: "entry_id base version content",
                Kind.STAFF: "author collided",
                Kind.OPERATION: "save_id saved_at",
            },
        )
    },
)

# A release that may be published once its gates have passed. Its content never changes.
candidates = sa.Table(
    "candidates",
    metadata,
    sa.Column("candidate_id", sa.Integer, primary_key=True),
    sa.Column("content_hash", sa.String(64), nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("author", sa.String(120), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    info={
        "use": Use(
            purpose="Releases that may be published once they are checked",
            kept="for good",
            read_by="staff",
            holds={
                Kind.CONTENT: "content_hash content",
                Kind.STAFF: "author note",
                Kind.OPERATION: "candidate_id created_at",
            },
        )
    },
)

# One run of a candidate's gates, with its progress while it runs and its evidence when it is done.
gate_runs = sa.Table(
    "gate_runs",
    metadata,
    sa.Column("run_id", sa.Integer, primary_key=True),
    sa.Column("candidate_id", sa.ForeignKey("candidates.candidate_id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("started_by", sa.String(120), nullable=False),
    sa.Column("started_at", UtcTime, nullable=False),
    sa.Column("seen_at", UtcTime, nullable=False),
    sa.Column("stage", sa.String(80), nullable=False),
    sa.Column("done", sa.Integer, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("ended_at", UtcTime),
    sa.Column("evidence", sa.Text),
    info={
        "use": Use(
            purpose="The checks of a candidate, and their evidence",
            kept="for good: it is the evidence for a release",
            read_by="staff",
            holds={
                Kind.STAFF: "started_by",
                Kind.OPERATION: "run_id candidate_id started_at seen_at stage done total ended_at evidence",
            },
        )
    },
)

# Insert-only: what patients can be answered from. Numbers have no gap.
releases = sa.Table(
    "releases",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("content_hash", sa.String(64), nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("author", sa.String(120), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.CheckConstraint("number > 0", name="number"),
    info={
        "use": Use(
            purpose="What patients are answered from",
            kept="for good: it proves what was said on any day",
            read_by="staff",
            holds={
                Kind.CONTENT: "number content_hash content evidence",
                Kind.STAFF: "author note",
                Kind.OPERATION: "created_at",
            },
        )
    },
)

# Insert-only: which release became live, when and by whom. The last line is what patients are answered from.
publications = sa.Table(
    "publications",
    metadata,
    sa.Column("publication_id", sa.Integer, primary_key=True),
    sa.Column("number", sa.ForeignKey("releases.number", ondelete="RESTRICT"), nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("author", sa.String(120), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("published_at", UtcTime, nullable=False),
    sa.CheckConstraint("kind IN ('seed', 'publish', 'rollback')", name="kind"),
    info={
        "use": Use(
            purpose="Which release was live when, and by whom",
            kept="for good",
            read_by="staff",
            holds={
                Kind.CONTENT: "number kind",
                Kind.STAFF: "author reason",
                Kind.OPERATION: "publication_id published_at",
            },
        )
    },
)

INSERT_ONLY = (
    *("pieces", "entries", "revisions", "reviews", "candidates", "releases", "publications"),
    *("document_versions", "translations", "translation_reviews"),
)
