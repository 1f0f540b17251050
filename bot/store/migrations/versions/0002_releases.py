"""0002: candidates, their gate runs, releases and publications."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.migrations.guards import insert_only
from bot.store.types import UtcTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "candidates",
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("author", sa.String(length=120), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("candidate_id", name=op.f("pk_candidates")),
    )
    op.create_table(
        "releases",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("author", sa.String(length=120), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_releases_number")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_releases")),
    )
    op.create_table(
        "gate_runs",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("started_by", sa.String(length=120), nullable=False),
        sa.Column("started_at", UtcTime(), nullable=False),
        sa.Column("seen_at", UtcTime(), nullable=False),
        sa.Column("stage", sa.String(length=80), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.candidate_id"], name=op.f("fk_gate_runs_candidate_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_gate_runs")),
    )
    op.create_index(op.f("ix_gate_runs_candidate_id"), "gate_runs", ["candidate_id"], unique=False)
    op.create_table(
        "publications",
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("author", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("published_at", UtcTime(), nullable=False),
        sa.CheckConstraint("kind IN ('seed', 'publish', 'rollback')", name=op.f("ck_publications_kind")),
        sa.ForeignKeyConstraint(
            ["number"], ["releases.number"], name=op.f("fk_publications_number"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("publication_id", name=op.f("pk_publications")),
    )
    for table in ("candidates", "releases", "publications"):
        insert_only(table)
