"""0003: redacted turns, feedback, and what staff did with open questions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.types import UtcTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "dispositions",
        sa.Column("disposition_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=14), nullable=False),
        sa.Column("entry_id", sa.String(length=80), nullable=True),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=120), nullable=False),
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.Column("undone_at", UtcTime(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('phrasing', 'entry', 'out_of_scope', 'golden', 'set_aside')", name=op.f("ck_dispositions_kind")
        ),
        sa.PrimaryKeyConstraint("disposition_id", name=op.f("pk_dispositions")),
    )
    op.create_table(
        "disposed_wordings",
        sa.Column("disposition_id", sa.Integer(), nullable=False),
        sa.Column("words_key", sa.String(length=32), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["disposition_id"],
            ["dispositions.disposition_id"],
            name=op.f("fk_disposed_wordings_disposition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("disposition_id", "words_key", name=op.f("pk_disposed_wordings")),
    )
    op.create_index(op.f("ix_disposed_wordings_words_key"), "disposed_wordings", ["words_key"], unique=False)
    op.create_table(
        "turns",
        sa.Column("turn_id", sa.String(length=64), nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("asked_at", UtcTime(), nullable=False),
        sa.Column("redacted", sa.Text(), nullable=False),
        sa.Column("words_key", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("entry_id", sa.String(length=80), nullable=True),
        sa.Column("rule_id", sa.String(length=80), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(length=2), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("context", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("likeness", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("turn_id", name=op.f("pk_turns")),
    )
    op.create_index(op.f("ix_turns_asked_at"), "turns", ["asked_at"], unique=False)
    op.create_index(op.f("ix_turns_conversation"), "turns", ["conversation"], unique=False)
    op.create_index("ix_turns_entry_id_asked_at", "turns", ["entry_id", "asked_at"], unique=False)
    op.create_index("ix_turns_outcome_asked_at", "turns", ["outcome", "asked_at"], unique=False)
    op.create_table(
        "feedback",
        sa.Column("turn_id", sa.String(length=64), nullable=False),
        sa.Column("helpful", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("given_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.turn_id"], name=op.f("fk_feedback_turn_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("turn_id", name=op.f("pk_feedback")),
    )
    op.create_index("ix_feedback_helpful_given_at", "feedback", ["helpful", "given_at"], unique=False)
