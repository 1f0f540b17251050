"""The worker: takes promises out of the outbox and keeps them, in a lane for each target."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from random import SystemRandom

import sqlalchemy as sa
import structlog

from bot.delivery.backoff import next_try, pause_s
from bot.delivery.letter import DeliveryError, Letter, Target
from bot.delivery.letters import letter_of
from bot.errors import NotReady
from bot.store.database import Database
from bot.store.outbox import Promise, claim, delivered, failed
from bot.store.sealing import Sealer

LOG = structlog.get_logger("clinicbot.delivery")
LEASE = timedelta(seconds=90)  # longer than any target takes; after it a killed worker's letter is another's
LOOKS_EVERY_S = 1.0
CHORES_EVERY_S = 60.0


class Outcome(Enum):
    """What became of one look into the outbox."""

    NOTHING = "nothing was due"
    DELIVERED = "delivered"
    GONE = "erased meanwhile"
    FAILED = "to be tried again"
    DEAD = "given up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a worker times itself. `chance` gives numbers from 0 to 1, which spread what would else come together."""

    lease: timedelta = LEASE
    looks_every_s: float = LOOKS_EVERY_S
    without_database_s: float = 5.0
    chance: Callable[[], float] = SystemRandom().random


class Worker:
    """Delivers, in threads of its own or step by step. Any number of workers may share a database.

    A letter is marked as delivered after its target has it. Whoever is killed in between leaves a letter that another
    sends again, with the same id: at least once, and known as a repeat.
    """

    def __init__(
        self,
        database: Database,
        sealer: Sealer,
        targets: Sequence[Target],
        now: Callable[[], datetime],
        chores: Callable[[datetime], object] = lambda at: None,
        pace: Pace | None = None,
    ) -> None:
        """`chores` is called once a minute."""
        self.targets = tuple(targets)
        self._database = database
        self._sealer = sealer
        self._now = now
        self._chores = chores
        self._pace = pace or Pace()
        self._stop = threading.Event()
        self._threads: tuple[threading.Thread, ...] = ()

    def start(self) -> None:
        """Deliver from now on: a thread for each target, and one for chores."""
        lanes = [threading.Thread(target=self._lane, args=(each,), name=f"to {each.name}") for each in self.targets]
        self._threads = (*lanes, threading.Thread(target=self._do_chores, name="delivery chores"))
        for thread in self._threads:
            thread.daemon = True  # a second signal ends the process at once; the letters under way are sent again
            thread.start()

    def stop(self, within_s: float = 30.0) -> bool:
        """Begin nothing new, and wait for the letters under way; whether all of them ended in time."""
        self._stop.set()
        until = time.monotonic() + within_s
        for thread in self._threads:
            if thread.ident is not None:  # told to end while it started, it may not have started all of them
                thread.join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def wait(self) -> None:
        """Until somebody calls `stop`."""
        while not self._stop.wait(3600):
            pass

    def deliver_all(self) -> tuple[Outcome, ...]:
        """Everything that is due now, for every target; what became of each."""
        self._chores(self._now())
        outcomes = []
        for target in self.targets:
            while (outcome := self.deliver_one(target)) is not Outcome.NOTHING:
                outcomes.append(outcome)
        return tuple(outcomes)

    def deliver_one(self, target: Target) -> Outcome:
        """Try what is longest due for the target. Raises SQLAlchemyError or NotReady when there is no database."""
        at = self._now()
        with self._database.change() as db:
            taken = claim(db, now=at, until=at + self._pace.lease, most=1, targets=(target.name,))
        if not taken:
            return Outcome.NOTHING
        promise = taken[0]
        try:
            letter = self._open(promise, target)
            if letter is not None:
                target.send(letter, at)
        except DeliveryError as error:
            return self._put_back(promise, error)
        except Exception as error:  # noqa: BLE001 - one letter that we cannot handle must not stop all others
            LOG.error("a letter could not be handled", message=promise.message_id, kind=type(error).__name__)
            return self._put_back(promise, DeliveryError(f"a fault of this program: {type(error).__name__}"))
        with self._database.change() as db:
            delivered(db, promise.message_id, self._now())
        outcome = Outcome.DELIVERED if letter is not None else Outcome.GONE
        LOG.info(outcome.value, message=promise.message_id, target=target.name, attempts=promise.attempts)
        return outcome

    def _open(self, promise: Promise, target: Target) -> Letter | None:
        with self._database.read() as db:
            return letter_of(db, self._sealer, promise, with_contents=target.wants_contents(promise.kind))

    def _put_back(self, promise: Promise, error: DeliveryError) -> Outcome:
        at = self._now()
        again = next_try(error, attempts=promise.attempts, at=at, chance=self._pace.chance())
        with self._database.change() as db:
            failed(db, promise.message_id, error=error.reason, next_at=again, at=at)
        say = LOG.error if again is None else LOG.warning
        say(
            "given up" if again is None else "not delivered",
            message=promise.message_id,
            target=promise.target,
            attempts=promise.attempts,
            reason=error.reason,
        )
        return Outcome.DEAD if again is None else Outcome.FAILED

    def _lane(self, target: Target) -> None:
        troubles = 0
        while not self._stop.is_set():
            try:
                outcome = self.deliver_one(target)
            except (sa.exc.SQLAlchemyError, NotReady) as error:  # it may come back; what was taken is free again then
                LOG.warning("the outbox cannot be read", target=target.name, kind=type(error).__name__)
                self._stop.wait(self._pace.without_database_s)
                continue
            troubles = troubles + 1 if outcome is Outcome.FAILED else 0
            if outcome is Outcome.NOTHING:
                self._stop.wait(self._pace.looks_every_s)
            elif troubles:
                self._stop.wait(pause_s(troubles, chance=self._pace.chance()))

    def _do_chores(self) -> None:
        while not self._stop.is_set():
            try:
                self._chores(self._now())
            except (sa.exc.SQLAlchemyError, NotReady) as error:
                LOG.warning("the digest could not be promised", kind=type(error).__name__)
            self._stop.wait(CHORES_EVERY_S)
