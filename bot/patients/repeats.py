"""Each message is answered once: a repeat under the same key gets the very reply that was given the first time."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.errors import Conflict

MOST_KEYS = 5_000
KEPT_S = 10 * 60

Given = TypeVar("Given")


@dataclass(frozen=True, slots=True)
class _Once(Generic[Given]):
    began: float
    fingerprint: bytes
    given: Future[Given]


class Repeats(Generic[Given]):
    """What was given under which key in the last ten minutes; of what was said besides that only a hash is kept.

    In memory, so for one process: a repeat that reaches another replica is answered once more, under the same names,
    and stored once.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._known: OrderedDict[str, _Once[Given]] = OrderedDict()
        self._lock = threading.Lock()

    def once(self, key: str, said: tuple[str, ...], make: Callable[[], Given]) -> Given:
        """What `make` gives, or gave when the same was `said` under this key. One that is under way is waited for.

        Raises Conflict when something else was said under the key; whatever `make` raises is not remembered.
        """
        now = self._clock()
        fingerprint = hashlib.sha256("\0".join(said).encode("utf-8", "surrogatepass")).digest()
        mine: Future[Given] = Future()
        with self._lock:
            self._drop_stale(now)
            known = self._known.setdefault(key, _Once(now, fingerprint, mine))
        if known.fingerprint != fingerprint:
            raise Conflict(subject="Idempotency-Key", problem="it was used for another question")
        if known.given is not mine:
            return known.given.result()
        try:
            given = make()
        except BaseException as error:
            with self._lock:
                self._known.pop(key, None)
            mine.set_exception(error)
            raise
        mine.set_result(given)
        return given

    def __len__(self) -> int:
        """How many keys are known."""
        return len(self._known)

    def forget(self, is_of: Callable[[Given], bool]) -> None:
        """Drop what was given where `is_of` says so."""
        with self._lock:
            for key in [
                key for key, each in self._known.items() if _is_done(each.given) and is_of(each.given.result())
            ]:
                del self._known[key]

    def _drop_stale(self, now: float) -> None:
        while self._known:
            oldest = next(iter(self._known.values()))
            if len(self._known) < MOST_KEYS and now - oldest.began < KEPT_S:
                return
            self._known.popitem(last=False)


def _is_done(given: Future[Given]) -> bool:
    return given.done() and given.exception() is None
