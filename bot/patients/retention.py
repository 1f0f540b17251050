"""What is deleted for good when its time is over: what patients left, deliveries, and what staff left lying."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from bot.store import audit
from bot.store.allowances import purge_allowances
from bot.store.database import Database, Db, delete_for_good
from bot.store.documents import drop_uploads
from bot.store.drafts import purge_saves
from bot.store.forgotten import purge_forgotten
from bot.store.handoffs import purge_handoffs
from bot.store.open_questions import forget_wordings
from bot.store.outbox import purge_dead, purge_sent
from bot.store.staff import purge_attempts
from bot.store.visits import purge

ATTEMPTS = timedelta(days=1)  # to sign in that failed; as long as they are counted (`bot.staff.attempts`)
PUBLIC_SCREEN = "kiosk"
LEFT_BEHIND = timedelta(hours=1)  # no visit is so long: its screen went dark before it could say that it was over

LOG = logging.getLogger("clinicbot.retention")


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long questions are kept, and how long messages to the clinic after they were answered or closed.

    What staff left lying, drafts' earlier texts and documents that nobody saved, is kept as long as questions.
    """

    questions: timedelta
    handoffs: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """How many of each were deleted."""

    questions: int
    handoffs: int
    deliveries: int
    uploads: int = 0
    saves: int = 0

    def to_dict(self) -> dict[str, int]:
        """By name."""
        return asdict(self)


def purge_old(database: Database, retention: Retention, now: datetime) -> Purged:
    """Delete what is older than its time; the audit says how many messages to the clinic that were."""
    with database.change() as db:
        delete_for_good(db)
        purge_attempts(db, before=now - ATTEMPTS, now=now)
        forget_wordings(db, before=now - retention.questions)
        purge_allowances(db, now=now)
        purged = Purged(
            questions=purge(db, before=now - retention.questions)
            + purge(db, before=now - LEFT_BEHIND, channel=PUBLIC_SCREEN),
            handoffs=purge_handoffs(db, before=now - retention.handoffs),
            deliveries=purge_sent(db, before=now - retention.handoffs)
            + purge_dead(db, before=now - retention.handoffs),
            uploads=_drop_uploads(db, retention, now),
            saves=purge_saves(db, before=now - retention.questions),
        )
        purge_forgotten(db, now=now)  # last, as whoever stores turns waits for it
        if purged.handoffs:
            detail = purged.to_dict()
            audit.record(db, at=now, actor="clinicbot", action="retention.purged", subject="handoffs", detail=detail)
    LOG.info("deleted for good: %s", ", ".join(f"{count} {what}" for what, count in purged.to_dict().items()))
    return purged


def _drop_uploads(db: Db, retention: Retention, now: datetime) -> int:
    dropped = drop_uploads(db, before=now - retention.questions)
    for each in dropped:
        detail = {"file": each.file_name, "reason": "nobody saved or discarded it in time"}
        audit.record(
            db, at=now, actor="clinicbot", action="document.discarded", subject=str(each.upload_id), detail=detail
        )
    return len(dropped)
