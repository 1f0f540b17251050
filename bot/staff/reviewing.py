"""A clinician's decision on a revision: approved, or returned with a comment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.errors import Conflict, Forbidden, InputError
from bot.staff.accounts import Role, User
from bot.store import audit
from bot.store.content import (
    Revision,
    Verdict,
    add_review,
    find_approved,
    find_piece,
    find_revision_by_id,
    hold_entry,
    list_in_review,
    load_approved,
)
from bot.store.database import Database, Db

LONGEST_COMMENT = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A revision that waits for a decision, beside what is approved of the same entry now, if anything is."""

    revision: Revision
    approved: Revision | None

    def is_own(self, user: User) -> bool:
        """Whether the user wrote it."""
        return user.is_called(self.revision.author)


def list_waiting(db: Db) -> tuple[Waiting, ...]:
    """What waits for a decision, oldest first."""
    revisions = list_in_review(db)
    approved = load_approved(db) if revisions else {}
    return tuple(Waiting(revision=each, approved=approved.get(each.entry_id)) for each in revisions)


def may_approve_own(db: Db) -> bool:
    """Whether the clinic lets its clinicians approve what they wrote themselves."""
    piece = find_piece(db, "governance")
    return bool(piece and piece.content.get("own_approval"))


def approve(database: Database, revision_id: int, *, comment: str = "", user: User, now: datetime) -> Revision:
    """Let the next release hold this revision.

    Raises Conflict when it was decided about already or a later one is approved, Forbidden for who may not, InputError
    where there is none of that number.
    """
    require_clinician(user, "approve a revision")
    with database.change() as db:
        revision = _waiting(db, revision_id)
        own = user.is_called(revision.author)
        if own and not may_approve_own(db):
            raise Forbidden(action="approve a revision of one's own", needs="another clinician")
        known = find_approved(db, revision.entry_id)
        if known is not None and known.number > revision.number:
            raise Conflict(subject=_named(revision), problem=f"revision {known.number} is approved already")
        _decide(db, revision, "approve", comment=checked_comment(comment), own=own, user=user, now=now)
        return revision


def send_back(database: Database, revision_id: int, *, comment: str, user: User, now: datetime) -> Revision:
    """Return a revision to its author; the comment says what to change. Raises as `approve` does."""
    require_clinician(user, "return a revision")
    if not comment.strip():
        raise InputError(field="comment", got="nothing", allowed="what has to change, in a sentence or more")
    with database.change() as db:
        revision = _waiting(db, revision_id)
        own = user.is_called(revision.author)
        _decide(db, revision, "return", comment=checked_comment(comment), own=own, user=user, now=now)
        return revision


def require_clinician(user: User, action: str) -> None:
    """Raises Forbidden unless the user is a clinician."""
    if not user.may(Role.CLINICIAN):
        raise Forbidden(action=action, needs="a clinician")


def _decide(
    db: Db, revision: Revision, decision: Verdict, *, comment: str, own: bool, user: User, now: datetime
) -> None:
    add_review(db, revision.revision_id, decision, reviewer=user.name, own=own, comment=comment, at=now)
    action = "entry.approved" if decision == "approve" else "entry.returned"
    detail: dict[str, object] = {"revision": revision.number, "author": revision.author, "own": own}
    if revision.retired:
        detail["retired"] = True
    if comment:
        detail["comment"] = comment
    audit.record(db, at=now, actor=user.name, action=action, subject=revision.entry_id, detail=detail)


def _waiting(db: Db, revision_id: int) -> Revision:
    revision = find_revision_by_id(db, revision_id)
    if revision is None:
        raise InputError(field="revision", got=str(revision_id), allowed="a revision that waits for review")
    hold_entry(db, revision.entry_id)
    revision = find_revision_by_id(db, revision_id) or revision  # as it stands once nobody else decides about it
    if revision.review is not None:
        by = revision.review.reviewer
        raise Conflict(subject=_named(revision), problem=f"it was {revision.state} by {by} already")
    return revision


def checked_comment(comment: str) -> str:
    """The comment without white space around it. Raises InputError for one that is too long."""
    comment = comment.strip()
    if len(comment) > LONGEST_COMMENT:
        allowed = f"at most {LONGEST_COMMENT}"
        raise InputError(field="comment", got=f"{len(comment)} characters", allowed=allowed)
    return comment


def _named(revision: Revision) -> str:
    return f"revision {revision.number} of {revision.entry_id}"
