"""0005: messages to the clinic, what was done with them, what is to be delivered, and the keys that seal them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.types import UtcTime

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "sealing_keys",
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.Column("retired_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_sealing_keys")),
    )
    op.create_table(
        "handoffs",
        sa.Column("handoff_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("request_key", sa.String(length=64), nullable=True),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("received_at", UtcTime(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_by", sa.Integer(), nullable=True),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=True),
        sa.Column("turn_id", sa.String(length=64), nullable=True),
        sa.Column("due_at", UtcTime(), nullable=True),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcTime(), nullable=False),
        sa.CheckConstraint("state IN ('new', 'seen', 'answered', 'closed')", name=op.f("ck_handoffs_state")),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["users.user_id"], name=op.f("fk_handoffs_assignee_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["sealed_by"], ["sealing_keys.key_id"], name=op.f("fk_handoffs_sealed_by"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("handoff_id", name=op.f("pk_handoffs")),
        sa.UniqueConstraint("reference", name=op.f("uq_handoffs_reference")),
        sa.UniqueConstraint("request_key", name=op.f("uq_handoffs_request_key")),
    )
    op.create_index(op.f("ix_handoffs_assignee_id"), "handoffs", ["assignee_id"], unique=False)
    op.create_index(op.f("ix_handoffs_conversation"), "handoffs", ["conversation"], unique=False)
    op.create_index(op.f("ix_handoffs_sealed_by"), "handoffs", ["sealed_by"], unique=False)
    op.create_index("ix_handoffs_state_due_at", "handoffs", ["state", "due_at"], unique=False)
    op.create_index("ix_handoffs_state_changed_at", "handoffs", ["state", "changed_at"], unique=False)
    op.create_table(
        "handoff_events",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("handoff_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("author", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('received', 'seen', 'assigned', 'note', 'reply', 'answered', 'closed', 'reopened', 'erased', "
            "'exported')",
            name=op.f("ck_handoff_events_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["handoff_id"], ["handoffs.handoff_id"], name=op.f("fk_handoff_events_handoff_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["sealed_by"], ["sealing_keys.key_id"], name=op.f("fk_handoff_events_sealed_by"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_handoff_events")),
    )
    op.create_index(op.f("ix_handoff_events_handoff_id"), "handoff_events", ["handoff_id"], unique=False)
    op.create_index(op.f("ix_handoff_events_sealed_by"), "handoff_events", ["sealed_by"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("handoff_id", sa.Integer(), nullable=True),
        sa.Column("target", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", UtcTime(), nullable=False),
        sa.Column("claimed_until", UtcTime(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("sent_at", UtcTime(), nullable=True),
        sa.CheckConstraint("target IN ('mail', 'webhook', 'file', 'fhir')", name=op.f("ck_outbox_target")),
        sa.CheckConstraint("kind IN ('handoff', 'digest', 'reply')", name=op.f("ck_outbox_kind")),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'dead')", name=op.f("ck_outbox_state")),
        sa.ForeignKeyConstraint(
            ["handoff_id"], ["handoffs.handoff_id"], name=op.f("fk_outbox_handoff_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_outbox")),
    )
    op.create_index(op.f("ix_outbox_handoff_id"), "outbox", ["handoff_id"], unique=False)
    op.create_index("ix_outbox_state_next_at", "outbox", ["state", "next_at"], unique=False)
