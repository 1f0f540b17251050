"""Messages to the clinic as they are stored: once, in order of their time, changed under a version, erased, purged."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.errors import Conflict
from bot.store.database import Database, Db
from bot.store.handoffs import (
    NewHandoff,
    add_event,
    add_handoff,
    change_handoff,
    cut_conversation,
    erase_handoff,
    events_of,
    find_handoff,
    find_request,
    load_handoff,
    purge_handoffs,
)
from bot.store.inbox import WAITING, Wanted, count_by_state, list_page
from bot.store.outbox import delivered, enqueue, promises_of
from bot.store.staff import add_account
from bot.store.tables_handoffs import handoff_events, sealing_keys

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
NEW = NewHandoff(
    reference="K7QF-3MRD", request_key="r" * 43, request_hash="h" * 64, received_at=NOON, sealed=b"1:sealed", level="",
    channel="web", locale="en-GB", conversation="c", turn_id="t", due_at=NOON + 24 * HOUR,
)  # fmt: skip


def add(db: Db, reference: str = NEW.reference, **changes: object) -> int:
    if db.execute(sa.select(sealing_keys)).first() is None:
        db.execute(sealing_keys.insert().values(key_id=1, wrapped=b"x", made_at=NOON))
    return add_handoff(db, replace(NEW, reference=reference, **{"request_key": reference, **changes}))  # type: ignore[arg-type]


def test_a_message_comes_back_as_it_was_stored_with_its_first_event(any_database: Database) -> None:
    with any_database.change() as db:
        handoff_id = add(db)

    with any_database.read() as db:
        found = find_handoff(db, NEW.reference)
        assert found is not None
        assert found == load_handoff(db, handoff_id) == find_request(db, NEW.reference)
        assert (found.state, found.version, found.sealed, found.due_at) == ("new", 1, b"1:sealed", NOON + 24 * HOUR)
        assert [(each.kind, each.author) for each in events_of(db, handoff_id)] == [("received", "patient")]
        assert find_handoff(db, "other") is None


@pytest.mark.parametrize("change", [{"request_key": "other"}, {"reference": "other", "request_key": NEW.reference}])
def test_a_reference_and_a_request_belong_to_one_message(any_database: Database, change: dict[str, str]) -> None:
    with any_database.change() as db:
        add(db)

    with pytest.raises(sa.exc.IntegrityError), any_database.change() as db:
        add(db, **change)


def test_many_may_come_without_a_request_key(any_database: Database) -> None:
    with any_database.change() as db:
        for reference in ("a", "b"):
            add(db, reference, request_key=None)
        assert [each.state for each in list_page(db, Wanted())] == ["new", "new"]


def test_what_is_due_first_is_listed_first(any_database: Database) -> None:
    with any_database.change() as db:
        add(db, "later", due_at=NOON + 2 * HOUR)
        add(db, "never", due_at=None)
        sooner = add(db, "sooner", due_at=NOON + HOUR)
        assert [each.reference for each in list_page(db, Wanted())] == ["sooner", "later", "never"]
        assert [each.reference for each in list_page(db, Wanted(), limit=1)] == ["sooner"]
        assert count_by_state(db, NOON + 3 * HOUR)["overdue"] == 2
        change_handoff(db, sooner, 1, state="answered", assignee_id=None, at=NOON)
        assert [each.reference for each in list_page(db, Wanted(states=WAITING))] == ["later", "never"]
        assert count_by_state(db, NOON + 3 * HOUR)["overdue"] == 1


def test_a_change_must_name_the_version_it_was_made_on(any_database: Database) -> None:
    with any_database.change() as db:
        ada = add_account(db, email="a@c.test", name="Ada", roles=frozenset({"admin"}), password_hash="x", at=NOON)
        handoff_id = add(db)
        assert change_handoff(db, handoff_id, 1, state="seen", assignee_id=ada, at=NOON + HOUR) == 2

    with pytest.raises(Conflict), any_database.change() as db:
        change_handoff(db, handoff_id, 1, state="closed", assignee_id=None, at=NOON + HOUR)

    with any_database.read() as db:
        found = load_handoff(db, handoff_id)
        assert found is not None
        assert (found.state, found.assignee_id, found.changed_at) == ("seen", ada, NOON + HOUR)
        assert list_page(db, Wanted()) == (found,)


def test_erasing_leaves_that_it_was_there_and_nothing_it_said(any_database: Database) -> None:
    with any_database.change() as db:
        kept, handoff_id = add(db, "kept"), add(db)
        add_event(db, handoff_id, kind="note", author="Ada", at=NOON, sealed=b"1:note")
        for each in (kept, handoff_id):
            enqueue(db, handoff_id=each, targets=("mail", "file"), kind="handoff", detail={}, at=NOON)

        assert erase_handoff(db, handoff_id, author="Ada", at=NOON + HOUR) == 2

        found = load_handoff(db, handoff_id)
        assert found is not None
        assert found.erased
        assert (found.reference, found.state, found.version) == (NEW.reference, "closed", 2)
        assert (found.request_hash, found.conversation, found.turn_id) == ("", None, None)
        assert [(each.kind, each.sealed) for each in events_of(db, handoff_id)] == [
            ("received", None), ("note", None), ("erased", None),
        ]  # fmt: skip
        assert promises_of(db, handoff_id) == ()
        assert len(promises_of(db, kept)) == 2


def test_a_deleted_conversation_takes_the_link_and_leaves_the_message(any_database: Database) -> None:
    with any_database.change() as db:
        mine, other = add(db, "mine"), add(db, "other", conversation="d")
        assert cut_conversation(db, "c") == 1
        found, untouched = load_handoff(db, mine), load_handoff(db, other)
        assert found is not None
        assert untouched is not None
        assert (found.conversation, found.turn_id, found.sealed) == (None, None, b"1:sealed")
        assert untouched.conversation == "d"


def test_only_what_is_done_is_purged_with_all_that_belongs_to_it(any_database: Database) -> None:
    with any_database.change() as db:
        ids = {state: add(db, state) for state in ("new", "seen", "answered", "closed", "fresh")}
        for state in ("seen", "answered", "closed"):
            change_handoff(db, ids[state], 1, state=state, assignee_id=None, at=NOON)  # type: ignore[arg-type]
            for each in enqueue(db, handoff_id=ids[state], targets=("mail",), kind="handoff", detail={}, at=NOON):
                delivered(db, each, NOON)
        change_handoff(db, ids["fresh"], 1, state="closed", assignee_id=None, at=NOON + HOUR)

        assert purge_handoffs(db, before=NOON + HOUR) == 2

        assert {each.reference for each in list_page(db, Wanted())} == {"new", "seen", "fresh"}
        assert promises_of(db, ids["closed"]) == ()
        left = db.execute(sa.select(sa.func.count()).select_from(handoff_events)).scalar_one()
        assert left == 3
