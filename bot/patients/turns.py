"""Turns kept for staff: without personal details, written in the background so that no patient waits for a disk."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import sqlalchemy as sa

from bot.dialogue.bot import Bot
from bot.dialogue.context import HELP_STAYS_TURNS, Context, after
from bot.dialogue.record import context_from_plain, context_to_plain, said_of
from bot.errors import InputError, NotReady
from bot.faq.entry import Region
from bot.faq.release import Release
from bot.patients.contexts import Last
from bot.patients.redact import redact
from bot.patients.retention import Retention, purge_old
from bot.reply.types import Outcome, Reply
from bot.store.database import Database
from bot.store.forgotten import keep_forgotten
from bot.store.handoffs import cut_conversation
from bot.store.visits import Feedback, Turn, add_turns, forget_conversation, give_feedback, last_turns

LOG = logging.getLogger("clinicbot.turns")
MOST_WAITING = 10_000  # turns in memory; when the database is away for longer new ones are given up, and counted
MOST_AT_ONCE = 200
GATHERED_FOR_S = 0.03  # to be stored together: by ones and twos each costs three times as much
MOST_CLEANED = 1_000  # questions whose redacted form is kept in memory, as their replies are: many are asked often
PURGES_EVERY_S = 3600.0
LOOKS_EVERY_S = 60.0  # at the clock, when nobody asks anything
TRIED_AGAIN_AFTER_S = 1.0  # when the database is away
KEPT_FOR_S = 600.0  # turns that the database does not take, before they make room for others
FLUSHED_WITHIN_S = 10.0  # a database that is away must not hold the patients' threads for good


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A turn as it happened; it stays in memory, since the patient's words are in it."""

    bot: Bot
    reply: Reply
    question: str
    context: Context
    region: Region
    channel: str
    conversation: str
    turn_id: str
    at: datetime


