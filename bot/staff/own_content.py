"""The clinic's own name under all its answers: a clinician has read them, and they are no sample any more."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.errors import Conflict, InputError
from bot.staff.accounts import User
from bot.staff.assembly import assemble
from bot.staff.reviewing import require_clinician
from bot.store import audit
from bot.store.content import find_piece, save_piece
from bot.store.database import Database


def approve_content(database: Database, *, content_hash: str, has_read: bool, user: User, now: datetime) -> int:
    """Put the clinician's name under the content that they were shown; how many answers it has.

    It is part of the next candidate. Raises Conflict when what is approved has changed since, InputError when they do
    not say that they have read it, Forbidden for who is no clinician.
    """
    require_clinician(user, "approve the content")
    if not has_read:
        raise InputError(field="has_read", got="no", allowed="that you have read all the answers")
    with database.change() as db:
        release = assemble(db, now)
        piece = find_piece(db, "clinic")
        if piece is None or release.content_hash != content_hash:
            raise Conflict(subject="content", problem="what is approved has changed since this page was opened")
        today = now.astimezone(ZoneInfo(release.clinic.time_zone)).date()
        content = {**piece.content, "approved_by": user.name, "approved_on": today.isoformat()}
        save_piece(db, "clinic", content, author=user.name, reason="content approved", at=now, seen=piece.version)
        count = len(release.entries)
        detail = {"entries": count, "content": content_hash}
        audit.record(db, at=now, actor=user.name, action="content.approved", subject="clinic", detail=detail)
        return count
