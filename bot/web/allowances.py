"""How much one sender may do: allowances that fill up again, counted in this process or in all replicas together.

A process counts by itself, which costs no query. With a book (see `bot.web.book`) it also writes there what it let
through, each time that this is a tenth of an allowance, and learns what the others did. So few senders are ever
written down, and all processes together let through the allowance and at most a tenth of what it gives at once (but at
least one) more for each process. When the book cannot be written each process goes on counting for itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import structlog

from bot.errors import NotReady
from bot.web.senders import sender_of

LOG = structlog.get_logger("clinicbot.allowances")
CROWD = 20  # an address that may stand for many may do as much as so many senders
MOST_COUNTED = 10_000
SHARE = 10  # a process tells the others after each tenth of an allowance
PATIENCE_S = 0.1  # how long one request waits for the book, once in many
TRIES_AGAIN_S = 5.0  # after the book could not be written
_EXACT = 1e-6  # seconds; less is rounding


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many at once, and then one more every `refill_s` seconds."""

    burst: float
    refill_s: float

    @property
    def step(self) -> int:
        """After how many the other processes are told."""
        return max(1, int(self.burst) // SHARE)

    def times(self, factor: float) -> Allowance:
        """So many times as much, at once and in time."""
        return Allowance(self.burst * factor, self.refill_s / factor)


@dataclass(frozen=True, slots=True)
class Count:
    """One more of something: the key under which it is counted, and what is allowed under it."""

    key: str
    allowance: Allowance


def counted(what: str, address: str | None, each: Allowance, crowd: Allowance | None = None) -> tuple[Count, ...]:
    """One more of `what` from an address: nothing for this machine, `crowd` (20 times `each`) for what may be many."""
    sender = sender_of(address)
    if sender is None:
        return ()
    return (Count(f"{what} {sender.subject}", (crowd or each.times(CROWD)) if sender.may_be_many else each),)


class Book(Protocol):
    """Where processes write what they let through, in the seconds that it takes to fill up again."""

    def add(self, owed_s: Mapping[str, float]) -> Mapping[str, float]:
        """Add to each key; in how many seconds each is full again, by what all processes wrote. May raise NotReady."""
        ...


@dataclass(slots=True)
class _Level:
    """How empty an allowance is: when it is full again, and how many were taken that no other process knows of."""

    allowance: Allowance
    full_at: float
    untold: int = 0


class Limiter:
    """Counts what senders do. `clock` gives seconds; without a `book` it counts for this process alone."""

    def __init__(self, clock: Callable[[], float], book: Book | None = None) -> None:
        self._clock, self._book = clock, book
        self._levels: dict[str, _Level] = {}
        self._due: set[str] = set()
        self._lock, self._telling = threading.Lock(), threading.Lock()
        self._tries_again_at = clock()

    def take(self, *counts: Count) -> float:
        """0.0 when there is room for one more under each count, which is taken; else in how many seconds there is."""
        with self._lock:
            now = self._clock()
            levels = [(count, self._level(count, now)) for count in counts]
            wait_s = max((_wait_s(level, now) for _, level in levels), default=0.0)
            if wait_s > _EXACT:
                return wait_s
            for count, level in levels:
                self._levels[count.key] = level
                level.full_at = max(level.full_at, now) + level.allowance.refill_s
                level.untold += 1
                if self._book and level.untold >= level.allowance.step:
                    self._due.add(count.key)
            if len(self._levels) > MOST_COUNTED:
                self._forget(now)
            is_due = bool(self._due) and now >= self._tries_again_at
        if is_due and not self._telling.locked():  # who finds another one telling does not wait for it
            telling = threading.Thread(target=self._tell, name="allowances", daemon=True)
            telling.start()
            telling.join(PATIENCE_S)
        return 0.0

    def __len__(self) -> int:
        """How many keys are known."""
        return len(self._levels)

    def _tell(self) -> None:
        """Write down what is due, and take over what the others did."""
        if self._book is None or not self._telling.acquire(blocking=False):
            return
        try:
            with self._lock:
                due = {key: self._levels[key].untold for key in self._due if key in self._levels}
                owed_s = {key: untold * self._levels[key].allowance.refill_s for key, untold in due.items()}
                self._due.clear()
            full_in_s = self._book.add(owed_s)
            with self._lock:
                now = self._clock()
                for key, untold in due.items():
                    if level := self._levels.get(key):
                        level.untold -= untold
                        # No more than all of it can be used up; more is told where the clocks of replicas differ.
                        used_s = min(full_in_s[key], level.allowance.burst * level.allowance.refill_s)
                        level.full_at = now + used_s + level.untold * level.allowance.refill_s
        except NotReady as error:
            LOG.warning("limits count for this process alone", reason=error.reason)
            with self._lock:
                self._due.update(due)
                self._tries_again_at = self._clock() + TRIES_AGAIN_S
        finally:
            self._telling.release()

    def _level(self, count: Count, now: float) -> _Level:
        return self._levels.get(count.key) or _Level(count.allowance, now)

    def _forget(self, now: float) -> None:
        """Those that are full again; and when that does not help, those that used least."""
        left = {key: level for key, level in self._levels.items() if level.full_at > now}
        most = sorted(left, key=lambda key: -left[key].full_at)[: MOST_COUNTED // 2]
        self._levels = {key: left[key] for key in most}


def _wait_s(level: _Level, now: float) -> float:
    return max(0.0, level.full_at - now - (level.allowance.burst - 1) * level.allowance.refill_s)
