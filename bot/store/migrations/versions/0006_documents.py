"""0006: source documents: uploads, versions with their words, and entries to look at again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.migrations.guards import insert_only
from bot.store.types import UtcTime

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "document_uploads",
        sa.Column("upload_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("author", sa.String(length=120), nullable=False),
        sa.Column("uploaded_at", UtcTime(), nullable=False),
        sa.Column("seen_at", UtcTime(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reading", sa.Text(), nullable=True),
        sa.Column("document_id", sa.String(length=80), nullable=True),
        sa.CheckConstraint(
            "state IN ('reading', 'read', 'refused', 'saved', 'discarded')", name=op.f("ck_document_uploads_state")
        ),
        sa.PrimaryKeyConstraint("upload_id", name=op.f("pk_document_uploads")),
    )
    op.create_table(
        "document_versions",
        sa.Column("document_id", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("reading", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=120), nullable=False),
        sa.Column("saved_at", UtcTime(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_document_versions_number")),
        sa.PrimaryKeyConstraint("document_id", "number", name=op.f("pk_document_versions")),
    )
    op.create_table(
        "source_flags",
        sa.Column("flag_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.String(length=80), nullable=False),
        sa.Column("document_id", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("change", sa.String(length=10), nullable=False),
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.Column("cleared_at", UtcTime(), nullable=True),
        sa.Column("cleared_by", sa.String(length=120), nullable=True),
        sa.CheckConstraint("change IN ('changed', 'removed', 'renamed')", name=op.f("ck_source_flags_change")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.entry_id"], name=op.f("fk_source_flags_entry_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("flag_id", name=op.f("pk_source_flags")),
    )
    op.create_index(op.f("ix_source_flags_entry_id"), "source_flags", ["entry_id"], unique=False)
    insert_only("document_versions")
