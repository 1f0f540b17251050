"""Once a day a mail with counts: how many messages wait, how many are overdue, how many could not be passed on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.store.database import Database
from bot.store.inbox import count_by_state
from bot.store.outbox import depth, enqueue_once
from bot.store.sealing import Sealer

MAIL = "mail"


def promise_digest(database: Database, sealer: Sealer, *, hour: int, zone: str, now: datetime) -> bool:
    """Promise today's digest once `hour` has come in the clinic's `zone`; False when it is too early, or was promised.

    Its id is the day's, so that of several workers one promises it. It is also this clinic's own: mailboxes that two
    clinics share would take two digests of the same id for one.
    """
    local = now.astimezone(ZoneInfo(zone))
    if local.hour < hour:
        return False
    day = local.date().isoformat()
    message_id = str(UUID(sealer.mark({"digest": day})[:32], version=4))
    with database.change() as db:
        states = count_by_state(db, now)
        counts = {
            "day": day,
            "waiting": states.get("new", 0) + states.get("seen", 0),
            "overdue": states["overdue"],
            "dead": depth(db)["dead"],
        }
        return enqueue_once(db, message_id, target=MAIL, kind="digest", detail=counts, at=now)