class Turns:
    """Writes turns in batches. `flush` waits until what was noted so far is stored, and not for ever.

    `retention` is how long turns are kept, `handoffs` how long messages to the clinic after they were answered.
    """

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        retention: timedelta,
        handoffs: timedelta = timedelta(days=90),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock` gives seconds that pass evenly, whoever sets the machine's time."""
        self._database = database
        self._now = now
        self._retention = Retention(questions=retention, handoffs=handoffs)
        self._waiting: queue.Queue[Noted | None] = queue.Queue(MOST_WAITING)
        self._clock = clock
        self._purged_at_s = clock()
        self._thread = threading.Thread(target=self._write_on, name="turn writer", daemon=True)
        self._ending = threading.Event()
        self._wanted = threading.Event()  # somebody waits for what was noted: it is stored at once
        self._is_away = False  # the database
        self.given_up = 0
        self.chores: list[Callable[[], object]] = []  # what else is done each hour
        self._thread.start()

    def note(
        self,
        bot: Bot,
        reply: Reply,
        *,
        question: str,
        context: Context,
        region: Region,
        channel: str,
        conversation: str,
        turn_id: str,
    ) -> None:
        """Keep a turn; personal details are taken out before it is written."""
        noted = Noted(
            bot=bot,
            reply=reply,
            question=question,
            context=context,
            region=region,
            channel=channel,
            conversation=conversation,
            turn_id=turn_id,
            at=self._now(),
        )
        try:
            self._waiting.put_nowait(noted)
        except queue.Full:
            self.given_up += 1

    @property
    def waiting(self) -> int:
        """How many turns are not stored yet, about."""
        return self._waiting.unfinished_tasks

    @property
    def trouble(self) -> str:
        """Why turns can no longer be stored, if so: nothing but a new start mends that."""
        return "" if self._thread.is_alive() else "turns are no longer written; start this process anew"

    def rate(self, turn_id: str, helpful: bool, reason: str) -> bool:
        """Store what a patient thought of a turn; False when there is no such turn. May raise NotReady."""
        self.flush()
        with self._database.change() as db:
            given = Feedback(turn_id=turn_id, helpful=helpful, reason=reason, given_at=self._now())
            return give_feedback(db, given)

    def last(self, release: Release, conversation: str, but: str = "") -> Last | None:
        """What a conversation is about by the turns that are stored of it, whoever answered them; `but` is left out.

        `release` tells the topic of what was answered. Raises NotReady.
        """
        try:
            with self._database.read() as db:
                stored = last_turns(db, conversation, but=but, limit=HELP_STAYS_TURNS)
        except sa.exc.SQLAlchemyError as error:
            raise NotReady(f"the database does not answer ({type(error).__name__})") from error
        if not stored:
            return None
        context, _ = context_from_plain(stored[-1].context)
        for turn in reversed(stored):  # from one to the next, since they may not have known of each other
            entry = release.entry(turn.entry_id) if turn.entry_id else None
            topic = entry.topic if entry else None
            outcome, entry_id = Outcome[turn.outcome.upper()], entry.id if entry else None
            context = after(context, outcome, entry_id, topic, rule_id=turn.rule_id, said=turn.redacted)
        return Last(context, stored[0].turn_id, max(0.0, (self._now() - stored[0].asked_at).total_seconds()))

    def forget(self, conversation: str) -> int:
        """Delete a conversation for good, and which messages to the clinic came from it; how many of both.

        May raise NotReady: then it must be asked for again.
        """
        self.flush()
        with self._database.change() as db:
            keep_forgotten(db, conversation, self._now())  # other processes may have turns of it to write
            return forget_conversation(db, conversation) + cut_conversation(db, conversation)

    def purge(self) -> int:
        """Delete what is older than its time, messages to the clinic as well; how many turns."""
        return purge_old(self._database, self._retention, self._now()).questions

    def flush(self) -> None:
        """Wait until everything noted so far is stored, or was given up. Raises NotReady when that takes too long."""
        waiting = self._waiting
        self._wanted.set()
        with waiting.all_tasks_done:
            done = waiting.all_tasks_done.wait_for(
                lambda: not waiting.unfinished_tasks, 0 if self.trouble or self._is_away else FLUSHED_WITHIN_S
            )
        if not done:
            raise NotReady(self.trouble or "the turns noted so far are not stored yet")

    def close(self) -> None:
        """Store what waits, and end; what the database does not take now is given up."""
        self._ending.set()
        self._wanted.set()
        if not self.trouble:
            self._waiting.put(None)
        self._thread.join(timeout=30)

    def _write_on(self) -> None:
        while True:
            try:
                first = self._waiting.get(timeout=LOOKS_EVERY_S)
            except queue.Empty:
                self._purge_in_time()
                continue
            batch = [first]
            self._wanted.wait(GATHERED_FOR_S)
            while len(batch) < MOST_AT_ONCE and not self._waiting.empty():
                batch.append(self._waiting.get())
            try:
                self._store([noted for noted in batch if noted is not None])
                self._purge_in_time()
            finally:
                if self._waiting.empty() and not self._ending.is_set():
                    self._wanted.clear()
                for _ in batch:
                    self._waiting.task_done()
            if None in batch:
                return

    def _store(self, batch: list[Noted]) -> None:
        """Store what can be stored, once the database is there. This is the outermost edge of the thread: no turn may
        end it.
        """
        until = time.monotonic() + KEPT_FOR_S
        while True:
            try:
                turns = [_redacted(noted) for noted in batch]
                with self._database.change() as db:
                    add_turns(db, turns)
            except (sa.exc.OperationalError, sa.exc.TimeoutError, NotReady) as error:
                if self._ending.is_set() or time.monotonic() > until:
                    self._give_up(len(batch), error)
                    return
                if not self._is_away:
                    LOG.warning("turns wait, the database does not take them: %s", type(error).__name__)
                self._is_away = True
                self._ending.wait(TRIED_AGAIN_AFTER_S)
            except Exception as error:  # noqa: BLE001 - one turn's fault, whatever it is: the others are stored without it
                if len(batch) == 1:
                    self._give_up(1, error)
                    return
                for noted in batch:
                    self._store([noted])
                return
            else:
                self._is_away = False
                return

    def _give_up(self, count: int, error: Exception) -> None:
        """Count lost turns; the log names the kind of fault only, since its text may hold a patient's words."""
        self.given_up += count
        LOG.error("%s turns could not be stored: %s", count, type(error).__name__)

    def _purge_in_time(self) -> None:
        """A server may run for months: what is too old goes within an hour, not at the next start."""
        if self._clock() - self._purged_at_s < PURGES_EVERY_S:
            return
        self._purged_at_s = self._clock()
        try:
            self.purge()
            for chore in self.chores:
                chore()
        except Exception as error:  # noqa: BLE001 - as in `_store`
            LOG.error("old turns could not be deleted: %s", type(error).__name__)


clean = lru_cache(maxsize=MOST_CLEANED)(redact)


def _redacted(noted: Noted) -> Turn:
    lead = noted.reply.leading
    redacted = clean(noted.question)
    at_clinic = noted.at.astimezone(ZoneInfo(noted.bot.release.clinic.time_zone))
    return Turn(
        turn_id=noted.turn_id,
        conversation=noted.conversation,
        asked_at=noted.at,
        redacted=redacted,
        outcome=lead.outcome.word,
        release=noted.reply.release,
        region=noted.region.value,
        channel=noted.channel,
        context=context_to_plain(noted.context, noted.reply.in_view, clean),
        said=said_of(noted.reply, clean),
        entry_id=lead.entry.id if lead.entry else None,
        rule_id=lead.safety.rule if lead.safety else None,
        confidence=lead.confidence,
        likeness=_likeness(noted.bot, redacted) if lead.outcome <= Outcome.CLARIFY else None,
        day=at_clinic.date(),
        hour=at_clinic.hour,
    )


def _likeness(bot: Bot, redacted: str) -> bytes | None:
    """The sentence vector of what was kept, in half precision; None where there is none."""
    try:
        vector = bot.vector(redacted)
    except InputError:
        return None
    return None if vector is None else vector.astype(np.float16).tobytes()
