"""Editing one entry: save beside others, resolve what collided, discard, take back and restore."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from bot.errors import Conflict, InputError
from bot.faq.entry import Entry
from bot.staff.accounts import User
from bot.staff.fields import changed_fields
from bot.staff.merging import Collision, Merged, choose, merge
from bot.store import audit
from bot.store.content import find_revision, find_submitted, hold_entry
from bot.store.database import Database, Db
from bot.store.drafts import (
    Draft,
    drop_draft,
    find_aside,
    find_draft,
    find_save,
    keep_aside,
    last_version,
    list_collided,
    put_draft,
)

_QUIET = timedelta(minutes=30)  # who saves again after that has begun anew: the audit has a line for each beginning
Outcome = Literal["saved", "unchanged", "merged", "collided"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The text that an editor began with: `version` 0 is the revision `base` itself."""

    base: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What came of saving: `current` is what stands now, `brought` the fields that `other` changed meanwhile.

    When it `collided` nothing was overwritten: the text is kept under the number `aside`.
    """

    outcome: Outcome
    current: Draft
    other: str = ""
    brought: tuple[str, ...] = ()
    collisions: tuple[Collision, ...] = ()
    aside: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """A text that was kept aside beside the one that stands: `mine` against `current`, both made of `base`."""

    aside: int
    mine: Draft
    current: Draft
    base: Entry
    merged: Merged


def find_current(db: Db, entry_id: str) -> Draft | None:
    """What an editor goes on with: the draft, else the newest revision as version 0; None for what was never begun."""
    draft = find_draft(db, entry_id)
    if draft is not None:
        return draft
    newest = find_submitted(db, entry_id) or find_revision(db, entry_id)
    if newest is None:
        return None
    return Draft(
        entry_id=entry_id,
        base=newest.number,
        version=0,
        entry=newest.entry,
        author=newest.author,
        saved_at=newest.created_at,
    )


def require_current(db: Db, entry_id: str) -> Draft:
    """What an editor goes on with. Raises Conflict when there is nothing any more."""
    current = find_current(db, entry_id)
    if current is None:
        raise Conflict(subject=entry_id, problem="its only draft was discarded; bring it back first")
    return current


def text_seen(db: Db, entry_id: str, seen: Seen) -> Entry:
    """The text that an editor began with. Raises InputError when nothing was saved under that version."""
    found = find_save(db, entry_id, seen.base, seen.version) if seen.version else find_revision(db, entry_id, seen.base)
    if found is None:
        raise InputError(field="version", got=f"{seen.base}.{seen.version}", allowed="a text that was saved")
    return found.entry


def save_draft(database: Database, seen: Seen, mine: Entry, *, user: User, now: datetime) -> Saved:
    """Save what an editor made of the text they saw, with what others saved meanwhile.

    Saving the same again changes nothing, so that a save whose answer was lost can simply be sent again.
    """
    with database.change() as db:
        if not hold_entry(db, mine.id):
            raise Conflict(subject=mine.id, problem="there is no entry of that id")
        current = find_current(db, mine.id)
        if current is None:  # a new entry whose draft somebody discarded: this text goes on with it
            return Saved(outcome="saved", current=put(db, nothing_of(mine), mine, user=user, now=now))
        if mine == current.entry:
            return Saved(outcome="unchanged", current=current)
        if (seen.base, seen.version) == (current.base, current.version):
            return Saved(outcome="saved", current=put(db, current, mine, user=user, now=now))
        base = text_seen(db, mine.id, seen)
        merged = merge(base, current.entry, mine)
        if merged.collisions:
            return _collided(db, seen, mine, current, merged, user=user, now=now)
        brought, other = changed_fields(mine, merged.entry), current.author
        if merged.entry != current.entry:
            current = put(db, current, merged.entry, user=user, now=now)
        return Saved(outcome="merged" if brought else "saved", current=current, other=other, brought=brought)


def find_clash(db: Db, entry_id: str, aside: int) -> Clash | None:
    """A text kept aside, merged with what stands now; None where there is no such text."""
    mine = find_aside(db, entry_id, aside)
    if mine is None:
        return None
    current = require_current(db, entry_id)
    base = text_seen(db, entry_id, Seen(base=mine.base, version=mine.version))
    merged = merge(base, current.entry, mine.entry)
    return Clash(aside=aside, mine=mine, current=current, base=base, merged=merged)


def resolve(
    database: Database,
    entry_id: str,
    aside: int,
    *,
    seen: Seen,
    choices: Mapping[str, str],
    user: User,
    now: datetime,
) -> Draft:
    """Save both texts as one: `choices` says "mine" or "theirs" for each field that collided.

    Raises Conflict when what stands is not what was seen any more, InputError for a field without a choice.
    """
    with database.change() as db:
        hold_entry(db, entry_id)
        clash = find_clash(db, entry_id, aside)
        if clash is None:
            raise InputError(field="aside", got=str(aside), allowed="a text that was kept aside")
        current = clash.current
        if (seen.base, seen.version) != (current.base, current.version):
            raise Conflict(subject=entry_id, problem=f"{current.author} saved again meanwhile; look at both once more")
        for each in clash.merged.collisions:
            if choices.get(each.field) not in ("mine", "theirs"):
                raise InputError(field=each.field, got="no choice", allowed="one of the two texts")
        taken = tuple(each.field for each in clash.merged.collisions if choices[each.field] == "mine")
        entry = choose(clash.merged.entry, clash.mine.entry, taken)
        detail = {"aside": aside, "mine": list(taken)}
        return put(db, current, entry, user=user, now=now, action="entry.resolved", detail=detail)


def discard(database: Database, entry_id: str, *, version: int, user: User, now: datetime) -> Draft:
    """End the draft; what it held stays and can be brought back. Conflict when somebody saved since `version`."""
    with database.change() as db:
        hold_entry(db, entry_id)
        draft = find_draft(db, entry_id)
        if draft is None:
            raise Conflict(subject=entry_id, problem="there is no draft; somebody was quicker")
        if draft.version != version:
            raise Conflict(subject=entry_id, problem=f"{draft.author} saved meanwhile; look at it first")
        drop_draft(db, entry_id)
        detail = {"base": draft.base, "version": draft.version}
        audit.record(db, at=now, actor=user.name, action="entry.discarded", subject=entry_id, detail=detail)
        return draft


def bring_back(
    database: Database, entry_id: str, saved: Seen, *, over: int = 0, user: User, now: datetime
) -> Draft | None:
    """A saved text in place of the draft of version `over` (0: none), to undo a discard or a restore.

    With version 0 the draft ends and its revision stands again (None). Conflict when somebody saved since.
    """
    with database.change() as db:
        hold_entry(db, entry_id)
        draft = find_draft(db, entry_id)
        if (draft.version if draft else 0) != over:
            raise Conflict(subject=entry_id, problem="it was changed since; look into its history")
        if not saved.version:
            drop_draft(db, entry_id)
            detail = {"base": saved.base, "version": over}
            audit.record(db, at=now, actor=user.name, action="entry.discarded", subject=entry_id, detail=detail)
            return None
        entry = text_seen(db, entry_id, saved)
        current = replace(find_current(db, entry_id) or nothing_of(entry), base=saved.base)
        return put(db, current, entry, user=user, now=now, action="entry.brought_back")


def restore(database: Database, entry_id: str, *, number: int = 0, aside: int = 0, user: User, now: datetime) -> Draft:
    """An older revision, or a text that was kept aside, as the draft; what the draft held before stays saved."""
    with database.change() as db:
        hold_entry(db, entry_id)
        older = find_aside(db, entry_id, aside) if aside else find_revision(db, entry_id, number)
        if older is None:
            raise InputError(field="number", got=str(aside or number), allowed="a text of this entry")
        current = find_current(db, entry_id) or nothing_of(older.entry)
        if older.entry == current.entry:
            return current
        detail = {"aside": aside} if aside else {"revision": number}
        return put(db, current, older.entry, user=user, now=now, action="entry.restored", detail=detail)


def put(
    db: Db,
    current: Draft,
    entry: Entry,
    *,
    user: User,
    now: datetime,
    action: str = "entry.saved",
    detail: Mapping[str, object] | None = None,
) -> Draft:
    """Within the caller's transaction: `entry` as the draft that follows `current`, with its line in the audit.

    Every text is kept with its author and time among the saves; of plain saving, the audit only has a line when
    somebody begins or takes over.
    """
    draft = Draft(
        entry_id=entry.id,
        base=current.base,
        version=last_version(db, entry.id) + 1,
        entry=entry,
        author=user.name,
        saved_at=now,
    )
    begins = not current.version or current.author != user.name or now - current.saved_at > _QUIET
    put_draft(db, draft)
    if action != "entry.saved" or begins:
        facts = {"base": draft.base, "version": draft.version, **(detail or {})}
        audit.record(db, at=now, actor=user.name, action=action, subject=entry.id, detail=facts)
    return draft


def _collided(db: Db, seen: Seen, mine: Entry, current: Draft, merged: Merged, *, user: User, now: datetime) -> Saved:
    """Keep the text that came too late; the same text that is sent again is kept once."""
    last = next(iter(list_collided(db, mine.id, limit=1)), None)
    late = Draft(entry_id=mine.id, base=seen.base, version=seen.version, entry=mine, author=user.name, saved_at=now)
    if last and replace(last, save_id=0, saved_at=now) == late:
        aside = last.save_id
    else:
        aside = keep_aside(db, late)
        detail = {"aside": aside, "fields": [each.field for each in merged.collisions], "with": current.author}
        audit.record(db, at=now, actor=user.name, action="entry.collided", subject=mine.id, detail=detail)
    return Saved(outcome="collided", current=current, other=current.author, collisions=merged.collisions, aside=aside)


def nothing_of(entry: Entry) -> Draft:
    """What stands before anything was saved of an entry."""
    return Draft(entry_id=entry.id, base=0, version=0, entry=entry, author="", saved_at=datetime.min)
