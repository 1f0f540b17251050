"""What staff should look at today: each line is something to do, with where it is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.dialogue.bot import Bot
from bot.faq.entry import Entry
from bot.faq.release import Level, Release
from bot.staff.listing import is_served
from bot.staff.unanswered import OpenQuestions, Overview
from bot.store.content import Revision, load_approved
from bot.store.database import Database
from bot.store.releases import Publication, find_live
from bot.store.visits import count_outcomes, count_unhelpful
from bot.store.waiting import Waiting, count_waiting

WEEK = timedelta(days=7)
DUE_WITHIN = timedelta(days=30)
MOST_LINES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Unhelpful:
    """An entry whose answer did not help, and how often within the retention time."""

    entry_id: str
    question: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """The day's work. `outcomes` are the week's turns by outcome; `due` and `overdue` are entries of the live release.

    `outdated` are those of its translations that are not served, because their English was changed. `unpublished` are
    entries whose approved text, or approved end, is not live yet.
    """

    questions: Overview
    unhelpful: tuple[Unhelpful, ...]
    outcomes: Mapping[str, int]
    waiting: Waiting
    due: int
    overdue: int
    outdated: int
    unpublished: int
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
    """What a new clinic has done of its first steps. `is_on_site`: a website may show the chat."""

    has_colleagues: bool
    has_approved: bool
    was_asked: bool
    is_on_site: bool

    @property
    def is_all(self) -> bool:
        """Whether nothing of it is left to do; a clinic may hand out a link in place of showing it on its site."""
        return self.has_colleagues and self.has_approved and (self.is_on_site or self.was_asked)


def look_at_today(
    database: Database, questions: OpenQuestions, bot: Bot | None, now: datetime, kept: timedelta
) -> Today:
    """Everything that the page tells, in at most seven queries whatever there is. `kept`: how long turns are."""
    release = bot.release if bot else None
    with database.read() as db:
        return Today(
            questions=questions.overview_of(db, bot, now),
            unhelpful=_named(count_unhelpful(db, since=now - kept, limit=MOST_LINES), release),
            outcomes=count_outcomes(db, since=now - WEEK),
            waiting=count_waiting(db),
            due=_due(release, now, DUE_WITHIN) - _due(release, now, timedelta()),
            overdue=_due(release, now, timedelta()),
            outdated=_outdated(release),
            unpublished=_unpublished(load_approved(db), release),
            live=find_live(db),
        )


def first_steps(today: Today, release: Release | None) -> Begun:
    """How far a new clinic is."""
    return Begun(
        has_colleagues=today.waiting.people > 1,
        has_approved=bool(release and release.approved),
        was_asked=today.waiting.was_asked,
        is_on_site=bool(release and release.clinic.embedding_sites),
    )


def _named(counts: Mapping[str, int], release: Release | None) -> tuple[Unhelpful, ...]:
    entries: Mapping[str, Entry] = {entry.id: entry for entry in release.entries} if release else {}
    return tuple(
        Unhelpful(entry_id=each, question=entries[each].question if each in entries else each, count=count)
        for each, count in counts.items()
    )


def _outdated(release: Release | None) -> int:
    entries = release.entries if release else ()
    return sum(len(entry.translations) - len(entry.served_translations) for entry in entries)


def _unpublished(approved: Mapping[str, Revision], release: Release | None) -> int:
    live = {entry.id: entry for entry in release.entries} if release else {}
    return sum(
        each.entry_id in live
        if each.retired
        else each.entry_id not in live or not is_served(each.entry, live[each.entry_id], live)
        for each in approved.values()
    )


def _due(release: Release | None, now: datetime, within: timedelta) -> int:
    """How many entries are to be looked at again within that time, those overdue among them."""
    if release is None:
        return 0
    last, entries = release.clinic.today(now + within), release.entries
    return sum(entry.review_by <= last if within else entry.review_by < last for entry in entries)
