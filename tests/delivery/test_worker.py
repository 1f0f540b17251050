"""The worker between a real outbox and real servers that hang, refuse, answer 500 and come back."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from receiving import NOON, Mailroom, Receiver

from bot.config import Secret
from bot.config_delivery import SmtpServer
from bot.delivery.file_drop import FileDrop
from bot.delivery.letter import Letter, Target
from bot.delivery.mail import Mail
from bot.delivery.posting import Post
from bot.delivery.webhook import Webhook
from bot.delivery.worker import LEASE, Outcome, Pace, Worker
from bot.store.database import Database
from bot.store.dead_letters import list_dead_letters
from bot.store.handoffs import NewHandoff, add_event, add_handoff, erase_handoff
from bot.store.outbox import claim, delivered, depth, enqueue, promises_of, resend
from bot.store.sealing import Sealer, open_sealer

KEY = Secret("k" * 40)
PLAIN = {"name": "Zoë", "contact_kind": "mail", "contact": "zoe@home.example", "message": "My lips bleed."}


class Clock:
    """The worker's time, moved by tests."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sealer(any_database: Database) -> Sealer:
    return open_sealer(any_database, KEY, now=NOON)


def hand_off(database: Database, sealer: Sealer, targets: Sequence[str], number: int = 0) -> int:
    """A message as a patient leaves it, promised to the targets."""
    new = NewHandoff(
        reference=f"REF-{number:04}",
        request_key=None,
        request_hash="",
        received_at=NOON,
        sealed=sealer.seal(PLAIN),
        level="",
        channel="web",
        locale="en-GB",
        conversation=None,
        turn_id=None,
        due_at=None,
    )
    with database.change() as db:
        handoff_id = add_handoff(db, new)
        enqueue(db, handoff_id=handoff_id, targets=targets, kind="handoff", detail={}, at=NOON)
    return handoff_id


def hook(receiver: Receiver, *, within_s: float = 10) -> Webhook:
    post = Post(allowed=("127.0.0.1",), step_s=within_s, whole_s=within_s)
    return Webhook(url=receiver.url(), keys=(b"k" * 32,), post=post)


def mail(room: Mailroom) -> Mail:
    server = SmtpServer(host="127.0.0.1", port=room.port, tls="none")
    return Mail(server=server, sender="chat@clinic.example", clinic=("desk@clinic.example",))


@pytest.fixture
def worker_to(any_database: Database, sealer: Sealer, clock: Clock) -> Callable[..., Worker]:
    def make(*targets: Target, **more: Any) -> Worker:
        return Worker(any_database, sealer, targets, clock, pace=Pace(chance=lambda: 0.5), **more)

    return make


def test_one_message_reaches_every_target_once(
    any_database: Database, sealer: Sealer, receiver: Receiver, mailroom: Mailroom, tmp_path: Any, worker_to: Any
) -> None:
    drop = tmp_path / "drop"
    drop.mkdir()
    worker = worker_to(hook(receiver), mail(mailroom), FileDrop(folder=drop))
    hand_off(any_database, sealer, ["mail", "webhook", "file"])

    assert worker.deliver_all() == (Outcome.DELIVERED,) * 3
    assert worker.deliver_all() == ()

    assert json.loads(receiver.taken[0][2])["message"] == "My lips bleed."
    assert "bleed" not in mailroom.mails[0][1].as_string()
    assert len(list(drop.iterdir())) == 1
    with any_database.read() as db:
        assert depth(db) == {"waiting": 0, "sent": 3, "dead": 0}


def test_a_target_that_fails_is_tried_again_and_holds_nobody_else_up(
    any_database: Database, sealer: Sealer, receiver: Receiver, mailroom: Mailroom, worker_to: Any, clock: Clock
) -> None:
    worker = worker_to(hook(receiver, within_s=1), mail(mailroom))
    hand_off(any_database, sealer, ["webhook", "mail"])

    for status in (500, 0, 503):  # an error, a server that hangs, an error again
        receiver.status = status
        assert worker.deliver_one(worker.targets[0]) is Outcome.FAILED
        assert worker.deliver_one(worker.targets[0]) is Outcome.NOTHING  # not yet due again
        clock.forward(hours=1)
    assert worker.deliver_one(worker.targets[1]) is Outcome.DELIVERED
    receiver.status = 200

    assert worker.deliver_all() == (Outcome.DELIVERED,)
    assert len({headers["webhook-id"] for _, headers, _ in receiver.taken}) == 1


