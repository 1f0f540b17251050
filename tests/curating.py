"""People, and the short ways to a revision in review or approved, for tests of what comes after them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from bot.faq.entry import Entry
from bot.staff.accounts import Role, User
from bot.store.content import Revision, add_review, add_revision, find_revision
from bot.store.database import Database

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def person(name: str, *roles: Role) -> User:
    return User(user_id=len(name), email=f"{name.lower()}@clinic.example", name=name, roles=frozenset(roles))


ED = person("Ed", Role.EDITOR)
CLEO = person("Cleo", Role.CLINICIAN)
DORA = person("Dora", Role.CLINICIAN)
ADA = person("Ada", Role.ADMIN)


def worded(short: str) -> Callable[[Entry], Entry]:
    return lambda entry: replace(entry, answer=replace(entry.answer, short=short))


def revise(
    database: Database, entry_id: str, change: Callable[[Entry], Entry], *, author: str = "Ed", retired: bool = False
) -> Revision:
    """A revision in review."""
    with database.change() as db:
        newest = find_revision(db, entry_id)
        assert newest is not None
        return add_revision(db, change(newest.entry), author=author, reason="clearer", at=NOON, retired=retired)


def approve_change(database: Database, entry_id: str, change: Callable[[Entry], Entry]) -> Revision:
    """A revision that is approved."""
    revision = revise(database, entry_id, change)
    with database.change() as db:
        add_review(db, revision.revision_id, "approve", reviewer="Cleo", own=False, comment="", at=NOON)
    return revision
