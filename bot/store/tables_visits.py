"""The tables of what patients leave behind, redacted, for a time: turns, feedback, and what staff did with them."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.tables import metadata
from bot.store.types import UtcTime
from bot.store.uses import Kind, Use

# `words_key` is a hash of the plain form of `redacted`, by which repeats are known. `context` and `said` are JSON: what
# the turn leaned on (a short message before it, without personal details, among it), and what was said, by ids of the
# release. `likeness` is the sentence vector of a question that was left open, by which such questions are grouped.
# `day` and `hour` are those of the clinic's clock, by which turns are counted (`tallies`).
turns = sa.Table(
    "turns",
    metadata,
    sa.Column("turn_id", sa.String(64), primary_key=True),
    sa.Column("conversation", sa.String(64), nullable=False, index=True),
    sa.Column("asked_at", UtcTime, nullable=False, index=True),
    sa.Column("redacted", sa.Text, nullable=False),
    sa.Column("words_key", sa.String(32), nullable=False),
    sa.Column("outcome", sa.String(10), nullable=False),
    sa.Column("entry_id", sa.String(80)),
    sa.Column("rule_id", sa.String(80)),
    sa.Column("confidence", sa.Float),
    sa.Column("release", sa.Integer, nullable=False),
    sa.Column("region", sa.String(2), nullable=False),
    sa.Column("channel", sa.String(10), nullable=False),
    sa.Column("context", sa.Text, nullable=False),
    sa.Column("said", sa.Text, nullable=False),
    sa.Column("likeness", sa.LargeBinary),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("hour", sa.Integer, nullable=False),
    sa.Index("ix_turns_outcome_asked_at", "outcome", "asked_at"),
    sa.Index("ix_turns_entry_id_asked_at", "entry_id", "asked_at"),
    info={
        "use": Use(
            purpose="Shows staff which questions have no answer or a bad one",
            kept=(
                "30 days (CLINICBOT_RETENTION_DAYS), at a kiosk an hour or two, or until the patient clears the chat "
                "or leaves the kiosk"
            ),
            read_by="staff",
            holds={
                Kind.REDACTED: "redacted likeness said context",
                Kind.TOKEN: "turn_id conversation words_key",
                Kind.OPERATION: "asked_at outcome entry_id rule_id confidence release region channel day hour",
            },
            risk="A question tells of somebody's health, and a detail that the program missed tells of whom.",
            measure=(
                "Redaction before storage, measured on generated data (benchmarks/redaction.py); no name, device or "
                "network address beside it; deletion by the patient at once."
            ),
        )
    },
)

feedback = sa.Table(
    "feedback",
    metadata,
    sa.Column("turn_id", sa.ForeignKey("turns.turn_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("helpful", sa.Boolean, nullable=False),
    sa.Column("reason", sa.String(20), nullable=False),
    sa.Column("given_at", UtcTime, nullable=False),
    sa.Index("ix_feedback_helpful_given_at", "helpful", "given_at"),
    info={
        "use": Use(
            purpose="Whether an answer helped",
            kept="as long as its turn",
            read_by="staff",
            holds={Kind.TOKEN: "turn_id", Kind.OPERATION: "helpful reason given_at"},
            risk="Tells only with its turn.",
            measure="Deleted with its turn.",
        )
    },
)

# What staff made of open questions, several wordings at once. `effect` is JSON: what else was changed, to be undone.
dispositions = sa.Table(
    "dispositions",
    metadata,
    sa.Column("disposition_id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(14), nullable=False),
    sa.Column("entry_id", sa.String(80)),
    sa.Column("effect", sa.Text, nullable=False),
    sa.Column("author", sa.String(120), nullable=False),
    sa.Column("made_at", UtcTime, nullable=False),
    sa.Column("undone_at", UtcTime),
    sa.CheckConstraint("kind IN ('phrasing', 'entry', 'out_of_scope', 'golden', 'set_aside')", name="kind"),
    info={
        "use": Use(
            purpose="What staff made of open questions, so that it can be undone",
            kept="for good, without patients' words",
            read_by="staff",
            holds={
                Kind.STAFF: "author",
                Kind.OPERATION: "disposition_id kind entry_id made_at undone_at",
                Kind.TOKEN: "effect",
            },
            risk="A hash of a wording could be joined with turns that are still kept.",
            measure="No words; those that staff take over are redacted before, and checked by them.",
        )
    },
)

# The wordings of a disposition. Later turns of the same words are known by their key; `wording` is emptied when the
# time is over for which patients' words are kept.
disposed_wordings = sa.Table(
    "disposed_wordings",
    metadata,
    sa.Column("disposition_id", sa.ForeignKey("dispositions.disposition_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("words_key", sa.String(32), primary_key=True, index=True),
    sa.Column("wording", sa.Text, nullable=False),
    info={
        "use": Use(
            purpose="Which wordings were dealt with, so that they are not asked about again",
            kept="the wording 30 days (CLINICBOT_RETENTION_DAYS), its hash for good",
            read_by="staff",
            holds={Kind.REDACTED: "wording", Kind.TOKEN: "words_key", Kind.OPERATION: "disposition_id"},
            risk="As for turns.",
            measure="Emptied when the time of its turns is over.",
        )
    },
)

# Conversations that were cleared, each as a hash of its token: another process may have turns of it that are not stored
# yet.
forgotten = sa.Table(
    "forgotten",
    metadata,
    sa.Column("mark", sa.String(64), primary_key=True),
    sa.Column("forgotten_at", UtcTime, nullable=False),
    info={
        "use": Use(
            purpose="Conversations that patients cleared, so that no process stores what it still had of them",
            kept="a day, at most an hour longer",
            read_by="nobody; the program",
            holds={Kind.TOKEN: "mark", Kind.OPERATION: "forgotten_at"},
            risk="Who has a conversation's token and this table can tell that it was cleared that day.",
            measure="A hash in place of the token, without a word of the conversation; deleted after a day.",
        )
    },
)

# How much those who ask or write very often have used of what they may, for all processes together. `mark` is a keyed
# hash of the address and what is counted; `full_at` is when all of it may be used again.
allowances = sa.Table(
    "allowances",
    metadata,
    sa.Column("mark", sa.String(64), primary_key=True),
    sa.Column("full_at", UtcTime, nullable=False),
    info={
        "use": Use(
            purpose="Holds those to the limits who ask or write very often, where several processes share a database",
            kept="until all may be used again (minutes), at most an hour longer",
            read_by="nobody; the program",
            holds={Kind.TOKEN: "mark", Kind.OPERATION: "full_at"},
            risk="Who has the key and this table can tell whether an address asked much within the last hour.",
            measure="A keyed hash in place of the address, only of those who ask much, and for minutes only.",
        )
    },
)
