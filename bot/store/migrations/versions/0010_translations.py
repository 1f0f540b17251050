"""0010: translations with drafts, versions and reviews of their own; those inside revisions become versions."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from bot.store.migrations.guards import insert_only
from bot.store.types import UtcTime

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the tables, and take over the translations of the newest approved revisions and of those in review."""
    op.create_table(
        "translations",
        sa.Column("translation_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("author", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_translations_number")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.entry_id"], name=op.f("fk_translations_entry_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("translation_id", name=op.f("pk_translations")),
        sa.UniqueConstraint("entry_id", "language", "number", name=op.f("uq_translations_entry_id_language_number")),
    )
    op.create_table(
        "translation_reviews",
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("translation_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("reviewer", sa.String(length=120), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("reviewed_at", UtcTime(), nullable=False),
        sa.CheckConstraint(
            "decision IN ('approve', 'return', 'withdraw')", name=op.f("ck_translation_reviews_decision")
        ),
        sa.ForeignKeyConstraint(
            ["translation_id"],
            ["translations.translation_id"],
            name=op.f("fk_translation_reviews_translation_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_translation_reviews")),
        sa.UniqueConstraint("translation_id", name=op.f("uq_translation_reviews_translation_id")),
    )
    op.create_table(
        "translation_drafts",
        sa.Column("entry_id", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=120), nullable=False),
        sa.Column("saved_at", UtcTime(), nullable=False),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.entry_id"], name=op.f("fk_translation_drafts_entry_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("entry_id", "language", name=op.f("pk_translation_drafts")),
    )
    _take_over()
    insert_only("translations")
    insert_only("translation_reviews")


_REVISIONS = """
SELECT revisions.entry_id, revisions.content, revisions.author, revisions.reason, revisions.created_at,
       reviews.decision, reviews.reviewer, reviews.own, reviews.comment, reviews.reviewed_at
FROM revisions LEFT JOIN reviews ON reviews.revision_id = revisions.revision_id
WHERE revisions.retired = :no AND (reviews.decision IS NULL OR reviews.decision = 'approve')
ORDER BY revisions.entry_id, revisions.number
"""


def _take_over() -> None:
    """Of each entry what its newest approved revision holds, and after that what waits for review and differs."""
    times = {name: UtcTime() for name in ("created_at", "reviewed_at")}
    query = sa.text(_REVISIONS).bindparams(no=False).columns(**times)
    approved: dict[tuple[str, str], sa.Row[tuple[object, ...]]] = {}
    waiting: dict[tuple[str, str], sa.Row[tuple[object, ...]]] = {}
    for row in op.get_bind().execute(query):
        found = json.loads(row.content).get("translations", {})
        if row.decision == "approve":  # a later revision without it took it away
            for known in [key for key in (*approved, *waiting) if key[0] == row.entry_id]:
                approved.pop(known, None)
                waiting.pop(known, None)
        for language in found:
            (approved if row.decision == "approve" else waiting)[row.entry_id, language] = row
    for key in sorted({*approved, *waiting}):
        said = ""
        for number, row in enumerate((each[key] for each in (approved, waiting) if key in each), start=1):
            content = json.dumps(json.loads(row.content)["translations"][key[1]], ensure_ascii=False, sort_keys=True)
            if content != said:
                _add(key, number, content, row)
            said = content


def _add(key: tuple[str, str], number: int, content: str, row: sa.Row[tuple[object, ...]]) -> None:
    values = {"entry_id": key[0], "language": key[1], "number": number, "content": content, "retired": False}
    columns = ("entry_id", "language", "number", "content", "retired", "author", "reason")
    table = sa.table("translations", *map(sa.column, columns), sa.column("created_at", UtcTime()))
    written = {"author": row.author, "reason": row.reason, "created_at": row.created_at}
    op.get_bind().execute(table.insert().values(**values, **written))
    if row.decision is None:
        return
    made = sa.text("SELECT translation_id FROM translations WHERE entry_id = :e AND language = :l AND number = :n")
    translation_id = op.get_bind().execute(made, {"e": key[0], "l": key[1], "n": number}).scalar_one()
    names = ("translation_id", "decision", "reviewer", "own", "comment")
    reviews = sa.table("translation_reviews", *map(sa.column, names), sa.column("reviewed_at", UtcTime()))
    said = {"decision": row.decision, "reviewer": row.reviewer, "own": bool(row.own), "comment": row.comment}
    op.get_bind().execute(reviews.insert().values(translation_id=translation_id, **said, reviewed_at=row.reviewed_at))
