"""The tables of people who curate, and of what they did: users, sessions, links, attempts, and the audit chain."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.tables import metadata
from bot.store.types import UtcTime

# `roles` are words parted by spaces. `secret` is the sealed two-step secret; `confirmed_at` when it was first used.
# `epoch` rises to end all sessions. `former_names`, one a line, still stand in histories.
users = sa.Table(
    "users",
    metadata,
    sa.Column("user_id", sa.Integer, primary_key=True),
    sa.Column("email", sa.String(120), nullable=False, unique=True),
    sa.Column("name", sa.String(80), nullable=False, unique=True),
    sa.Column("former_names", sa.Text, nullable=False),
    sa.Column("roles", sa.String(30), nullable=False),
    sa.Column("password_hash", sa.String(200), nullable=False),
    sa.Column("secret", sa.LargeBinary),
    sa.Column("confirmed_at", UtcTime),
    sa.Column("last_step", sa.Integer, nullable=False),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("disabled_at", UtcTime),
)

# Failed sign-ins, counted for an account or a network address whether or not there is such an account. `subject` is a
# keyed hash, so that neither can be read here.
attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("subject", sa.String(64), primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("began_at", UtcTime, nullable=False, index=True),
    sa.Column("locked_until", UtcTime),
)

recovery_codes = sa.Table(
    "recovery_codes",
    metadata,
    sa.Column("user_id", sa.ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("code_hash", sa.String(64), primary_key=True),
    sa.Column("used_at", UtcTime),
)

# A signed-in browser, known by the hash of its token only. `stage`: 'password' until the second step is done.
sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("user_id", sa.ForeignKey("users.user_id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("stage", sa.String(10), nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("seen_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False),
    sa.CheckConstraint("stage IN ('password', 'full')", name="stage"),
)

# One-time links: the first account, an invitation, a new password; `two_step` when the link also ends the old two-step
# sign-in.
links = sa.Table(
    "links",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("purpose", sa.String(10), nullable=False),
    sa.Column("user_id", sa.ForeignKey("users.user_id", ondelete="CASCADE")),
    sa.Column("email", sa.String(120), nullable=False),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("roles", sa.String(30), nullable=False),
    sa.Column("two_step", sa.Boolean, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False),
    sa.Column("used_at", UtcTime),
    sa.CheckConstraint("purpose IN ('setup', 'invite', 'reset')", name="purpose"),
)

# Insert-only and chained: `hash` covers the line and `previous`, so that no line can be changed or taken out unseen.
audit = sa.Table(
    "audit",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("actor", sa.String(120), nullable=False),
    sa.Column("action", sa.String(60), nullable=False),
    sa.Column("subject", sa.String(200), nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Index("ix_audit_action", "action"),
    sa.Index("ix_audit_subject", "subject"),
)
