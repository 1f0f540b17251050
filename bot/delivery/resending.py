"""Dead letters sent again, once somebody has mended what stood in their way, or set aside; the audit says by whom."""

from __future__ import annotations

from datetime import datetime

from bot.errors import Conflict
from bot.store import audit, dead_letters
from bot.store.database import Database, Db
from bot.store.dead_letters import DeadLetter, find_dead_letter, resend_all
from bot.store.outbox import resend

ACTION = "outbox.resent"


def send_again(database: Database, message_id: str, *, actor: str, now: datetime) -> None:
    """Try one dead letter anew, from the beginning. Raises Conflict when it is not one, or not any more."""
    with database.change() as db:
        letter = find_dead_letter(db, message_id)
        if letter is None or not resend(db, message_id, now):
            raise Conflict(subject=f"message {message_id}", problem="it does not wait to be sent again")
        _note(db, letter, ACTION, actor, now)


def set_aside(database: Database, message_id: str, *, actor: str, now: datetime) -> None:
    """Take one dead letter off the list, unsent. Raises Conflict when it is not one, or not any more."""
    with database.change() as db:
        letter = find_dead_letter(db, message_id)
        if letter is None or not dead_letters.set_aside(db, message_id, now):
            raise Conflict(subject=f"message {message_id}", problem="it is not listed as given up")
        _note(db, letter, "outbox.set_aside", actor, now)


def send_all_again(database: Database, *, actor: str, now: datetime) -> int:
    """Try every dead letter anew; how many there were."""
    with database.change() as db:
        count = resend_all(db, now)
        if count:
            audit.record(db, at=now, actor=actor, action=ACTION, subject="all", detail={"letters": count})
        return count


def _note(db: Db, letter: DeadLetter, action: str, actor: str, now: datetime) -> None:
    detail = {"target": letter.target, "kind": letter.kind, "message": letter.message_id}
    audit.record(db, at=now, actor=actor, action=action, subject=letter.reference or letter.kind, detail=detail)
