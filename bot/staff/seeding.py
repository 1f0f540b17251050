"""An empty database filled from a knowledge folder: each entry its first approved revision, all of it release 1."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from bot.faq.files import Loaded
from bot.faq.release import plain
from bot.staff.assembly import PIECES, SEEDER, assemble
from bot.store import audit
from bot.store.content import add_entry, add_review, add_revision, save_piece
from bot.store.database import Database, Db
from bot.store.releases import add_release, find_live, hold_publishing, publish
from bot.store.translations import add_version, decide_version

_REASON = "as shipped"


def seed_if_empty(database: Database, loaded: Loaded, now: datetime) -> bool:
    """Whether the database was empty and is filled now; all of it, or nothing."""
    with database.change() as db:
        hold_publishing(db)  # of two processes that start on an empty database, one fills it
        if find_live(db) is not None:
            return False
        _seed(db, loaded, now)
        return True


def is_empty(database: Database) -> bool:
    """Whether nothing was ever published from it."""
    with database.read() as db:
        return find_live(db) is None


def _seed(db: Db, loaded: Loaded, now: datetime) -> None:
    release = loaded.release
    for name in PIECES:
        save_piece(db, name, plain(getattr(release, name)), author=SEEDER, reason=_REASON, at=now, seen=0)
    for name, content in (("documents", plain(loaded.documents)), ("hazards", loaded.hazards)):
        save_piece(db, name, content, author=SEEDER, reason=_REASON, at=now, seen=0)
    zone = ZoneInfo(release.clinic.time_zone)
    reviewer = release.clinic.approved_by or SEEDER
    for entry in release.entries:
        add_entry(db, entry.id, now)
        revision = add_revision(db, entry, author=SEEDER, reason=_REASON, at=now)
        add_review(db, revision.revision_id, "approve", reviewer=reviewer, own=False, comment=_REASON, at=now)
        for language, translation in entry.translations.items():
            version = add_version(db, (entry.id, language), translation, author=SEEDER, reason=_REASON, at=now)
            decide_version(
                db,
                version.translation_id,
                "approve",
                reviewer=translation.approved_by or SEEDER,
                own=False,
                comment=_REASON,
                at=_day_of(translation.approved_on, zone) or now,
            )
    number = add_release(db, assemble(db, now), author=SEEDER, note=_REASON, evidence={}, at=now)
    publish(db, number, kind="seed", author=SEEDER, reason=_REASON, at=now)
    detail = {"entries": len(release.entries), "content": release.content_hash}
    audit.record(db, at=now, actor=SEEDER, action="release.seeded", subject=str(number), detail=detail)


def _day_of(approved_on: date | None, zone: ZoneInfo) -> datetime | None:
    """Noon of that day at the clinic."""
    return datetime.combine(approved_on, time(12), zone) if approved_on else None
