"""The list of the inbox in either database: its order, its filters and its counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.store.database import Database
from bot.store.handoffs import NewHandoff, State, add_handoff, change_handoff
from bot.store.inbox import WAITING, Wanted, count_by_state, count_found, count_waiting, list_page, list_references
from bot.store.outbox import claim, enqueue, promises_of, withdraw

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def add(database: Database, reference: str, *, level: str = "", due_in_h: int | None = 1, state: State = "new") -> int:
    new = NewHandoff(
        reference=reference, request_key=None, request_hash="", received_at=NOON, sealed=b"", level=level,
        channel="web", locale="en-GB", conversation=None, turn_id=None,
        due_at=None if due_in_h is None else NOON + timedelta(hours=due_in_h),
    )  # fmt: skip
    with database.change() as db:
        handoff_id = add_handoff(db, new)
        if state != "new":
            at = NOON + timedelta(minutes=handoff_id)
            change_handoff(db, handoff_id, 1, state=state, assignee_id=None, at=at)
    return handoff_id


def test_what_waits_comes_first_by_urgency_and_what_is_done_last_first(any_database: Database) -> None:
    add(any_database, "AAAA-AAAA", state="answered", level="crisis")
    add(any_database, "CCCC-CCCC", state="closed")
    add(any_database, "DDDD-DDDD", due_in_h=None)
    add(any_database, "FFFF-FFFF", due_in_h=-5)
    add(any_database, "GGGG-GGGG", level="urgent", state="seen")
    add(any_database, "HHHH-HHHH", level="emergency", due_in_h=9)

    with any_database.read() as db:
        order = list_references(db, Wanted(), limit=9)
        second = list_page(db, Wanted(), offset=4, limit=2)
        assert [each[0] for each in order] == ["H", "G", "F", "D", "C", "A"]
        assert [each.reference[0] for each in second] == ["C", "A"]
        assert count_waiting(db) == count_found(db, Wanted(states=WAITING)) == 4
        assert count_by_state(db, NOON) == {"new": 3, "seen": 1, "answered": 1, "closed": 1, "overdue": 1}
        assert list_references(db, Wanted(overdue_at=NOON), limit=9) == ("FFFF-FFFF",)
        assert list_references(db, Wanted(reference="GGGG-G"), limit=9) == ("GGGG-GGGG",)
        assert list_references(db, Wanted(reference="%"), limit=9) == ()


def test_a_promise_that_is_held_back_can_be_withdrawn_until_somebody_has_it(any_database: Database) -> None:
    handoff_id, later = add(any_database, "AAAA-AAAA"), NOON + timedelta(seconds=30)
    with any_database.change() as db:
        for _ in range(2):
            enqueue(db, handoff_id=handoff_id, targets=("mail",), kind="reply", detail={}, at=NOON, not_before=later)
        first, second = (each.message_id for each in promises_of(db, handoff_id))
        assert claim(db, now=NOON, until=later, most=9) == ()
        assert withdraw(db, first)
        assert not withdraw(db, first)
        (taken,) = claim(db, now=later, until=later + timedelta(minutes=1), most=9)
        assert taken.message_id == second
        assert not withdraw(db, second)
