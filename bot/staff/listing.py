"""The list of entries: where each stands, how often patients are shown it, searched, filtered and sorted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.faq.entry import Entry
from bot.faq.release import Release
from bot.staff.translations import Need
from bot.staff.translations import Standing as Translated
from bot.staff.translations import load_standings as load_translations
from bot.store.database import Db
from bot.store.standings import Standing, load_standings
from bot.store.visits import count_by_entry

PAGE = 50
ASKED_WITHIN = timedelta(days=30)
DUE_WITHIN = timedelta(days=30)


class State(StrEnum):
    """Where an entry stands, from what wants work to what is done."""

    NEW = "new draft"
    DRAFT = "draft"
    RETURNED = "returned"
    IN_REVIEW = "in review"
    APPROVED = "approved, not yet live"
    RETIRING = "to be retired, still live"
    LIVE = "live"
    RETIRED = "retired"


class Sort(StrEnum):
    """What the list is ordered by."""

    QUESTION = "question"
    ASKED = "asked"
    UNHELPFUL = "unhelpful"
    REVIEW_BY = "review date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One line of the list. `asked` and `unhelpful` count the last 30 days; `author` made the newest text.

    `translation` is where its translation stands; None for an entry that was never approved, or is retired.
    """

    entry_id: str
    entry: Entry
    state: State
    is_live: bool
    author: str
    changed_at: datetime
    asked: int = 0
    unhelpful: int = 0
    translation: Translated | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What is looked for; empty texts leave out nothing. `due` is "overdue" or "due" (within 30 days).

    `translation` is one of `translations.Need`.
    """

    words: str = ""
    topic: str = ""
    state: str = ""
    owner: str = ""
    due: str = ""
    translation: Need | None = None
    sort: Sort = Sort.QUESTION
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of the list. `found` lines fit the filter; `owners` and `states` are those of all entries."""

    lines: tuple[Listed, ...]
    found: int
    whole: int
    number: int
    pages: int
    owners: tuple[str, ...]
    states: Mapping[State, int]


def list_page(db: Db, served: Release | None, wanted: Filter, now: datetime) -> Page:
    """The page of the list that is wanted, or the last one there is. Nine queries, whatever there is."""
    counts = count_by_entry(db, since=now - ASKED_WITHIN)
    standings = load_standings(db)
    approved = {each.entry_id: each.approved for each in standings.values() if each.approved}
    translated = {entry_id: each for (entry_id, _), each in load_translations(db, approved).items()}
    lines = list_lines(standings, served, counts)
    everything = [replace(line, translation=translated.get(line.entry_id)) for line in lines]
    today = served.clinic.today(now) if served else now.date()
    found = [line for line in everything if _fits(line, wanted, today)]
    found.sort(key=_ORDERS[wanted.sort])
    if wanted.words and wanted.sort is Sort.QUESTION:  # what is asked about them stands before what only names them
        found.sort(key=lambda line: not _are_in(line.entry.question, wanted.words))
    pages = max(1, -(-len(found) // PAGE))
    number = min(max(1, wanted.page), pages)
    return Page(
        lines=tuple(found[(number - 1) * PAGE : number * PAGE]),
        found=len(found),
        whole=len(everything),
        number=number,
        pages=pages,
        owners=tuple(sorted({line.entry.owner for line in everything if line.entry.owner})),
        states=Counter(line.state for line in everything),
    )


def list_lines(
    standings: Mapping[str, Standing], served: Release | None, counts: Mapping[str, tuple[int, int]]
) -> tuple[Listed, ...]:
    """Every entry that has a text, by its id."""
    live = {entry.id: entry for entry in served.entries} if served else {}
    return tuple(line for each in standings.values() if (line := _line(each, live, counts.get(each.entry_id, (0, 0)))))


def state_of(standing: Standing, live: Mapping[str, Entry]) -> State:
    """Where an entry stands; `live` are the entries that patients are answered from, by id."""
    newest, approved = standing.newest, standing.approved
    if standing.draft:
        return State.DRAFT if newest else State.NEW
    if newest and newest.state == "in review":
        return State.IN_REVIEW
    if newest and newest.state == "returned":
        return State.RETURNED
    served = live.get(standing.entry_id)
    if approved and approved.retired:
        return State.RETIRING if served else State.RETIRED
    return State.LIVE if approved and served and is_served(approved.entry, served, live) else State.APPROVED


def is_served(approved: Entry, served: Entry, live: Mapping[str, Entry]) -> bool:
    """Whether patients read the approved text; a release leaves out links to what it does not serve."""
    known = replace(approved, related=tuple(other for other in approved.related if other in live))
    return known == replace(served, translations={})


def _line(standing: Standing, live: Mapping[str, Entry], counts: tuple[int, int]) -> Listed | None:
    draft, newest = standing.draft, standing.newest
    if draft:
        entry, author, changed_at = draft.entry, draft.author, draft.saved_at
    elif newest:
        entry, author, changed_at = newest.entry, newest.author, newest.created_at
    else:
        return None
    return Listed(
        entry_id=standing.entry_id,
        entry=entry,
        state=state_of(standing, live),
        is_live=standing.entry_id in live,
        author=author,
        changed_at=changed_at,
        asked=counts[0],
        unhelpful=counts[1],
    )


def _fits(line: Listed, wanted: Filter, today: date) -> bool:
    entry = line.entry
    if wanted.topic and entry.topic != wanted.topic:
        return False
    if wanted.state and line.state != wanted.state:
        return False
    if wanted.owner and entry.owner != wanted.owner:
        return False
    if wanted.due and not (line.state is not State.RETIRED and is_due(entry, wanted.due, today)):
        return False
    if wanted.translation and not (line.translation and wanted.translation.fits(line.translation)):
        return False
    return not wanted.words or _holds(entry, wanted.words)


def is_due(entry: Entry, how: str, today: date) -> bool:
    """Whether the entry is to be looked at again: "overdue" already, or "due" within 30 days."""
    return entry.review_by < today if how == "overdue" else entry.review_by <= today + DUE_WITHIN


def _holds(entry: Entry, words: str) -> bool:
    """Whether every word stands somewhere in what patients ask or read, or in the id."""
    return _are_in(" ".join(_texts(entry)), words)


def _are_in(text: str, words: str) -> bool:
    text = text.casefold()
    return all(word in text for word in words.casefold().split())


def _texts(entry: Entry) -> Iterable[str]:
    yield from (entry.id, *entry.wordings, *entry.golden, entry.answer.short, entry.answer.detail)


_ORDERS: Mapping[Sort, Callable[[Listed], tuple[object, str]]] = {
    Sort.QUESTION: lambda line: (line.entry.question.casefold(), line.entry_id),
    Sort.ASKED: lambda line: (-line.asked, line.entry_id),
    Sort.UNHELPFUL: lambda line: (-line.unhelpful, line.entry_id),
    Sort.REVIEW_BY: lambda line: (line.entry.review_by, line.entry_id),
}
