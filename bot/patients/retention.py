"""What is deleted for good when its time is over: questions, wordings, messages that are done, deliveries."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from bot.store import audit
from bot.store.allowances import purge_allowances
from bot.store.database import Database
from bot.store.handoffs import purge_handoffs
from bot.store.open_questions import forget_wordings
from bot.store.outbox import purge_sent
from bot.store.visits import purge

LOG = logging.getLogger("clinicbot.retention")


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long questions are kept, and how long messages to the clinic after they were answered or closed."""

    questions: timedelta
    handoffs: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """How many of each were deleted."""

    questions: int
    handoffs: int
    deliveries: int

    def to_dict(self) -> dict[str, int]:
        """By name."""
        return asdict(self)


def purge_old(database: Database, retention: Retention, now: datetime) -> Purged:
    """Delete what is older than its time; the audit says how many messages to the clinic that were."""
    with database.change() as db:
        forget_wordings(db, before=now - retention.questions)
        purge_allowances(db, now=now)
        purged = Purged(
            questions=purge(db, before=now - retention.questions),
            handoffs=purge_handoffs(db, before=now - retention.handoffs),
            deliveries=purge_sent(db, before=now - retention.handoffs),
        )
        if purged.handoffs:
            detail = purged.to_dict()
            audit.record(db, at=now, actor="clinicbot", action="retention.purged", subject="handoffs", detail=detail)
    figures = asdict(purged)
    LOG.info("deleted for good: %(questions)s questions, %(handoffs)s handoffs, %(deliveries)s deliveries", figures)
    return purged
