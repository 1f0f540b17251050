"""The open questions as staff see them: grouped by likeness, most asked first, with what the live bot finds nearest."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from bot.dialogue.bot import Bot
from bot.errors import InputError
from bot.faq.entry import ENGLISH
from bot.reply.courtesy import courtesy_for
from bot.staff.clustering import Cluster, Common, cluster, regrouped
from bot.store.database import Database, Db
from bot.store.drafts import load_drafts
from bot.store.open_questions import list_open, seen_of

MOST_WORDINGS = 2_000  # grouped at once; the most asked
MOST_NEAREST = 3
WORTH_NAMING = 0.05  # the confidence from which an entry is offered
MOST_REFERENCE = 2_000  # wordings by which is known what all questions share
MOST_CHOICES = 8
MOST_REMEMBERED = 4_000  # wordings whose nearest entries are kept in memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All clusters, most asked first. `is_whole`: no wordings were left out for their number.

    `seen` is the last decision that it takes account of.
    """

    clusters: tuple[Cluster, ...]
    is_whole: bool
    seen: int

    @property
    def count(self) -> int:
        """How often something was asked that is still open."""
        return sum(each.count for each in self.clusters)


@dataclass(frozen=True, slots=True)
class Near:
    """An entry that a wording may belong to, and how sure the live bot is of that."""

    entry_id: str
    question: str
    topic: str
    confidence: float


class OpenQuestions:
    """Keeps the clusters until something changes: a turn, a rating, a decision, or the release.

    Questions are grouped anew when there is a wording that was not grouped yet; what is only taken away, or comes
    back, stays in its group.
    """

    def __init__(self, database: Database, retention: timedelta) -> None:
        self._database = database
        self._retention = retention
        self._kept: tuple[object, Overview] | None = None
        self._grouped: tuple[str, tuple[Cluster, ...]] = ("", ())
        self._lock = threading.Lock()

    def overview(self, bot: Bot | None, now: datetime) -> Overview:
        """The clusters as they stand now. One query when nothing has changed, else two."""
        with self._database.read() as db:
            return self.overview_of(db, bot, now)

    def overview_of(self, db: Db, bot: Bot | None, now: datetime) -> Overview:
        """The same, within the caller's reading."""
        since = (now - self._retention).replace(minute=0, second=0, microsecond=0)  # the same for an hour
        seen = seen_of(db, since=since)
        content = bot.release.content_hash if bot else ""
        key = (seen, content)
        kept = self._kept
        if kept is not None and kept[0] == key:
            return kept[1]
        listed = list_open(db, since=since, limit=MOST_WORDINGS)
        found = tuple(each for each in listed if courtesy_for(each.wording, ENGLISH) is None)  # nobody asked anything
        with self._lock:  # several who wait for the same grouping need it once
            if self._kept is not None and self._kept[0] == key:
                return self._kept[1]
            clusters = regrouped(found, self._grouped[1]) if self._grouped[0] == content else None
            if clusters is None:
                clusters = cluster(found, common_of(bot) if bot else None)
                self._grouped = (content, clusters)
            made = Overview(clusters=clusters, is_whole=len(listed) < MOST_WORDINGS, seen=seen.last_decision)
            self._kept = (key, made)
            return made


# By bot, so that what was worked out for one is forgotten with it.
_COMMON: WeakKeyDictionary[Bot, Common | None] = WeakKeyDictionary()
_NEAREST: WeakKeyDictionary[Bot, dict[str, tuple[Near, ...]]] = WeakKeyDictionary()


def common_of(bot: Bot) -> Common | None:
    """What all questions to this bot share; None where it goes by words alone."""
    if bot not in _COMMON:
        vectors = bot.matcher.some_vectors(MOST_REFERENCE)
        _COMMON[bot] = None if vectors is None else Common.of(vectors)
    return _COMMON[bot]


def nearest_of(bot: Bot, wording: str) -> tuple[Near, ...]:
    """Up to three entries that the bot ranks nearest and that are not far-fetched."""
    return tuple(near for near in _candidates(bot, wording)[:MOST_NEAREST] if near.confidence >= WORTH_NAMING)


def _candidates(bot: Bot, wording: str) -> tuple[Near, ...]:
    known: dict[str, tuple[Near, ...]] = _NEAREST.setdefault(bot, {})
    if wording not in known:
        if len(known) >= MOST_REMEMBERED:
            known.clear()
        known[wording] = _ranked(bot, wording)
    return known[wording]


def _ranked(bot: Bot, wording: str) -> tuple[Near, ...]:
    try:
        candidates = bot.rank(wording).candidates
    except InputError:
        return ()
    found = ((bot.release.entry(each.entry_id), each.confidence) for each in candidates)
    return tuple(Near(entry.id, entry.question, entry.topic, sure) for entry, sure in found if entry)


def choices_of(db: Db, bot: Bot, wording: str, typed: str) -> tuple[Near, ...]:
    """Entries to choose from: the nearest ones, or those that fit what is typed, drafts of new entries among them."""
    near = {each.entry_id: each for each in _candidates(bot, wording)} if wording else {}
    if not typed.strip():
        return nearest_of(bot, wording) if wording else ()
    links = bot.suggest(typed, MOST_CHOICES)
    found = [near.get(link.id) or Near(link.id, link.question, link.topic, 0.0) for link in links]
    return (*found, *_drafted(db, bot, typed))[:MOST_CHOICES]


def _drafted(db: Db, bot: Bot, typed: str) -> Sequence[Near]:
    """New entries that are not live yet and hold every word that is typed."""
    words = typed.casefold().split()
    drafts = [draft.entry for draft in load_drafts(db).values() if bot.release.entry(draft.entry_id) is None]
    fits = [entry for entry in drafts if all(word in f"{entry.question} {entry.id}".casefold() for word in words)]
    return [Near(entry.id, entry.question, entry.topic, 0.0) for entry in fits]
