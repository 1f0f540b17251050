"""Review: approved or returned by a clinician, never by the author unless the clinic allows it, and always recorded."""

from __future__ import annotations

from dataclasses import replace

import pytest
from curating import ADA, CLEO, DORA, ED, NOON, approve_change, person, revise, worded

from bot.errors import Conflict, Forbidden, InputError
from bot.faq.files import Loaded
from bot.staff.accounts import Role, User
from bot.staff.reviewing import approve, list_waiting, send_back
from bot.staff.seeding import seed_if_empty
from bot.store.audit import list_events
from bot.store.content import find_revision, load_approved, save_piece
from bot.store.database import Database

ENTRY = "complaints-feedback"


@pytest.fixture
def seeded(database: Database, small: Loaded) -> Database:
    seed_if_empty(database, small, NOON)
    return database


def allow_own(database: Database) -> None:
    with database.change() as db:
        save_piece(db, "governance", {"own_approval": True}, author="Ada", reason="one clinician", at=NOON, seen=0)


def last_event(database: Database) -> tuple[str, str, str, dict[str, object]]:
    with database.read() as db:
        event = list_events(db, limit=1)[0]
    return event.actor, event.action, event.subject, dict(event.detail)


def test_what_waits_stands_oldest_first_beside_what_is_approved(seeded: Database) -> None:
    first = revise(seeded, ENTRY, worded("First."))
    second = revise(seeded, "about-this-chat", worded("Second."))
    with seeded.read() as db:
        waiting = list_waiting(db)

    assert [each.revision.revision_id for each in waiting] == [first.revision_id, second.revision_id]
    assert waiting[0].approved is not None
    assert waiting[0].approved.number == 1


def test_an_approved_revision_is_the_newest_approved_and_audited(seeded: Database) -> None:
    revision = revise(seeded, ENTRY, worded("Tell us."))

    approve(seeded, revision.revision_id, comment="fine", user=CLEO, now=NOON)

    with seeded.read() as db:
        assert load_approved(db)[ENTRY].number == revision.number
        assert list_waiting(db) == ()
    detail = {"revision": 2, "author": "Ed", "own": False, "comment": "fine"}
    assert last_event(seeded) == ("Cleo", "entry.approved", ENTRY, detail)


def test_a_returned_revision_keeps_the_text_and_the_comment(seeded: Database) -> None:
    revision = revise(seeded, ENTRY, worded("Tell us."))

    send_back(seeded, revision.revision_id, comment="Say how.", user=CLEO, now=NOON)

    with seeded.read() as db:
        known = find_revision(db, ENTRY)
        assert load_approved(db)[ENTRY].number == 1
    assert known is not None
    assert known.state == "returned"
    assert known.review is not None
    assert known.review.comment == "Say how."
    assert known.entry.answer.short == "Tell us."
    assert last_event(seeded)[1] == "entry.returned"


@pytest.mark.parametrize("comment", ["", "  \n "])
def test_a_return_needs_a_comment(seeded: Database, comment: str) -> None:
    revision = revise(seeded, ENTRY, worded("Tell us."))

    with pytest.raises(InputError, match="comment"):
        send_back(seeded, revision.revision_id, comment=comment, user=CLEO, now=NOON)


@pytest.mark.parametrize("user", [ED, ADA, person("Nobody")])
def test_only_a_clinician_decides(seeded: Database, user: User) -> None:
    revision = revise(seeded, ENTRY, worded("Tell us."), author="Somebody")

    with pytest.raises(Forbidden):
        approve(seeded, revision.revision_id, user=user, now=NOON)
    with pytest.raises(Forbidden):
        send_back(seeded, revision.revision_id, comment="no", user=user, now=NOON)


def test_nobody_approves_their_own_unless_the_clinic_allows_it_and_then_it_is_recorded(seeded: Database) -> None:
    revision = revise(seeded, ENTRY, worded("Tell us."), author="Cleo")

    with pytest.raises(Forbidden, match="another clinician"):
        approve(seeded, revision.revision_id, user=CLEO, now=NOON)
    allow_own(seeded)
    approve(seeded, revision.revision_id, user=CLEO, now=NOON)

    with seeded.read() as db:
        known = find_revision(db, ENTRY)
    assert known is not None
    assert known.review is not None
    assert known.review.own
    assert last_event(seeded)[3]["own"] is True


def test_another_name_does_not_make_ones_own_revision_somebody_elses(seeded: Database) -> None:
    revision = revise(seeded, ENTRY, worded("Tell us."), author="Cleo")
    renamed = replace(CLEO, name="Cleopatra", former=frozenset({"Cleo"}))

    with pytest.raises(Forbidden, match="another clinician"):
        approve(seeded, revision.revision_id, user=renamed, now=NOON)


def test_a_revision_is_decided_about_once(seeded: Database) -> None:
    revision = revise(seeded, ENTRY, worded("Tell us."))
    approve(seeded, revision.revision_id, user=CLEO, now=NOON)

    with pytest.raises(Conflict, match="approved by Cleo"):
        send_back(seeded, revision.revision_id, comment="late", user=DORA, now=NOON)


def test_an_older_revision_cannot_be_approved_under_a_newer_one(seeded: Database) -> None:
    older = revise(seeded, ENTRY, worded("Older."))
    approve_change(seeded, ENTRY, worded("Newer."))

    with pytest.raises(Conflict, match="revision 3 is approved already"):
        approve(seeded, older.revision_id, user=CLEO, now=NOON)


def test_a_revision_that_is_not_there_is_named(seeded: Database) -> None:
    with pytest.raises(InputError, match="99"):
        approve(seeded, 99, user=person("Cleo", Role.CLINICIAN), now=NOON)


def test_a_comment_has_an_end(seeded: Database) -> None:
    revision = revise(seeded, ENTRY, worded("Tell us."))

    with pytest.raises(InputError, match="2001 characters"):
        approve(seeded, revision.revision_id, comment="x" * 2001, user=CLEO, now=NOON)