def test_a_server_that_was_away_gets_its_letters_when_it_is_back(
    any_database: Database, sealer: Sealer, receiver: Receiver, worker_to: Any, clock: Clock
) -> None:
    worker, port = worker_to(hook(receiver)), receiver.server_port
    hand_off(any_database, sealer, ["webhook"])
    receiver.stop()
    assert worker.deliver_all() == (Outcome.FAILED,)

    back = Receiver(port=port)
    clock.forward(minutes=1)
    outcomes = worker.deliver_all()
    back.stop()

    assert outcomes == (Outcome.DELIVERED,)
    assert len(back.taken) == 1


def test_what_is_refused_for_good_is_a_dead_letter_that_can_be_sent_again(
    any_database: Database, sealer: Sealer, receiver: Receiver, worker_to: Any, clock: Clock
) -> None:
    worker = worker_to(hook(receiver))
    hand_off(any_database, sealer, ["webhook"])
    receiver.status = 422

    assert worker.deliver_all() == (Outcome.DEAD,)
    with any_database.read() as db:
        (dead,) = list_dead_letters(db)
    assert dead.last_error == "the server answered 422"

    receiver.status = 200
    clock.forward(days=3)
    assert worker.deliver_all() == ()
    with any_database.change() as db:
        assert resend(db, dead.message_id, clock())
    assert worker.deliver_all() == (Outcome.DELIVERED,)


def test_a_letter_that_a_killed_worker_held_is_delivered_by_another(
    any_database: Database, sealer: Sealer, receiver: Receiver, worker_to: Any, clock: Clock
) -> None:
    hand_off(any_database, sealer, ["webhook"])
    with any_database.change() as db:  # and then it is killed
        assert len(claim(db, now=clock(), until=clock() + LEASE, most=1)) == 1
    worker = worker_to(hook(receiver))

    assert worker.deliver_all() == ()
    clock.forward(seconds=LEASE.total_seconds() + 1)
    assert worker.deliver_all() == (Outcome.DELIVERED,)


def test_a_late_failure_does_not_take_back_what_another_worker_delivered(
    any_database: Database, sealer: Sealer, receiver: Receiver, worker_to: Any, clock: Clock
) -> None:
    handoff_id = hand_off(any_database, sealer, ["webhook"])

    class Slow:
        name = "webhook"

        def wants_contents(self, kind: str) -> bool:
            return False

        def send(self, letter: Letter, at: datetime) -> None:
            with any_database.change() as db:
                delivered(db, letter.message_id, at)
            raise ValueError("and then it broke")

    worker_to(Slow()).deliver_all()

    with any_database.read() as db:
        assert [each.state for each in promises_of(db, handoff_id)] == ["sent"]


def test_a_fault_of_ours_costs_one_letter_a_try_and_says_nothing_of_it(
    any_database: Database, sealer: Sealer, worker_to: Any
) -> None:
    hand_off(any_database, sealer, ["webhook"], 1)
    hand_off(any_database, sealer, ["webhook"], 2)
    seen: list[str] = []

    class Broken:
        name = "webhook"

        def wants_contents(self, kind: str) -> bool:
            return True

        def send(self, letter: Letter, at: datetime) -> None:
            seen.append(letter.message_id)
            raise KeyError(letter.contents.message if letter.contents else "")

    assert worker_to(Broken()).deliver_all() == (Outcome.FAILED, Outcome.FAILED)
    assert len(set(seen)) == 2
    with any_database.read() as db:
        errors = db.execute(sa.text("SELECT last_error FROM outbox")).scalars().all()
    assert set(errors) == {"a fault of this program: KeyError"}


def test_what_was_erased_meanwhile_is_not_sent(
    any_database: Database, sealer: Sealer, receiver: Receiver, worker_to: Any
) -> None:
    handoff_id = hand_off(any_database, sealer, ["webhook"])
    with any_database.change() as db:
        erase_handoff(db, handoff_id, author="Ada", at=NOON)

    worker_to(hook(receiver)).deliver_all()

    assert receiver.taken == []


