"""Decisions about open questions taken back, with what they changed; what cannot be taken back any more is said."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from bot.errors import Conflict
from bot.faq.entry import Entry
from bot.staff.accounts import User
from bot.staff.editing import put
from bot.store import audit
from bot.store.content import find_piece, find_submitted, hold_entry, save_piece
from bot.store.database import Database, Db
from bot.store.drafts import Draft, drop_draft, find_draft
from bot.store.open_questions import Disposition, find_disposition, key_of, undo_disposition

Left = Literal["nothing", "edited", "kept", "submitted"]


@dataclass(frozen=True, slots=True)
class Undone:
    """A decision taken back. `left` is what stays of it all the same:

    nothing; `edited`: the draft was changed since, so only these wordings were taken out of it; `kept`: the new
    entry's draft was worked on since and stays; `submitted`: it was sent for review, where the wordings still stand.
    """

    decision: Disposition
    left: Left


def undo(database: Database, number: int, *, user: User, now: datetime) -> Undone:
    """Take a decision back, all that is still as it was left. Raises Conflict when that was done already."""
    with database.change() as db:
        decision = find_disposition(db, number)
        if decision is None or not undo_disposition(db, number, now):
            raise Conflict(subject=f"decision {number}", problem="it was taken back already")
        left = _taken_back(db, decision, user=user, now=now)
        detail = {"decision": number, "kind": decision.kind, "left": left}
        subject = decision.entry_id or "open questions"
        audit.record(db, at=now, actor=user.name, action="question.undone", subject=subject, detail=detail)
        return Undone(decision, left)


def _taken_back(db: Db, decision: Disposition, *, user: User, now: datetime) -> Left:
    if decision.kind == "out_of_scope":
        return _out_of_background(db, set(decision.effect["added"]), user=user, now=now)
    if decision.entry_id is None:
        return "nothing"
    hold_entry(db, decision.entry_id)
    draft = find_draft(db, decision.entry_id)
    if draft is None:
        return _without_draft(db, decision)
    effect = decision.effect
    untouched = (draft.base, draft.version) == (effect["base"], effect["version"])
    if untouched and effect["begun"]:
        drop_draft(db, decision.entry_id)
        return "nothing"
    if decision.kind == "entry":
        return "kept"
    return _out_of_draft(db, draft, set(effect["added"]), untouched, user=user, now=now)


def _out_of_background(db: Db, added: Collection[str], *, user: User, now: datetime) -> Left:
    piece = find_piece(db, "background")
    content: list[Any] = list(piece.content) if piece else []
    kept = [text for text in content if key_of(text) not in added]
    if piece is not None and len(kept) < len(content):
        reason = "open questions are in scope after all"
        save_piece(db, "background", kept, author=user.name, reason=reason, at=now, seen=piece.version)
    return "nothing"


def _out_of_draft(db: Db, draft: Draft, added: Collection[str], untouched: bool, *, user: User, now: datetime) -> Left:
    entry = _without(draft.entry, added)
    if entry != draft.entry:
        put(db, draft, entry, user=user, now=now)
    return "nothing" if untouched else "edited"


def _without_draft(db: Db, decision: Disposition) -> Left:
    """Whether what was put into the draft went on into a revision; where the draft was discarded nothing is left."""
    newest = find_submitted(db, decision.entry_id or "")
    if newest is None:
        return "nothing"
    if decision.kind == "entry":
        return "submitted"
    return "nothing" if _without(newest.entry, set(decision.effect["added"])) == newest.entry else "submitted"


def _without(entry: Entry, added: Collection[str]) -> Entry:
    """The entry without those phrasings and golden questions."""
    return replace(
        entry,
        phrasings=tuple(each for each in entry.phrasings if key_of(each.text) not in added),
        golden=tuple(text for text in entry.golden if key_of(text) not in added),
    )
