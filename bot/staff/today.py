"""What staff should look at today: each line is something to do, with where it is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.dialogue.bot import Bot
from bot.errors import NotReady
from bot.faq.difference import difference
from bot.faq.entry import Entry
from bot.faq.release import Level, Release
from bot.staff.accounts import User
from bot.staff.assembly import assemble
from bot.staff.publishing import count_of
from bot.staff.unanswered import OpenQuestions, Overview
from bot.store.content import load_submitted
from bot.store.database import Database, Db
from bot.store.releases import Publication, find_live
from bot.store.translations import load_sent
from bot.store.visits import count_outcomes, count_unhelpful
from bot.store.waiting import Waiting, count_waiting

WEEK = timedelta(days=7)
DUE_WITHIN = timedelta(days=30)
TO_BE_TAKEN_UP = timedelta(days=30)  # what was returned longer ago is no work of the day any more
MOST_LINES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Unhelpful:
    """An entry whose answer did not help, and how often within the retention time."""

    entry_id: str
    question: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What a clinician returned to who asks; `language` of a translation, else ""."""

    entry_id: str
    question: str
    reviewer: str
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """The day's work. `outcomes` are the week's turns by outcome; `due` and `overdue` are entries of the live release.

    `outdated` are those of its translations that are not served, because their English was changed. `unpublished` are
    the changes that publishing would bring, as it counts them; `approval_waits`: among them that a clinician approved
    the content as a whole. `silent_since` is the last day of a question on a website, where none came for a week:
    which site it came from is recorded nowhere, so they are told of together.
    """

    questions: Overview
    unhelpful: tuple[Unhelpful, ...]
    outcomes: Mapping[str, int]
    waiting: Waiting
    due: int
    overdue: int
    outdated: int
    unpublished: int
    approval_waits: bool
    returned: tuple[Returned, ...]
    silent_since: date | None
    live: Publication | None

    @property
    def asked(self) -> int:
        """How many questions the week brought."""
        return sum(self.outcomes.values())

    @property
    def unanswered_share(self) -> float:
        """The share of the week's questions without an answer, 0 to 1."""
        return self.outcomes.get("no_match", 0) / self.asked if self.asked else 0.0

    @property
    def flags(self) -> Mapping[Level, int]:
        """How often each grave level spoke this week, gravest first."""
        grave = (Level.EMERGENCY, Level.CRISIS, Level.URGENT)
        return {level: self.outcomes.get(level.word, 0) for level in grave}


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What a new clinic has done of its first steps. `is_on_site`: a website may show the chat.

    `approval_waits`: its content is approved, and that waits to be published.
    """

    has_colleagues: bool
    has_approved: bool
    approval_waits: bool
    was_asked: bool
    is_on_site: bool

    @property
    def is_all(self) -> bool:
        """Whether nothing of it is left to do; a clinic may hand out a link in place of showing it on its site."""
        return self.has_colleagues and self.has_approved and (self.is_on_site or self.was_asked)


def look_at_today(
    database: Database,
    questions: OpenQuestions,
    bot: Bot | None,
    now: datetime,
    kept: timedelta,
    user: User | None = None,
) -> Today:
    """Everything that the page tells `user`, in so many queries whatever there is. `kept`: how long turns are."""
    release = bot.release if bot else None
    with database.read() as db:
        approved, waiting = _approved(db, now), count_waiting(db)
        return Today(
            questions=questions.overview_of(db, bot, now),
            unhelpful=_named(count_unhelpful(db, since=now - kept, limit=MOST_LINES), release),
            outcomes=count_outcomes(db, since=now - WEEK),
            waiting=waiting,
            due=_due(release, now, DUE_WITHIN) - _due(release, now, timedelta()),
            overdue=_due(release, now, timedelta()),
            outdated=_outdated(release),
            unpublished=_unpublished(release, approved),
            approval_waits=bool(approved and approved.approved and release and not release.approved),
            returned=tuple(_returned(db, user, since=now - TO_BE_TAKEN_UP)) if user else (),
            silent_since=_silent_since(release, waiting.asked_on_site, now),
            live=find_live(db),
        )


def first_steps(today: Today, release: Release | None) -> Begun:
    """How far a new clinic is."""
    return Begun(
        has_colleagues=today.waiting.people > 1,
        has_approved=bool(release and release.approved),
        approval_waits=today.approval_waits,
        was_asked=today.waiting.was_asked,
        is_on_site=bool(release and release.clinic.embedding_sites),
    )


def _named(counts: Mapping[str, int], release: Release | None) -> tuple[Unhelpful, ...]:
    entries: Mapping[str, Entry] = {entry.id: entry for entry in release.entries} if release else {}
    return tuple(
        Unhelpful(entry_id=each, question=entries[each].question if each in entries else each, count=count)
        for each, count in counts.items()
    )


def _silent_since(release: Release | None, asked_on: date | None, now: datetime) -> date | None:
    """The last day on which a website that may show the chat brought a question, where that is more than a week ago."""
    if release is None or not release.clinic.embedding_sites or asked_on is None:
        return None
    return asked_on if asked_on < release.clinic.today(now - WEEK) else None


def _outdated(release: Release | None) -> int:
    entries = release.entries if release else ()
    return sum(len(entry.translations) - len(entry.served_translations) for entry in entries)


def _approved(db: Db, now: datetime) -> Release | None:
    """What publishing would make live; None before the database was seeded."""
    try:
        return assemble(db, now)
    except NotReady:
        return None


def _unpublished(release: Release | None, approved: Release | None) -> int:
    """How many changes publishing would bring, as its page counts them."""
    if release is None or approved is None or release.content_hash == approved.content_hash:
        return 0
    return count_of(difference(release, approved))


def _returned(db: Db, user: User, since: datetime) -> Iterator[Returned]:
    """What the user sent for review and a clinician returned, and what nobody sent again since."""
    for entry_id, sent in load_submitted(db).items():
        review = sent.review
        if review and review.decision == "return" and review.reviewed_at >= since and user.is_called(sent.author):
            yield Returned(entry_id=entry_id, question=sent.entry.question, reviewer=review.reviewer)
    for (entry_id, language), version in load_sent(db).items():
        review = version.review
        if review and review.decision == "return" and review.reviewed_at >= since and user.is_called(version.author):
            question = version.translation.question
            yield Returned(entry_id=entry_id, question=question, reviewer=review.reviewer, language=language)


def _due(release: Release | None, now: datetime, within: timedelta) -> int:
    """How many entries are to be looked at again within that time, those overdue among them."""
    if release is None:
        return 0
    last, entries = release.clinic.today(now + within), release.entries
    return sum(entry.review_by <= last if within else entry.review_by < last for entry in entries)
