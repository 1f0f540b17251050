"""What each conversation is about, for half an hour: in memory, and in the turns that are stored.

After a new start, and where other processes answer the same patients, the last turn of a conversation stands in the
database. A process that never heard of the conversation looks there; with `replicas` it looks each time, because
somebody else may have answered since. A database that says nothing in time is done without.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from bot.dialogue.context import EMPTY, Context
from bot.errors import NotReady

MOST_CONVERSATIONS = 10_000
FORGOTTEN_AFTER_S = 30 * 60
PATIENCE_S = 0.25  # how long a question waits for what is stored
TRIES_AGAIN_S = 5.0  # after the database said nothing in time


@dataclass(frozen=True, slots=True)
class Last:
    """What a conversation is about after the turn `turn_id`, which was `age_s` ago."""

    context: Context
    turn_id: str
    age_s: float


Look = Callable[[str, str], Last | None]  # a conversation, and a turn that does not count; raises NotReady


class Contexts:
    """Remembers by the token of a conversation; `look` finds what is stored, `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float], look: Look | None = None, *, replicas: bool = False) -> None:
        self._clock, self._look, self._replicas = clock, look, replicas
        self._known: OrderedDict[str, tuple[float, Context, str]] = OrderedDict()
        self._lock = threading.Lock()
        self._tries_again_at = clock()

    def recall(self, token: str, but: str = "") -> Context:
        """What the conversation is about, as far as anybody knows; `but` names a turn that does not count."""
        mine = self._mine(token, but)
        if self._look is None or (mine and not self._replicas):
            return mine.context if mine else EMPTY
        stored = self._stored(self._look, token, but)
        if stored is None or stored.age_s >= FORGOTTEN_AFTER_S or (mine and mine.age_s <= stored.age_s):
            return mine.context if mine else EMPTY
        return mine.context if mine and mine.turn_id == stored.turn_id else stored.context

    def remember(self, token: str, context: Context, turn_id: str) -> None:
        """What the conversation is about from now on."""
        now = self._clock()
        with self._lock:
            self._known[token] = (now, context, turn_id)
            self._known.move_to_end(token)
            while self._known and self._is_stale(now):
                self._known.popitem(last=False)

    def forget(self, token: str) -> bool:
        """Whether there was something to forget here."""
        with self._lock:
            return self._known.pop(token, None) is not None

    def _mine(self, token: str, but: str) -> Last | None:
        with self._lock:
            at, context, turn_id = self._known.get(token, (0.0, EMPTY, ""))
        age_s = self._clock() - at
        return Last(context, turn_id, age_s) if turn_id not in ("", but) and age_s < FORGOTTEN_AFTER_S else None

    def _stored(self, look: Look, token: str, but: str) -> Last | None:
        """What the database says, if it says anything in time."""
        with self._lock:
            if self._clock() < self._tries_again_at:
                return None
        found: list[Last | None] = []

        def ask() -> None:
            with suppress(NotReady):
                found.append(look(token, but))

        asking = threading.Thread(target=ask, name="recall", daemon=True)
        asking.start()
        asking.join(PATIENCE_S)
        if not found:
            with self._lock:
                self._tries_again_at = self._clock() + TRIES_AGAIN_S
            return None
        return found[0]

    def _is_stale(self, now: float) -> bool:
        oldest, _, _ = next(iter(self._known.values()))
        return len(self._known) > MOST_CONVERSATIONS or now - oldest >= FORGOTTEN_AFTER_S
