"""The tables of people who curate, and of what they did: users, sessions, links, attempts, and the audit chain."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.tables import metadata
from bot.store.types import UtcTime
from bot.store.uses import Kind, Use

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
    info={
        "use": Use(
            purpose="Who may sign in to the staff area",
            kept="while the clinic keeps the account; names stay in histories",
            read_by="admins",
            holds={
                Kind.STAFF: "email name former_names roles disabled_at",
                Kind.SECRET: "password_hash secret",
                Kind.OPERATION: "user_id confirmed_at last_step epoch created_at",
            },
            risk="Somebody signs in as a member of staff.",
            measure="Argon2 for passwords, a second step for everybody, lock-out, sessions that can be ended.",
        )
    },
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
    info={
        "use": Use(
            purpose="Failed sign-ins, so that passwords cannot be guessed",
            kept="a day, at most an hour longer",
            read_by="nobody; the program only",
            holds={Kind.SECRET: "subject", Kind.OPERATION: "failures began_at locked_until"},
            risk="A network address could be guessed from a hash.",
            measure="Keyed hashes, deleted after a day.",
        )
    },
)

recovery_codes = sa.Table(
    "recovery_codes",
    metadata,
    sa.Column("user_id", sa.ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("code_hash", sa.String(64), primary_key=True),
    sa.Column("used_at", UtcTime),
    info={
        "use": Use(
            purpose="One-time codes for a lost phone",
            kept="until they are made anew",
            read_by="nobody; the program only",
            holds={Kind.SECRET: "code_hash", Kind.OPERATION: "user_id used_at"},
            risk="A code opens an account.",
            measure="Kept as keyed hashes, used once.",
        )
    },
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
    info={
        "use": Use(
            purpose="Signed-in browsers of staff",
            kept="until they end, eight hours at most, and the next one is opened",
            read_by="nobody; the program only",
            holds={Kind.SECRET: "token_hash", Kind.OPERATION: "user_id epoch stage created_at seen_at expires_at"},
            risk="A token opens the staff area.",
            measure="Kept as hashes, bound to the account's epoch.",
        )
    },
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
    info={
        "use": Use(
            purpose="One-time links for a first sign-in or a new password",
            kept="for good, as a hash that opens nothing once it is used or run out",
            read_by="admins",
            holds={
                Kind.SECRET: "token_hash",
                Kind.STAFF: "purpose user_id email name roles two_step",
                Kind.OPERATION: "created_at expires_at used_at",
            },
            risk="A link opens an account.",
            measure="Kept as hashes, used once, run out within three days.",
        )
    },
)

# Insert-only and chained: `hash` covers the line and `previous`, so that no line can be changed or taken out of the
# middle unseen. Whoever takes off the last ones, or writes all anew, is seen by a seal that was kept elsewhere.
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
    info={
        "use": Use(
            purpose=(
                "Who did what to which, chained so that a line that is changed or taken out shows; lines taken off the "
                "end show by a seal that was kept elsewhere"
            ),
            kept="for good: it is the proof",
            read_by="admins",
            holds={Kind.STAFF: "actor action subject detail", Kind.OPERATION: "number at previous hash"},
            risk="Tells how a member of staff works.",
            measure="Names and actions only, no patient's words; read by admins.",
        )
    },
)
