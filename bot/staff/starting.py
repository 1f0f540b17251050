"""A new entry begun: an id that is taken for ever, and an empty draft."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.errors import Conflict, InputError
from bot.faq.entry import Answer, Entry, NextStep, Phrasing, StepKind
from bot.faq.yaml_reader import SLUG
from bot.staff.accounts import User
from bot.staff.editing import nothing_of, put
from bot.store.content import add_entry, find_revision, has_entry, hold_entry
from bot.store.database import Database, Db
from bot.store.drafts import Draft, find_draft

FIRST_REVIEW = timedelta(days=182)  # a new entry is looked at again after half a year, unless somebody says otherwise
LONGEST_ID = 80
_LITTLE = frozenset(
    [
        *("a", "am", "an", "and", "are", "be", "by", "can", "could", "do", "does", "for", "from", "get", "have", "how"),
        *("i", "if", "in", "is", "it", "long", "may", "me", "much", "my", "of", "on", "or", "should", "the", "there"),
        *("this", "to", "was", "what", "when", "which", "while", "who", "why", "will", "with", "you", "your"),
    ]
)


def start(database: Database, entry_id: str, question: str, topic: str, *, user: User, now: datetime) -> Draft:
    """The empty draft of a new entry, see `begin`."""
    with database.change() as db:
        return begin(db, entry_id, question, topic, user=user, now=now)


def begin(
    db: Db,
    entry_id: str,
    question: str,
    topic: str,
    *,
    phrasings: tuple[Phrasing, ...] = (),
    user: User,
    now: datetime,
) -> Draft:
    """Within the caller's transaction: the draft of a new entry that has a question and nothing else to be read.

    The id is taken for ever: Conflict when it was taken before. An id whose only draft was discarded before anybody
    sent it for review may be taken again.
    """
    if not SLUG.fullmatch(entry_id) or len(entry_id) > LONGEST_ID:
        allowed = f"small letters, digits and hyphens, like dry-lips; at most {LONGEST_ID}"
        raise InputError(field="entry_id", got=repr(entry_id)[:LONGEST_ID], allowed=allowed)
    question = " ".join(question.split())
    if not question:
        raise InputError(field="question", got="nothing", allowed="the question as a patient would ask it")
    entry = replace(empty_entry(entry_id, question, topic, (now + FIRST_REVIEW).date()), phrasings=phrasings)
    if not hold_entry(db, entry_id):
        add_entry(db, entry_id, now)
    elif find_revision(db, entry_id) or find_draft(db, entry_id):
        raise Conflict(subject=entry_id, problem="there is an entry of that id already")
    return put(db, nothing_of(entry), entry, user=user, now=now, action="entry.started")


def empty_entry(entry_id: str, question: str, topic: str, review_by: date) -> Entry:
    """An entry with a question and nothing else."""
    return Entry(
        id=entry_id,
        topic=topic,
        question=question,
        phrasings=(),
        answer=Answer("", ""),
        next_step=NextStep(StepKind.SELF_CARE, ""),
        citations=(),
        related=(),
        golden=(),
        review_by=review_by,
        owner="",
    )


def propose_id(db: Db, question: str) -> str:
    """A free id from the words of a question: "Can I drink alcohol?" gives drink-alcohol."""
    words = ["".join(letter for letter in word if letter.isascii() and letter.isalnum()) for word in question.split()]
    telling = [word.lower() for word in words if word and word.lower() not in _LITTLE]
    stem = "-".join((telling or ["entry"])[:4])[:40].strip("-")
    number, proposed = 1, stem
    while has_entry(db, proposed) and (find_revision(db, proposed) or find_draft(db, proposed)):
        number += 1
        proposed = f"{stem}-{number}"
    return proposed
