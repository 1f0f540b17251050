"""The tables of messages to the clinic: handoffs, what was done with them, what is to be delivered, and keys."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.tables import metadata
from bot.store.types import UtcTime
from bot.store.uses import Kind, Use

# Data keys, each wrapped under a key derived from the signing key. A retired one still reads, and seals no more.
sealing_keys = sa.Table(
    "sealing_keys",
    metadata,
    sa.Column("key_id", sa.Integer, primary_key=True),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    sa.Column("made_at", UtcTime, nullable=False),
    sa.Column("retired_at", UtcTime),
    info={
        "use": Use(
            purpose="Data keys that seal personal details, wrapped under the signing key",
            kept="for good; retired ones seal no more",
            read_by="nobody; the program only",
            holds={Kind.SECRET: "wrapped", Kind.OPERATION: "key_id made_at retired_at"},
            risk="Whoever has the database and the signing key reads everything.",
            measure="The signing key is not in the database; keep it apart from backups of the database.",
        )
    },
)

# `sealed` holds name, contact and message as sealed JSON, and nothing once the handoff was erased; `sealed_by` is the
# key that it needs. `request_key` is what a sender repeats when they did not hear back, `request_hash` a keyed hash of
# what they sent with it. `level` is the triage level of the message, or "". `version` rises with each change by staff.
handoffs = sa.Table(
    "handoffs",
    metadata,
    sa.Column("handoff_id", sa.Integer, primary_key=True),
    sa.Column("reference", sa.String(12), nullable=False, unique=True),
    sa.Column("request_key", sa.String(64), unique=True),
    sa.Column("request_hash", sa.String(64), nullable=False),
    sa.Column("received_at", UtcTime, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("sealed_by", sa.ForeignKey("sealing_keys.key_id", ondelete="RESTRICT"), index=True),
    sa.Column("level", sa.String(10), nullable=False),
    sa.Column("channel", sa.String(10), nullable=False),
    sa.Column("locale", sa.String(5), nullable=False),
    sa.Column("conversation", sa.String(64), index=True),
    sa.Column("turn_id", sa.String(64)),
    sa.Column("due_at", UtcTime),
    sa.Column("assignee_id", sa.ForeignKey("users.user_id", ondelete="SET NULL"), index=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("changed_at", UtcTime, nullable=False),
    sa.CheckConstraint("state IN ('new', 'seen', 'answered', 'closed')", name="state"),
    sa.Index("ix_handoffs_received_at", "received_at"),
    sa.Index("ix_handoffs_state_due_at", "state", "due_at"),
    sa.Index("ix_handoffs_state_changed_at", "state", "changed_at"),
    info={
        "use": Use(
            purpose="A patient's message to the clinic, so that somebody answers it",
            kept=(
                "until it is answered or closed, and 90 days more (CLINICBOT_HANDOFF_RETENTION_DAYS), longer while "
                "something of it has yet to be delivered or to be set aside, or until it is erased on request"
            ),
            read_by="clinicians and admins, each reading audited",
            holds={
                Kind.SEALED: "sealed",
                Kind.TOKEN: "reference request_key request_hash conversation turn_id",
                Kind.STAFF: "assignee_id",
                Kind.OPERATION: "handoff_id received_at state sealed_by level channel locale due_at version changed_at",
            },
            risk="A name, a way to reach somebody, and what troubles them: the most delicate data here.",
            measure=(
                "Encrypted with a key of its own that can be changed (`clinicbot keys rotate`); each reading audited; "
                "mails and logs hold nothing of it; erased and exported by reference; purged in time."
            ),
        )
    },
)

# What was done with a handoff, oldest first. `sealed`: a note or a reply, which may hold personal details.
handoff_events = sa.Table(
    "handoff_events",
    metadata,
    sa.Column("event_id", sa.Integer, primary_key=True),
    sa.Column("handoff_id", sa.ForeignKey("handoffs.handoff_id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("author", sa.String(120), nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("sealed", sa.LargeBinary),
    sa.Column("sealed_by", sa.ForeignKey("sealing_keys.key_id", ondelete="RESTRICT"), index=True),
    sa.CheckConstraint(
        "kind IN ('received', 'seen', 'assigned', 'note', 'reply', 'answered', 'closed', 'reopened', 'erased', "
        "'exported')",
        name="kind",
    ),
    info={
        "use": Use(
            purpose="What was done with a message, with notes and replies",
            kept="as long as its message",
            read_by="clinicians and admins, each reading audited",
            holds={
                Kind.SEALED: "sealed",
                Kind.STAFF: "author kind",
                Kind.OPERATION: "event_id handoff_id at sealed_by",
            },
            risk="Notes and replies repeat what the message says.",
            measure="Encrypted, audited, erased and purged with the message.",
        )
    },
)

# What was promised to leave the process, written together with what it tells of. `detail` is JSON without personal
# details, `last_error` a reason and never what was sent. A row is claimed while somebody delivers it. One that is dead
# may be set aside: it stays with its message, and nobody is asked to do anything about it.
outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("message_id", sa.String(36), primary_key=True),
    sa.Column("handoff_id", sa.ForeignKey("handoffs.handoff_id", ondelete="CASCADE"), index=True),
    sa.Column("target", sa.String(10), nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_at", UtcTime, nullable=False),
    sa.Column("claimed_until", UtcTime),
    sa.Column("last_error", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("sent_at", UtcTime),
    sa.Column("set_aside_at", UtcTime),
    sa.CheckConstraint("target IN ('mail', 'webhook', 'file', 'fhir')", name="target"),
    sa.CheckConstraint("kind IN ('handoff', 'digest', 'reply')", name="kind"),
    sa.CheckConstraint("state IN ('waiting', 'sent', 'dead')", name="state"),
    sa.Index("ix_outbox_state_next_at", "state", "next_at"),
    info={
        "use": Use(
            purpose="What was promised to leave the program, so that nothing acknowledged is lost",
            kept=(
                "as long as its message; once delivered, or given up and of no message, 90 days at most "
                "(CLINICBOT_HANDOFF_RETENTION_DAYS)"
            ),
            read_by="staff",
            holds={
                Kind.TOKEN: "detail",
                Kind.OPERATION: (
                    "message_id handoff_id target kind state attempts next_at claimed_until last_error created_at "
                    "sent_at set_aside_at"
                ),
            },
            risk="A reference and a time could be joined with other sources.",
            measure=(
                "Holds no name, contact or words; they are read from the message when it is delivered to the "
                "targets that the clinic set up."
            ),
        )
    },
)
