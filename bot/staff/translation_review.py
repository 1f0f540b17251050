"""A clinician's decision on a translation: approved, or returned with a comment; the rules are those of entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.errors import Conflict, Forbidden, InputError
from bot.staff.accounts import User
from bot.staff.reviewing import checked_comment, may_approve_own, require_clinician
from bot.staff.translations import Standing, find_standing, require_standing
from bot.store import audit
from bot.store.content import Verdict, hold_entry
from bot.store.database import Database, Db
from bot.store.translations import (
    Version,
    decide_version,
    find_approved_version,
    find_version,
    list_versions_in_review,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A version that waits for a decision, and where its translation stands; None once its entry was retired."""

    version: Version
    standing: Standing | None

    @property
    def fits(self) -> bool:
        """Whether the English still reads as it did when this was written."""
        return self.standing is not None and self.version.translation.made_of == self.standing.english.mark

    def is_own(self, user: User) -> bool:
        """Whether the user wrote it."""
        return user.is_called(self.version.author)


def list_waiting_translations(db: Db) -> tuple[Waiting, ...]:
    """What waits for a decision, oldest first."""
    return tuple(
        Waiting(version=each, standing=find_standing(db, each.entry_id, each.language))
        for each in list_versions_in_review(db)
    )


def approve_translation(
    database: Database, translation_id: int, *, comment: str = "", user: User, now: datetime
) -> Version:
    """Let the next release hold this version.

    Raises Conflict when it was decided about already, when a later one is approved, or when the English was changed
    since it was written; Forbidden for who may not, InputError where there is none of that number.
    """
    require_clinician(user, "approve a translation")
    with database.change() as db:
        version = _waiting(db, translation_id)
        own = user.is_called(version.author)
        if own and not may_approve_own(db):
            raise Forbidden(action="approve a translation of one's own", needs="another clinician")
        known = find_approved_version(db, (version.entry_id, version.language))
        if known is not None and known.number > version.number:
            raise Conflict(subject=_named(version), problem=f"version {known.number} is approved already")
        english = require_standing(db, (version.entry_id, version.language)).english
        if not version.retired and version.translation.made_of != english.mark:
            raise Conflict(subject=_named(version), problem="the English was changed since it was written; return it")
        _decide(db, version, "approve", comment=checked_comment(comment), own=own, user=user, now=now)
        return version


def return_translation(database: Database, translation_id: int, *, comment: str, user: User, now: datetime) -> Version:
    """Return a version to its author; the comment says what to change. Raises as `approve_translation` does."""
    require_clinician(user, "return a translation")
    if not comment.strip():
        raise InputError(field="comment", got="nothing", allowed="what has to change, in a sentence or more")
    with database.change() as db:
        version = _waiting(db, translation_id)
        own = user.is_called(version.author)
        _decide(db, version, "return", comment=checked_comment(comment), own=own, user=user, now=now)
        return version


def _decide(db: Db, version: Version, decision: Verdict, *, comment: str, own: bool, user: User, now: datetime) -> None:
    decide_version(db, version.translation_id, decision, reviewer=user.name, own=own, comment=comment, at=now)
    action = "translation.approved" if decision == "approve" else "translation.returned"
    detail: dict[str, object] = {"language": version.language, "version": version.number, "author": version.author}
    detail |= {"own": own} | ({"retired": True} if version.retired else {}) | ({"comment": comment} if comment else {})
    audit.record(db, at=now, actor=user.name, action=action, subject=version.entry_id, detail=detail)


def _waiting(db: Db, translation_id: int) -> Version:
    version = find_version(db, translation_id)
    if version is None:
        raise InputError(field="translation", got=str(translation_id), allowed="one that waits for review")
    hold_entry(db, version.entry_id)
    version = find_version(db, translation_id) or version  # as it stands once nobody else decides about it
    if version.review is not None:
        problem = f"it was {version.state} by {version.review.reviewer} already"
        raise Conflict(subject=_named(version), problem=problem)
    return version


def _named(version: Version) -> str:
    return f"translation of {version.entry_id}, version {version.number}"
