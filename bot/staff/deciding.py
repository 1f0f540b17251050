"""What staff decide about open questions: each decision one transaction with its line in the audit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from bot.errors import Conflict, InputError, NotReady
from bot.faq.entry import Entry, Phrasing
from bot.faq.entry_checks import folded
from bot.faq.visible import visible
from bot.staff.accounts import User
from bot.staff.around import load_around
from bot.staff.editing import put, require_current
from bot.staff.starting import begin
from bot.store import audit
from bot.store.content import find_piece, find_submitted, hold_entry, save_piece
from bot.store.database import Database, Db
from bot.store.drafts import Draft
from bot.store.open_questions import Kind, dispose, key_of, last_decided

MOST_WORDINGS = 200  # in one decision
LONGEST_WORDING = 500
ACTIONS: Mapping[Kind, str] = {
    "phrasing": "question.phrased",
    "golden": "question.made_golden",
    "entry": "question.begun",
    "out_of_scope": "question.out_of_scope",
    "set_aside": "question.set_aside",
}
Origin = Literal["written", "patient"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which wordings are decided about, by whom and when.

    `seen` is the last decision that this person could see (see `Overview.seen`); None where no list was looked at.
    """

    wordings: tuple[str, ...]
    user: User
    now: datetime
    seen: int | None = None


def add_phrasings(database: Database, asked: Asked, entry_id: str, origin: Origin = "patient") -> int:
    """The wordings become phrasings in the entry's draft; the number of the decision.

    Raises Conflict for a wording that another entry has, or when the entry has them all.
    """

    def with_phrasings(entry: Entry, new: Sequence[str]) -> Entry:
        return replace(entry, phrasings=(*entry.phrasings, *(Phrasing(text, origin) for text in new)))

    return _into_draft(database, asked, entry_id, "phrasing", with_phrasings)


def make_golden(database: Database, asked: Asked, entry_id: str) -> int:
    """The wordings become golden questions in the entry's draft; the number of the decision. See `add_phrasings`."""

    def with_golden(entry: Entry, new: Sequence[str]) -> Entry:
        return replace(entry, golden=(*entry.golden, *new))

    return _into_draft(database, asked, entry_id, "golden", with_golden)


def start_entry(database: Database, asked: Asked, entry_id: str, question: str, topic: str) -> int:
    """The draft of a new entry, the other wordings its phrasings; the number of the decision.

    Raises InputError for an id that cannot be one, Conflict for one that is taken.
    """
    wordings = _checked(asked.wordings)
    others = tuple(Phrasing(text, "patient") for text in _new(wordings, {key_of(question)}))
    with database.change() as db:
        _refuse_decided(db, asked)
        draft = begin(db, entry_id, question, topic, phrasings=others, user=asked.user, now=asked.now)
        return _settle(db, asked, "entry", entry_id, _mark(draft, begun=True, added=()))


def put_out_of_scope(database: Database, asked: Asked) -> int:
    """The wordings become questions that are known and not answered; the number of the decision."""
    wordings = _checked(asked.wordings)
    with database.change() as db:
        _refuse_decided(db, asked)
        piece = find_piece(db, "background")
        if piece is None:
            raise NotReady("the database holds no background; it was never seeded")
        new = _new(wordings, {key_of(text) for text in piece.content})
        if new:
            content = [*piece.content, *new]
            reason = f"{len(new)} open questions are out of scope"
            save_piece(
                db, "background", content, author=asked.user.name, reason=reason, at=asked.now, seen=piece.version
            )
        return _settle(db, asked, "out_of_scope", None, {"added": [key_of(text) for text in new]})


def set_aside(database: Database, asked: Asked) -> int:
    """The wordings are off the list and nothing else changes; the number of the decision."""
    _checked(asked.wordings)
    with database.change() as db:
        _refuse_decided(db, asked)
        return _settle(db, asked, "set_aside", None, {})


def _into_draft(
    database: Database, asked: Asked, entry_id: str, kind: Kind, changed: Callable[[Entry, Sequence[str]], Entry]
) -> int:
    wordings = _checked(asked.wordings)
    with database.change() as db:
        _refuse_decided(db, asked)
        if not hold_entry(db, entry_id):
            raise InputError(field="entry", got=repr(entry_id)[:80], allowed="an entry")
        current = require_current(db, entry_id)
        newest = find_submitted(db, entry_id)
        if newest is not None and newest.retired and newest.state == "approved":
            raise Conflict(subject=entry_id, problem="it is retired; patients do not see it any more")
        _refuse_taken(db, entry_id, wordings)
        entry = current.entry
        new = _new(wordings, {key_of(text) for text in (*entry.wordings, *entry.golden)})
        if not new:
            raise Conflict(subject=entry_id, problem="it has these words already")
        draft = put(db, current, changed(entry, new), user=asked.user, now=asked.now)
        return _settle(db, asked, kind, entry_id, _mark(draft, begun=current.version == 0, added=new))


def _mark(draft: Draft, *, begun: bool, added: Sequence[str]) -> dict[str, Any]:
    """What undoing must know: the draft as it was left, and what was put into it, without a patient's words."""
    return {
        "base": draft.base,
        "version": draft.version,
        "begun": begun,
        "added": [key_of(text) for text in added],
    }


def _settle(db: Db, asked: Asked, kind: Kind, entry_id: str | None, effect: Mapping[str, Any]) -> int:
    wordings = _checked(asked.wordings)
    number = dispose(db, wordings, kind, entry_id=entry_id, effect=effect, author=asked.user.name, at=asked.now)
    detail = {"decision": number, "wordings": len(wordings)}
    subject = entry_id or "open questions"
    audit.record(db, at=asked.now, actor=asked.user.name, action=ACTIONS[kind], subject=subject, detail=detail)
    return number


def _checked(wordings: Sequence[str]) -> tuple[str, ...]:
    """The wordings, spaces put right, each once. What nobody sees in them no knowledge file can hold."""
    seen = (" ".join(visible(text).split()) for text in wordings)
    once = tuple(dict.fromkeys(text for text in seen if text))
    if not 1 <= len(once) <= MOST_WORDINGS:
        raise InputError(field="wordings", got=str(len(once)), allowed=f"1 to {MOST_WORDINGS} wordings")
    longest = max(len(text) for text in once)
    if longest > LONGEST_WORDING:
        raise InputError(field="wordings", got=f"{longest} characters", allowed=f"at most {LONGEST_WORDING}")
    return once


def _new(wordings: Sequence[str], known: set[str]) -> list[str]:
    """Those whose words are not `known` yet, by the keys by which undoing takes them out; of two alike the first."""
    fresh = {key_of(text): text for text in reversed(wordings) if key_of(text) not in known}
    return [text for text in wordings if fresh.get(key_of(text)) == text]


def _refuse_taken(db: Db, entry_id: str, wordings: Sequence[str]) -> None:
    """A wording stands in one entry at most: the release would be refused otherwise."""
    taken = load_around(db, entry_id).wordings
    for text in wordings:
        other = taken.get(folded(text))
        if other is not None:
            raise Conflict(subject=entry_id, problem=f"“{text}” stands in the entry {other} already")


def _refuse_decided(db: Db, asked: Asked) -> None:
    """What somebody else decided since this person looked is not decided over."""
    if asked.seen is None:
        return
    last = last_decided(db, asked.wordings)
    if last is not None and last.disposition_id > asked.seen:
        raise Conflict(subject="this question", problem=f"{last.author} decided about it meanwhile")
