"""The same change to several entries at once, and its undoing; each entry stands or falls by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import cast

from bot.errors import Conflict, InputError, InputErrors
from bot.faq.entry import Entry
from bot.staff.accounts import User
from bot.staff.editing import find_current, put
from bot.staff.fields import LABELS
from bot.staff.submitting import submit_within, withdraw_within
from bot.store import audit
from bot.store.content import hold_entry, list_sent
from bot.store.database import Database, Db
from bot.store.drafts import drop_draft, find_draft, find_save_before, list_saves_of

LONGEST_OWNER = 120
_CHANGED = "entries.changed"


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a change to many: the ids it was made to, and why not to the others."""

    changed: tuple[str, ...]
    left: tuple[tuple[str, str], ...] = ()


def set_owner(database: Database, ids: Iterable[str], owner: str, *, user: User, now: datetime) -> Done:
    """Another owner in the drafts of these entries; a draft is begun where there is none."""
    named = " ".join(owner.split())
    if not named or len(named) > LONGEST_OWNER:
        raise InputError(field="owner", got=repr(named)[:40], allowed=f"a name of 1 to {LONGEST_OWNER} characters")
    return _change(database, ids, lambda entry: replace(entry, owner=named), user=user, now=now)


def set_review_by(database: Database, ids: Iterable[str], day: date, *, user: User, now: datetime) -> Done:
    """Another review date in the drafts of these entries."""
    return _change(database, ids, lambda entry: replace(entry, review_by=day), user=user, now=now)


def send(database: Database, ids: Iterable[str], reason: str, *, user: User, now: datetime) -> Done:
    """Every draft among these entries sent for review with the same reason; those that cannot go stay drafts."""
    if not reason.strip():
        raise InputError(field="reason", got="nothing", allowed="why they are changed, for who reviews them")
    changed, left = [], []
    for entry_id in dict.fromkeys(ids):
        try:
            with database.change() as db:
                if find_draft(db, entry_id) is None:
                    raise Conflict(subject=entry_id, problem="there is no draft")
                submit_within(db, entry_id, seen=None, reason=reason, user=user, now=now)
            changed.append(entry_id)
        except InputErrors as error:
            fields = ", ".join(dict.fromkeys(LABELS.get(fault.field, fault.field) for fault in error.faults))
            left.append((entry_id, f"to be mended first: {fields}"))
        except (Conflict, InputError) as error:
            left.append((entry_id, error.problem if isinstance(error, Conflict) else error.allowed))
    return Done(tuple(changed), tuple(left))


def undo_changes(database: Database, at: datetime, *, user: User, now: datetime) -> Done:
    """Take back what `user` changed in many drafts at that moment, but for those that were saved since."""
    changed, left = [], []
    with database.change() as db:
        begun = _begun_at(db, user.name, at)
        for save in list_saves_of(db, user.name, at):
            hold_entry(db, save.entry_id)
            draft = find_draft(db, save.entry_id)
            if draft is None or draft.version != save.version:
                left.append((save.entry_id, "it was changed since"))
                continue
            before = find_save_before(db, save)
            if save.entry_id in begun or before is None:
                drop_draft(db, save.entry_id)
            else:
                put(db, draft, before.entry, user=user, now=now)
            changed.append(save.entry_id)
        _note(db, "entries.taken_back", changed, (), user=user, now=now)
    return Done(tuple(changed), tuple(left))


def undo_sending(database: Database, at: datetime, *, user: User, now: datetime) -> Done:
    """Withdraw what `user` sent for review at that moment and nobody has decided about yet."""
    changed, left = [], []
    with database.change() as db:
        for revision in list_sent(db, user.name, at):
            if revision.review is not None:
                left.append((revision.entry_id, "it was decided about since"))
                continue
            withdraw_within(db, revision.entry_id, user=user, now=now)
            changed.append(revision.entry_id)
    return Done(tuple(changed), tuple(left))


def _change(
    database: Database, ids: Iterable[str], change: Callable[[Entry], Entry], *, user: User, now: datetime
) -> Done:
    changed, begun, left = [], [], []
    with database.change() as db:
        for entry_id in dict.fromkeys(ids):
            hold_entry(db, entry_id)
            current = find_current(db, entry_id)
            if current is None:
                left.append((entry_id, "there is nothing to change"))
            elif (entry := change(current.entry)) == current.entry:
                left.append((entry_id, "it is so already"))
            else:
                put(db, current, entry, user=user, now=now)
                changed.append(entry_id)
                begun.extend([] if current.version else [entry_id])
        _note(db, _CHANGED, changed, begun, user=user, now=now)
    return Done(tuple(changed), tuple(left))


def _note(db: Db, action: str, ids: Sequence[str], begun: Sequence[str], *, user: User, now: datetime) -> None:
    if ids:
        detail = {"ids": list(ids), "begun": list(begun)}
        audit.record(db, at=now, actor=user.name, action=action, subject=f"{len(ids)} entries", detail=detail)


def _begun_at(db: Db, author: str, at: datetime) -> frozenset[str]:
    """The entries whose drafts a change to many began: to undo it is to end them."""
    known = [event for event in audit.list_events(db, action=_CHANGED, actor=author) if event.at == at]
    return frozenset(str(entry_id) for event in known for entry_id in cast(list[object], event.detail["begun"]))