def test_erased_between_being_taken_and_being_read_it_is_not_sent(
    any_database: Database, sealer: Sealer, receiver: Receiver, clock: Clock
) -> None:
    handoff_id = hand_off(any_database, sealer, ["webhook"])
    target = replace(hook(receiver))

    class Erasing(Webhook):
        def wants_contents(self, kind: str) -> bool:
            with any_database.change() as db:
                erase_handoff(db, handoff_id, author="Ada", at=NOON)
            return True

    erasing = Erasing(url=target.url, keys=target.keys, post=target.post)
    assert Worker(any_database, sealer, [erasing], clock).deliver_one(erasing) is Outcome.GONE
    assert receiver.taken == []


def test_a_message_sealed_under_a_lost_key_is_kept_and_said_so(
    any_database: Database, sealer: Sealer, receiver: Receiver, clock: Clock
) -> None:
    hand_off(any_database, sealer, ["webhook"])
    stranger = Sealer(any_database, Secret("another key, of forty characters or more"))

    outcomes = Worker(any_database, stranger, [hook(receiver)], clock).deliver_all()

    assert outcomes == (Outcome.FAILED,)
    with any_database.read() as db:
        assert "CLINICBOT_SECRET_KEY" in db.execute(sa.text("SELECT last_error FROM outbox")).scalar_one()


def test_a_reply_is_mailed_to_the_patient_in_the_words_of_its_event(
    any_database: Database, sealer: Sealer, mailroom: Mailroom, worker_to: Any
) -> None:
    handoff_id = hand_off(any_database, sealer, [])
    with any_database.change() as db:
        sealed = sealer.seal({"text": "Come in today, please."})
        event_id = add_event(db, handoff_id, kind="reply", author="Ada", at=NOON, sealed=sealed)
        enqueue(db, handoff_id=handoff_id, targets=["mail"], kind="reply", detail={"event_id": event_id}, at=NOON)

    assert worker_to(mail(mailroom)).deliver_all() == (Outcome.DELIVERED,)
    ((to, sent),) = mailroom.mails
    assert to == ["zoe@home.example"]
    assert "Come in today, please." in sent.get_body(("plain",)).get_content()


def test_several_workers_send_each_letter_once(
    any_database: Database, sealer: Sealer, receiver: Receiver, worker_to: Any
) -> None:
    for number in range(30):
        hand_off(any_database, sealer, ["webhook"], number)
    workers = [worker_to(hook(receiver)) for _ in range(3)]
    threads = [threading.Thread(target=worker.deliver_all) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    ids = [headers["webhook-id"] for _, headers, _ in receiver.taken]
    assert len(ids) == len(set(ids)) == 30


def wait_until(done: Callable[[], bool]) -> bool:
    """Whether it came true, looked at often."""
    pause = threading.Event()
    return any(done() or pause.wait(0.01) for _ in range(1000))


def sent(database: Database) -> int:
    with database.read() as db:
        return depth(db)["sent"]


def test_threads_deliver_until_they_are_stopped(
    any_database: Database, sealer: Sealer, receiver: Receiver, mailroom: Mailroom, clock: Clock
) -> None:
    chores = threading.Event()
    pace = Pace(looks_every_s=0.01)
    worker = Worker(
        any_database, sealer, [hook(receiver), mail(mailroom)], clock, chores=lambda at: chores.set(), pace=pace
    )
    hand_off(any_database, sealer, ["webhook", "mail"])
    worker.start()

    assert chores.wait(10)
    assert wait_until(lambda: sent(any_database) == 2)
    assert worker.stop()
    assert (len(receiver.taken), len(mailroom.mails)) == (1, 1)


def test_a_database_that_goes_away_and_comes_back_stops_no_lane(
    any_database: Database, sealer: Sealer, receiver: Receiver, clock: Clock
) -> None:
    pace = Pace(looks_every_s=0.01, without_database_s=0.01)
    worker = Worker(any_database, sealer, [hook(receiver)], clock, pace=pace)
    hand_off(any_database, sealer, ["webhook"])
    with any_database.change() as db:
        db.execute(sa.text("ALTER TABLE outbox RENAME TO elsewhere"))
    failing = threading.Event()
    sa.event.listen(any_database.engine, "handle_error", lambda context: failing.set())
    worker.start()
    assert failing.wait(10)

    with any_database.change() as db:
        db.execute(sa.text("ALTER TABLE elsewhere RENAME TO outbox"))

    assert wait_until(lambda: sent(any_database) == 1)
    assert worker.stop()
