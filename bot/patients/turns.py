"""Turns kept for staff: without personal details, written in the background so that no patient waits for a disk."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
import sqlalchemy as sa

from bot.dialogue.bot import Bot
from bot.dialogue.context import Context
from bot.dialogue.record import context_to_plain, said_of
from bot.errors import InputError, NotReady
from bot.faq.entry import Region
from bot.patients.redact import redact
from bot.reply.types import Outcome, Reply
from bot.store.database import Database
from bot.store.visits import Feedback, Turn, add_turns, forget_conversation, give_feedback, purge

LOG = logging.getLogger("clinicbot.turns")
MOST_WAITING = 10_000  # turns in memory; when the database is away for longer the oldest are given up, and counted
MOST_AT_ONCE = 200


class Turns:
    """Writes turns in batches. `flush` waits until what was noted so far is stored."""

    def __init__(self, database: Database, now: Callable[[], datetime], retention: timedelta) -> None:
        self._database = database
        self._now = now
        self._retention = retention
        self._waiting: queue.Queue[Turn | None] = queue.Queue(MOST_WAITING)
        self._thread = threading.Thread(target=self._write_on, name="turn writer", daemon=True)
        self._thread.start()
        self.given_up = 0

    def note(
        self, bot: Bot, reply: Reply, *, question: str, context: Context, region: Region, channel: str,
        conversation: str, turn_id: str,
    ) -> None:  # fmt: skip
        """Keep a turn, redacted."""
        redacted = redact(question)
        lead = reply.leading
        is_open = lead.outcome <= Outcome.CLARIFY
        turn = Turn(
            turn_id=turn_id,
            conversation=conversation,
            asked_at=self._now(),
            redacted=redacted,
            outcome=lead.outcome.word,
            release=reply.release,
            region=region.value,
            channel=channel,
            context=context_to_plain(context, reply.in_view),
            said=said_of(reply, redact),
            entry_id=lead.entry.id if lead.entry else None,
            rule_id=lead.safety.rule if lead.safety else None,
            confidence=lead.confidence,
            likeness=_likeness(bot, redacted) if is_open else None,
        )
        try:
            self._waiting.put_nowait(turn)
        except queue.Full:
            self.given_up += 1

    def rate(self, turn_id: str, helpful: bool, reason: str) -> bool:
        """Store what a patient thought of a turn; False when there is no such turn."""
        self.flush()
        with self._database.change() as db:
            given = Feedback(turn_id=turn_id, helpful=helpful, reason=reason, given_at=self._now())
            return give_feedback(db, given)

    def forget(self, conversation: str) -> int:
        """Delete a conversation for good; how many turns it had."""
        self.flush()
        with self._database.change() as db:
            return forget_conversation(db, conversation)

    def purge(self) -> int:
        """Delete what is older than the retention time; how many turns."""
        with self._database.change() as db:
            return purge(db, before=self._now() - self._retention)

    def flush(self) -> None:
        """Wait until everything noted so far is stored, or was given up."""
        self._waiting.join()

    def close(self) -> None:
        """Store what waits, and end."""
        self._waiting.put(None)
        self._thread.join(timeout=30)

    def _write_on(self) -> None:
        while True:
            first = self._waiting.get()
            batch = [first]
            while len(batch) < MOST_AT_ONCE and not self._waiting.empty():
                batch.append(self._waiting.get())
            self._store([turn for turn in batch if turn is not None])
            for _ in batch:
                self._waiting.task_done()
            if None in batch:
                return

    def _store(self, batch: list[Turn]) -> None:
        try:
            with self._database.change() as db:
                add_turns(db, batch)
        except (sa.exc.SQLAlchemyError, NotReady) as error:
            self.given_up += len(batch)
            LOG.error("%s turns could not be stored: %s", len(batch), type(error).__name__)


def _likeness(bot: Bot, redacted: str) -> bytes | None:
    """The sentence vector of what was kept, in half precision; None where there is none."""
    try:
        vector = bot.vector(redacted)
    except InputError:
        return None
    return None if vector is None else vector.astype(np.float16).tobytes()
