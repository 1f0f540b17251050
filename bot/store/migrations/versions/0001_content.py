"""0001: what is curated: pieces of knowledge, entries, revisions, reviews and drafts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.migrations.guards import insert_only
from bot.store.types import UtcTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "entries",
        sa.Column("entry_id", sa.String(length=80), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_entries")),
    )
    op.create_table(
        "pieces",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("saved_at", UtcTime(), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_pieces_version")),
        sa.PrimaryKeyConstraint("name", "version", name=op.f("pk_pieces")),
    )
    op.create_table(
        "draft_saves",
        sa.Column("save_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.String(length=80), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=120), nullable=False),
        sa.Column("collided", sa.Boolean(), nullable=False),
        sa.Column("saved_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.entry_id"], name=op.f("fk_draft_saves_entry_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("save_id", name=op.f("pk_draft_saves")),
    )
    op.create_index("ix_draft_saves_entry_id_version", "draft_saves", ["entry_id", "version"], unique=False)
    op.create_table(
        "drafts",
        sa.Column("entry_id", sa.String(length=80), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=120), nullable=False),
        sa.Column("saved_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.entry_id"], name=op.f("fk_drafts_entry_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_drafts")),
    )
    op.create_table(
        "revisions",
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("author", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_revisions_number")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.entry_id"], name=op.f("fk_revisions_entry_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("revision_id", name=op.f("pk_revisions")),
        sa.UniqueConstraint("entry_id", "number", name=op.f("uq_revisions_entry_id_number")),
    )
    op.create_table(
        "reviews",
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("reviewer", sa.String(length=120), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("reviewed_at", UtcTime(), nullable=False),
        sa.CheckConstraint("decision IN ('approve', 'return', 'withdraw')", name=op.f("ck_reviews_decision")),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revisions.revision_id"], name=op.f("fk_reviews_revision_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_reviews")),
    )
    op.create_index(op.f("ix_reviews_revision_id"), "reviews", ["revision_id"], unique=False)
    for table in ("pieces", "entries", "revisions", "reviews", "draft_saves"):
        insert_only(table)
