"""The tables of what is curated: pieces of knowledge, entries, revisions, reviews, drafts, candidates, releases."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.types import UtcTime

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
)

entries = sa.Table(
    "entries",
    metadata,
    sa.Column("entry_id", sa.String(80), primary_key=True),
    sa.Column("created_at", UtcTime, nullable=False),
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
)

# Every text that was ever saved to a draft: what a merge starts from, and where the loser of a collision is kept.
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
)

INSERT_ONLY = ("pieces", "entries", "revisions", "reviews", "draft_saves", "candidates", "releases", "publications")
