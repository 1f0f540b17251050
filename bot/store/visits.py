"""What patients leave behind for a time: redacted turns, and feedback on them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from bot.store.database import Db, insert_of
from bot.store.forgotten import forgotten_until
from bot.store.open_questions import forget_unkept, key_of
from bot.store.tables_visits import feedback, turns
from bot.store.tallies import count_rating, count_turns
from bot.store.types import canonical, parsed


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One question and what was said to it, by ids of the release that said it. `redacted`: without personal details.

    `context` is what the turn leaned on, `said` the decision on each part; both JSON-ready. `likeness` is the sentence
    vector of a question that was left open. `day` and `hour` are those of the clinic's clock, by which it is counted;
    where they are not given those of UTC are stored.
    """

    turn_id: str
    conversation: str
    asked_at: datetime
    redacted: str
    outcome: str
    release: int
    region: str
    channel: str
    context: Mapping[str, Any]
    said: Sequence[Mapping[str, Any]]
    entry_id: str | None = None
    rule_id: str | None = None
    confidence: float | None = None
    likeness: bytes | None = None
    day: date | None = None
    hour: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What a patient thought of an answer."""

    turn_id: str
    helpful: bool
    reason: str
    given_at: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """The last turn of a page: several may have been asked at the same time, so that its id is needed as well."""

    asked_at: datetime
    turn_id: str


def add_turns(db: Db, new: Sequence[Turn]) -> None:
    """Store turns, and count them; one that another process has stored already, because it was sent to both, is left as
    it is. One of a conversation that was cleared meanwhile, in whichever process, is counted and not stored.
    """
    rows = {turn.turn_id: _row(turn) for turn in reversed(new)}
    if not rows:
        return
    until = forgotten_until(db, {turn.conversation for turn in new})
    gone = {turn.turn_id for turn in new if turn.conversation in until and turn.asked_at <= until[turn.conversation]}
    added = list(gone)
    if kept := [row for turn_id, row in rows.items() if turn_id not in gone]:
        adding = insert_of(db, turns).on_conflict_do_nothing().returning(turns.c.turn_id)
        added += db.execute(adding, kept).scalars()
    count_turns(db, [rows[turn_id] for turn_id in added])


def last_turns(db: Db, conversation: str, *, but: str = "", limit: int) -> tuple[Turn, ...]:
    """The last turns of a conversation that are stored, the last one first; `but` names one that does not count."""
    query = sa.select(turns).where(turns.c.conversation == conversation, turns.c.turn_id != but)
    rows = db.execute(query.order_by(turns.c.asked_at.desc(), turns.c.turn_id).limit(limit))
    return tuple(_turn(row) for row in rows)


def find_turn(db: Db, turn_id: str) -> Turn | None:
    """The turn of that id, until it is purged."""
    row = db.execute(sa.select(turns).where(turns.c.turn_id == turn_id)).first()
    return _turn(row) if row else None


def list_turns(
    db: Db,
    *,
    outcome: str = "",
    entry_id: str = "",
    unhelpful: bool = False,
    day: date | None = None,
    since: datetime | None = None,
    words: str = "",
    before: Shown | None = None,
    limit: int = 50,
) -> tuple[Turn, ...]:
    """Newest first; `before` the last one shown for the next page, `unhelpful` only those whose answer did not help.

    `day` is one of the clinic's, `since` a moment, `words` stand in the question just so, in capitals or not.
    """
    query = sa.select(turns).order_by(turns.c.asked_at.desc(), turns.c.turn_id).limit(limit)
    if outcome:
        query = query.where(turns.c.outcome == outcome)
    if entry_id:
        query = query.where(turns.c.entry_id == entry_id)
    if unhelpful:
        query = query.join(feedback).where(feedback.c.helpful.is_(False))
    if day is not None:
        query = query.where(turns.c.day == day)
    if since is not None:
        query = query.where(turns.c.asked_at >= since)
    if words:
        query = query.where(_holds(db, words))
    if before is not None:
        later_id = sa.and_(turns.c.asked_at == before.asked_at, turns.c.turn_id > before.turn_id)
        query = query.where(turns.c.asked_at <= before.asked_at, sa.or_(turns.c.asked_at < before.asked_at, later_id))
    return tuple(_turn(row) for row in db.execute(query))


def recent_questions(db: Db, *, since: datetime, limit: int) -> Mapping[str, str]:
    """The wordings that were asked last, newest first, each with a turn of it: what a new release is tried on."""
    latest, one = sa.func.max(turns.c.asked_at), sa.func.max(turns.c.turn_id)
    query = sa.select(turns.c.redacted, one).where(turns.c.asked_at >= since).group_by(turns.c.redacted)
    return {str(row[0]): str(row[1]) for row in db.execute(query.order_by(latest.desc()).limit(limit))}


def load_wordings(db: Db, turn_ids: Collection[str]) -> Mapping[str, str]:
    """What was asked in those of the turns that are still kept, redacted, by their ids."""
    query = sa.select(turns.c.turn_id, turns.c.redacted).where(turns.c.turn_id.in_(turn_ids))
    return {str(row.turn_id): str(row.redacted) for row in db.execute(query)}


def give_feedback(db: Db, given: Feedback) -> bool:
    """Store what a patient thought of a turn, over what they thought before; False when there is no such turn."""
    columns = (turns.c[name] for name in ("day", "hour", "channel", "outcome", "entry_id", "confidence"))
    # Held to the end, so that two who rate it at once do so one after the other; SQLite has one writer anyway.
    turn = db.execute(sa.select(*columns).where(turns.c.turn_id == given.turn_id).with_for_update()).first()
    if turn is None:
        return False
    before = find_feedback(db, given.turn_id)
    values = {"helpful": given.helpful, "reason": given.reason, "given_at": given.given_at}
    if before is None:
        db.execute(feedback.insert().values(turn_id=given.turn_id, **values))
    else:
        db.execute(feedback.update().where(feedback.c.turn_id == given.turn_id).values(**values))
    count_rating(db, turn._asdict(), before=before.helpful if before else None, after=given.helpful)
    return True


def find_feedback(db: Db, turn_id: str) -> Feedback | None:
    """What was thought of a turn."""
    row = db.execute(sa.select(feedback).where(feedback.c.turn_id == turn_id)).first()
    return Feedback(**row._mapping) if row else None


def count_outcomes(db: Db, *, since: datetime) -> Mapping[str, int]:
    """How many turns came to what, since then."""
    query = sa.select(turns.c.outcome, sa.func.count()).where(turns.c.asked_at >= since).group_by(turns.c.outcome)
    return {row[0]: row[1] for row in db.execute(query)}


def count_unhelpful(db: Db, *, since: datetime, limit: int) -> Mapping[str, int]:
    """The entries whose answers did not help most often since then, and how often."""
    count = sa.func.count()
    query = (
        sa.select(turns.c.entry_id, count)
        .select_from(feedback.join(turns))
        .where(feedback.c.helpful.is_(False), feedback.c.given_at >= since, turns.c.entry_id.is_not(None))
        .group_by(turns.c.entry_id)
        .order_by(count.desc(), turns.c.entry_id)
        .limit(limit)
    )
    return {str(entry_id): times for entry_id, times in db.execute(query)}


def count_by_entry(db: Db, *, since: datetime) -> Mapping[str, tuple[int, int]]:
    """How often each entry was shown since then, and how often it did not help."""
    # Two queries, so that counting 100,000 turns stays within one index and only the few unhelpful ones are looked up.
    recent = sa.select(turns.c.entry_id, sa.func.count()).where(
        turns.c.asked_at >= since, turns.c.entry_id.is_not(None)
    )
    unhelpful = recent.join(feedback, feedback.c.turn_id == turns.c.turn_id).where(feedback.c.helpful.is_(False))
    bad = {row[0]: row[1] for row in db.execute(unhelpful.group_by(turns.c.entry_id))}
    return {str(row[0]): (row[1], bad.get(row[0], 0)) for row in db.execute(recent.group_by(turns.c.entry_id))}


def forget_conversation(db: Db, conversation: str) -> int:
    """Delete a conversation's turns for good, and their wordings where staff decided about them; how many there were.

    That they were asked stays counted.
    """
    mine = turns.c.conversation == conversation
    keys = frozenset(db.scalars(sa.select(turns.c.words_key).where(mine)))
    count = db.execute(turns.delete().where(mine)).rowcount
    forget_unkept(db, keys)
    return count


def purge(db: Db, *, before: datetime, channel: str = "") -> int:
    """Delete turns from before then for good, their feedback with them; how many there were. They stay counted.

    With a `channel` only those that were asked there. Wordings that staff decided about go with the last turn of them.
    """
    old = turns.delete().where(turns.c.asked_at < before)
    count = db.execute(old.where(turns.c.channel == channel) if channel else old).rowcount
    forget_unkept(db)
    return count


def _holds(db: Db, words: str) -> sa.ColumnElement[bool]:
    if db.dialect.name == "sqlite":  # see `database`: its own comparison knows capitals of English alone
        return sa.func.instr(sa.func.casefold(turns.c.redacted), words.casefold()) > 0
    return turns.c.redacted.icontains(words, autoescape=True)


def _row(turn: Turn) -> dict[str, Any]:
    at = turn.asked_at.astimezone(UTC)
    return {
        "turn_id": turn.turn_id,
        "conversation": turn.conversation,
        "asked_at": turn.asked_at,
        "redacted": turn.redacted,
        "words_key": key_of(turn.redacted),
        "outcome": turn.outcome,
        "release": turn.release,
        "region": turn.region,
        "channel": turn.channel,
        "context": canonical(turn.context),
        "said": canonical(list(turn.said)),
        "entry_id": turn.entry_id,
        "rule_id": turn.rule_id,
        "confidence": turn.confidence,
        "likeness": turn.likeness,
        "day": turn.day or at.date(),
        "hour": at.hour if turn.hour is None else turn.hour,
    }


def _turn(row: sa.Row[Any]) -> Turn:
    values = {name: value for name, value in row._mapping.items() if name != "words_key"}
    return Turn(**{**values, "context": parsed(row.context), "said": parsed(row.said)})
