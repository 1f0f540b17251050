"""What is older than its time is deleted, each kind after its own time, with figures; nothing else is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.config import Secret
from bot.faq.files import Loaded
from bot.patients.handoffs import Origin, submit
from bot.patients.messages import Message
from bot.patients.retention import Purged, Retention, purge_old
from bot.patients.turns import Turns
from bot.store.audit import list_events
from bot.store.database import Database
from bot.store.handoffs import State, change_handoff, find_handoff, list_handoffs
from bot.store.outbox import claim, delivered
from bot.store.sealing import open_sealer
from bot.store.visits import Turn, add_turns

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)
KEPT = Retention(questions=30 * DAY, handoffs=90 * DAY)
MESSAGE = Message(name="Zoe", contact_kind="mail", contact="z@example.org", text="Please call.")
TURN = Turn(
    turn_id="t" * 12, conversation="c" * 20, asked_at=NOON, redacted="q", outcome="answer", release=1, region="uk",
    channel="web", context={}, said=(),
)  # fmt: skip


@pytest.fixture
def receive(any_database: Database, loaded: Loaded) -> object:
    """A message of NOON in a state; its reference."""
    sealer = open_sealer(any_database, Secret("k" * 40))

    def receiver(state: State) -> str:
        reference = submit(
            any_database, sealer, loaded.release.clinic, MESSAGE, request_key=None, origin=Origin(), level="",
            targets=("mail",), now=NOON,
        ).reference  # fmt: skip
        with any_database.change() as db:
            found = find_handoff(db, reference)
            assert found is not None
            change_handoff(db, found.handoff_id, 1, state=state, assignee_id=None, at=NOON)
        return reference

    return receiver


def test_each_kind_goes_after_its_own_time(any_database: Database, receive: object) -> None:
    states: tuple[State, ...] = ("new", "seen", "answered", "closed")
    kept = {receive(state) for state in states[:2]}  # type: ignore[operator]
    for state in states[2:]:
        receive(state)  # type: ignore[operator]
    with any_database.change() as db:
        add_turns(db, [TURN, replace(TURN, turn_id="u" * 12, asked_at=NOON + 2 * DAY)])
        for promise in claim(db, now=NOON, until=NOON + DAY, most=1):
            delivered(db, promise.message_id, NOON)

    assert purge_old(any_database, KEPT, NOON + 30 * DAY) == Purged(questions=0, handoffs=0, deliveries=0)
    assert purge_old(any_database, KEPT, NOON + 31 * DAY) == Purged(questions=1, handoffs=0, deliveries=0)
    last = purge_old(any_database, KEPT, NOON + 91 * DAY)

    assert (last.questions, last.handoffs) == (1, 2)
    with any_database.read() as db:
        assert {each.reference for each in list_handoffs(db)} == kept
        events = list_events(db)
    assert [event.action for event in events] == ["retention.purged"]
    assert events[0].detail == last.to_dict()


def test_a_running_server_purges_messages_too(any_database: Database, receive: object) -> None:
    receive("closed")  # type: ignore[operator]
    turns = Turns(any_database, lambda: NOON + 91 * DAY, 30 * DAY, 90 * DAY)

    turns.purge()

    with any_database.read() as db:
        assert list_handoffs(db) == ()
    turns.close()
