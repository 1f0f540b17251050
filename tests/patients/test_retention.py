"""What is older than its time is deleted, each kind after its own time, with figures; nothing else is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.config import Secret
from bot.faq.files import Loaded
from bot.patients.handoffs import Origin, submit
from bot.patients.messages import Message
from bot.patients.retention import Purged, Retention, purge_old
from bot.patients.turns import Turns
from bot.store.audit import list_events
from bot.store.content import add_entry
from bot.store.database import Database
from bot.store.dead_letters import list_dead_letters, set_aside
from bot.store.documents import add_upload, close_upload, end_reading, find_upload
from bot.store.drafts import Draft, drop_draft, find_save, keep_aside, last_version, list_collided, put_draft
from bot.store.forgotten import keep_forgotten
from bot.store.handoffs import State, change_handoff, find_handoff
from bot.store.inbox import Wanted, list_page
from bot.store.open_questions import dispose, list_dispositions
from bot.store.outbox import claim, delivered, enqueue, failed
from bot.store.sealing import open_sealer
from bot.store.staff import hold_attempts
from bot.store.tables_staff import attempts
from bot.store.visits import Turn, add_turns, list_turns

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
        for promise in claim(db, now=NOON, until=NOON + DAY, most=9):
            delivered(db, promise.message_id, NOON)

    assert purge_old(any_database, KEPT, NOON + 30 * DAY) == Purged(questions=0, handoffs=0, deliveries=0)
    assert purge_old(any_database, KEPT, NOON + 31 * DAY) == Purged(questions=1, handoffs=0, deliveries=0)
    last = purge_old(any_database, KEPT, NOON + 91 * DAY)

    assert (last.questions, last.handoffs) == (1, 2)
    with any_database.read() as db:
        assert {each.reference for each in list_page(db, Wanted())} == kept
        events = list_events(db)
    assert [event.action for event in events] == ["retention.purged"]
    assert events[0].detail == last.to_dict()


def test_what_a_kiosk_could_not_have_forgotten_goes_within_the_hour(any_database: Database) -> None:
    with any_database.change() as db:
        add_turns(db, [TURN, replace(TURN, turn_id="k" * 12, channel="kiosk")])

    assert purge_old(any_database, KEPT, NOON + timedelta(minutes=50)).questions == 0
    assert purge_old(any_database, KEPT, NOON + timedelta(minutes=70)).questions == 1
    with any_database.read() as db:
        assert [turn.channel for turn in list_turns(db)] == [TURN.channel]


def test_what_was_given_up_goes_unless_its_message_is_there(any_database: Database, receive: object) -> None:
    receive("new")  # type: ignore[operator]
    with any_database.change() as db:
        enqueue(db, handoff_id=None, targets=("mail",), kind="digest", detail={}, at=NOON)
        for promise in claim(db, now=NOON, until=NOON + DAY, most=9):
            failed(db, promise.message_id, error="refused", next_at=None, at=NOON)

    assert purge_old(any_database, KEPT, NOON + 90 * DAY).deliveries == 0
    assert purge_old(any_database, KEPT, NOON + 91 * DAY).deliveries == 1
    with any_database.read() as db:
        assert [each.kind for each in list_dead_letters(db)] == ["handoff"]


def test_an_answered_message_stays_while_its_reply_has_yet_to_leave(any_database: Database, receive: object) -> None:
    waiting, given_up = (receive("answered") for _ in range(2))  # type: ignore[operator]
    with any_database.read() as db:
        dead = find_handoff(db, given_up)
        assert dead is not None
    with any_database.change() as db:
        for promise in claim(db, now=NOON, until=NOON + DAY, most=9):
            if promise.handoff_id == dead.handoff_id:
                failed(db, promise.message_id, error="refused", next_at=None, at=NOON)

    assert purge_old(any_database, KEPT, NOON + 91 * DAY).handoffs == 0
    with any_database.change() as db:
        (letter,) = list_dead_letters(db)
        assert set_aside(db, letter.message_id, NOON)

    assert purge_old(any_database, KEPT, NOON + 91 * DAY).handoffs == 1
    with any_database.read() as db:
        assert [each.reference for each in list_page(db, Wanted())] == [waiting]


def test_failed_sign_ins_go_though_nobody_signs_in(any_database: Database) -> None:
    with any_database.change() as db:
        hold_attempts(db, "somebody", NOON)

    purge_old(any_database, KEPT, NOON + DAY + timedelta(minutes=1))

    with any_database.read() as db:
        assert db.execute(sa.select(attempts)).all() == []


def test_that_a_conversation_was_cleared_is_known_for_a_day(any_database: Database) -> None:
    with any_database.change() as db:
        keep_forgotten(db, TURN.conversation, NOON)
    purge_old(any_database, KEPT, NOON + DAY)
    with any_database.change() as db:
        add_turns(db, [TURN])
        assert list_turns(db) == ()

    purge_old(any_database, KEPT, NOON + DAY + timedelta(hours=1))
    with any_database.change() as db:
        add_turns(db, [TURN])
        assert len(list_turns(db)) == 1


def test_a_running_server_purges_messages_too(any_database: Database, receive: object) -> None:
    receive("closed")  # type: ignore[operator]
    with any_database.change() as db:
        for promise in claim(db, now=NOON, until=NOON + DAY, most=9):
            delivered(db, promise.message_id, NOON)
    turns = Turns(any_database, lambda: NOON + 91 * DAY, 30 * DAY, 90 * DAY)

    turns.purge()

    with any_database.read() as db:
        assert list_page(db, Wanted()) == ()
    turns.close()


def test_texts_and_documents_that_nobody_will_come_back_to_go(any_database: Database, loaded: Loaded) -> None:
    ended, in_work = loaded.release.entries[:2]
    with any_database.change() as db:
        for entry in (ended, in_work):
            add_entry(db, entry.id, NOON)
            for version in (1, 2, 3):
                put_draft(
                    db, Draft(entry_id=entry.id, base=0, version=version, entry=entry, author="Ada", saved_at=NOON)
                )
            keep_aside(db, Draft(entry_id=entry.id, base=0, version=4, entry=entry, author="Bo", saved_at=NOON))
        drop_draft(db, ended.id)
        read, lost, saved = (add_upload(db, name, author="Ada", at=NOON) for name in ("a.pdf", "b.pdf", "c.pdf"))
        end_reading(db, read, reading={"words": "Zoe"}, at=NOON)
        end_reading(db, saved, reading={"words": "lips"}, at=NOON)
        close_upload(db, saved, "saved", document_id="lips")

    early = purge_old(any_database, KEPT, NOON + 30 * DAY)
    late = purge_old(any_database, KEPT, NOON + 31 * DAY)
    again = purge_old(any_database, KEPT, NOON + 32 * DAY)

    assert (early.uploads, early.saves) == (again.uploads, again.saves) == (0, 0)
    assert (late.uploads, late.saves) == (2, 3)
    with any_database.read() as db:
        assert last_version(db, ended.id) == last_version(db, in_work.id) == 3
        assert find_save(db, in_work.id, 0, 1) is not None
        assert list_collided(db, ended.id) == ()
        found = [find_upload(db, number) for number in (read, lost, saved)]
        assert [(each.state, each.reading) for each in found if each] == [("discarded", None)] * 2 + [("saved", None)]
        assert [event.subject for event in list_events(db)] == [str(lost), str(read)]


def test_a_wording_that_staff_decided_about_goes_with_the_last_turn_of_it(any_database: Database) -> None:
    def wordings() -> list[str]:
        with any_database.read() as db:
            return [each for decision in list_dispositions(db, limit=9) for each in decision.wordings]

    late = NOON + 29 * DAY
    with any_database.change() as db:
        add_turns(db, [TURN, replace(TURN, turn_id="u" * 12, conversation="d" * 20, redacted="Q!", asked_at=late)])
        add_turns(db, [replace(TURN, turn_id="v" * 12, redacted="may i")])
        for text in ("q", "may i"):
            dispose(db, [text], "set_aside", entry_id=None, effect={}, author="Ada", at=late)

    turns = Turns(any_database, lambda: late, 30 * DAY, 90 * DAY)
    assert turns.forget(TURN.conversation) == 2
    turns.close()
    assert wordings() == ["q"]  # somebody else asked that too

    purge_old(any_database, KEPT, NOON + 58 * DAY)
    assert wordings() == ["q"]
    purge_old(any_database, KEPT, NOON + 59 * DAY + timedelta(hours=1))
    assert wordings() == []
