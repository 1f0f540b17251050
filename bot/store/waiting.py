"""How much work waits for staff: revisions for review, drafts, and whether the clinic has begun at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from bot.store.database import Db
from bot.store.tables import drafts, reviews, revisions
from bot.store.tables_staff import users
from bot.store.tables_tallies import tallies
from bot.store.tables_translations import translation_reviews, translations
from bot.store.tables_visits import turns


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits. `oldest_at` is when the oldest revision was sent for review; `was_asked`: there is any turn.

    `translations` are those that wait for review; `asked_on_site` is the last day of a question on a website.
    """

    in_review: int
    oldest_at: datetime | None
    drafts: int
    people: int
    was_asked: bool
    translations: int
    asked_on_site: date | None


def count_waiting(db: Db) -> Waiting:
    """Everything in one query."""
    open_ones = sa.select(revisions).outerjoin(reviews).where(reviews.c.review_id.is_(None)).subquery()
    parts = (
        sa.select(sa.func.count()).select_from(open_ones),
        sa.select(sa.func.min(open_ones.c.created_at)),
        sa.select(sa.func.count()).select_from(drafts),
        sa.select(sa.func.count()).select_from(users).where(users.c.disabled_at.is_(None)),
        sa.select(sa.exists(sa.select(turns.c.turn_id))),
        sa.select(sa.func.count())
        .select_from(translations.outerjoin(translation_reviews))
        .where(translation_reviews.c.review_id.is_(None)),
        sa.select(sa.func.max(tallies.c.day)).where(tallies.c.kind == "outcome", tallies.c.channel == "widget"),
    )
    row = db.execute(sa.select(*(part.scalar_subquery().label(f"p{place}") for place, part in enumerate(parts)))).one()
    in_review, oldest_at, begun, people, was_asked, translated, asked_on_site = row
    return Waiting(
        in_review=in_review,
        oldest_at=oldest_at,
        drafts=begun,
        people=people,
        was_asked=bool(was_asked),
        translations=translated,
        asked_on_site=asked_on_site,
    )
