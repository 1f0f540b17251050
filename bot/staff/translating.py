"""Translating an entry: drafts saved beside others, sent for review, withdrawn, discarded, taken away."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.errors import Conflict, Forbidden, InputError, InputErrors
from bot.faq.entry import Translation
from bot.staff.accounts import User
from bot.staff.checking import must_mend
from bot.staff.reasons import checked_reason
from bot.staff.translation_checks import check_translation
from bot.staff.translations import Standing, require_standing
from bot.store import audit
from bot.store.content import hold_entry
from bot.store.database import Database, Db
from bot.store.translations import (
    Key,
    Version,
    WorkingCopy,
    add_version,
    decide_version,
    find_sent,
    find_working_copy,
    put_working_copy,
)

_UNDER_WAY = timedelta(seconds=15)  # as long as the answer to a page that saves by itself may take
_QUIET = timedelta(minutes=30)  # who saves again after that has begun anew: the audit has a line for each beginning


def save_translation(
    database: Database, key: Key, seen: int, text: Translation, *, user: User, now: datetime
) -> WorkingCopy | None:
    """The working copy with that text; None where it stands so already, as what was sent or approved.

    `seen` is the version that the editor began with, 0 for what was sent or approved. Raises Conflict when somebody
    saved since: nothing is overwritten, and the text can be sent again with the version that stands.
    """
    with database.change() as db:
        hold_entry(db, key[0])
        standing = require_standing(db, key)
        if text == standing.text:
            return standing.draft
        if seen != standing.version and not _was_just_saved(standing, seen, user, now):
            author = standing.draft.author if standing.draft else standing.sent.author if standing.sent else "somebody"
            raise Conflict(subject=key[0], problem=f"{author} saved another text of this translation meanwhile")
        return _put(db, standing, text, user=user, now=now)


def submit_translation(database: Database, key: Key, *, seen: int, reason: str, user: User, now: datetime) -> Version:
    """What stands as the next version, for a clinician to look at; the draft ends with it.

    Raises InputErrors naming the fields that must be mended, Conflict when somebody saved since, when a version is in
    review already, or when nothing differs from what is approved.
    """
    with database.change() as db:
        hold_entry(db, key[0])
        standing = require_standing(db, key)
        _refuse_second(standing)
        if seen != standing.version:
            raise Conflict(subject=key[0], problem="somebody saved meanwhile; look at it before you send it")
        if standing.approved and standing.approved.translation == standing.text:
            raise Conflict(subject=key[0], problem="nothing differs from what is approved")
        faults = must_mend(check_translation(db, standing, standing.text))
        problems = [InputError(field=each.field, got="what cannot be served", allowed=each.text) for each in faults]
        try:
            said = checked_reason(reason)
        except InputError as error:
            problems.append(error)
        if problems:
            raise InputErrors(tuple(problems))
        version = add_version(db, key, standing.text, author=user.name, reason=said, at=now)
        _end(db, standing, now)
        _record(db, version, "translation.submitted", user=user, now=now, reason=said)
        return version


def retire_translation(database: Database, key: Key, *, reason: str, user: User, now: datetime) -> Version:
    """A version that takes the translation away from patients, to be reviewed like any other; a draft stays."""
    with database.change() as db:
        hold_entry(db, key[0])
        standing = require_standing(db, key)
        _refuse_second(standing)
        if standing.approved is None:
            raise Conflict(subject=key[0], problem="patients have no translation of it")
        said = checked_reason(reason)
        version = add_version(
            db, key, standing.approved.translation, author=user.name, reason=said, at=now, retired=True
        )
        _record(db, version, "translation.retiring", user=user, now=now, reason=said)
        return version


def withdraw_translation(database: Database, key: Key, *, user: User, now: datetime) -> Version:
    """Take one's own version out of review; its text is the draft again, unless a newer draft was begun."""
    with database.change() as db:
        hold_entry(db, key[0])
        version = find_sent(db, key)
        if version is None or version.review is not None:
            raise Conflict(subject=key[0], problem="nothing of this translation waits for review")
        if not user.is_called(version.author):
            raise Forbidden(action="withdraw this translation", needs=version.author)
        decide_version(db, version.translation_id, "withdraw", reviewer=user.name, own=True, comment="", at=now)
        _record(db, version, "translation.withdrawn", user=user, now=now)
        standing = require_standing(db, key)
        if not version.retired and standing.draft is None and version.translation != standing.text:
            _put(db, standing, version.translation, user=user, now=now)
        return version


def discard_translation(database: Database, key: Key, *, seen: int, user: User, now: datetime) -> WorkingCopy:
    """End the draft; `bring_back_translation` undoes it. Raises Conflict when somebody saved since."""
    with database.change() as db:
        hold_entry(db, key[0])
        standing = require_standing(db, key)
        if standing.draft is None or standing.draft.version != seen:
            raise Conflict(subject=key[0], problem="somebody saved or ended this draft meanwhile; look at it first")
        _end(db, standing, now)
        _note(db, key, "translation.discarded", user=user, now=now, version=seen)
        return standing.draft


def bring_back_translation(database: Database, key: Key, *, version: int, user: User, now: datetime) -> None:
    """The discarded draft of that version again. Raises Conflict when anything was saved since."""
    with database.change() as db:
        hold_entry(db, key[0])
        copy = find_working_copy(db, key)
        if copy is None or copy.ended_at is None or copy.version != version:
            raise Conflict(subject=key[0], problem="it was changed since")
        put_working_copy(db, replace(copy, ended_at=None))
        _note(db, key, "translation.brought_back", user=user, now=now, version=version)


def _was_just_saved(standing: Standing, seen: int, user: User, now: datetime) -> bool:
    """Whether the page of the same person saved by itself a moment ago, and has not been answered yet."""
    draft = standing.draft
    mine = draft is not None and draft.author == user.name and draft.version == seen + 1
    return mine and draft is not None and now - draft.saved_at < _UNDER_WAY


def _put(db: Db, standing: Standing, text: Translation, *, user: User, now: datetime) -> WorkingCopy:
    entry_id, language = standing.key
    known = find_working_copy(db, standing.key)
    copy = WorkingCopy(
        entry_id=entry_id,
        language=language,
        version=(known.version if known else 0) + 1,
        translation=text,
        author=user.name,
        saved_at=now,
    )
    put_working_copy(db, copy)
    before = standing.draft
    if before is None or before.author != user.name or now - before.saved_at > _QUIET:
        _note(db, standing.key, "translation.saved", user=user, now=now, version=copy.version)
    return copy


def _end(db: Db, standing: Standing, now: datetime) -> None:
    if standing.draft:
        put_working_copy(db, replace(standing.draft, ended_at=now))


def _refuse_second(standing: Standing) -> None:
    if standing.sent and standing.sent.review is None:
        problem = (
            f"version {standing.sent.number} by {standing.sent.author} waits for review; it must be withdrawn first"
        )
        raise Conflict(subject=standing.english.id, problem=problem)


def _record(db: Db, version: Version, action: str, *, user: User, now: datetime, reason: str = "") -> None:
    detail = {"language": version.language, "version": version.number}
    detail |= {"reason": reason} if reason else {}
    audit.record(db, at=now, actor=user.name, action=action, subject=version.entry_id, detail=detail)


def _note(db: Db, key: Key, action: str, *, user: User, now: datetime, version: int) -> None:
    detail = {"language": key[1], "draft": version}
    audit.record(db, at=now, actor=user.name, action=action, subject=key[0], detail=detail)
