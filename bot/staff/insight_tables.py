"""The figures as tables, one for each picture: shown beneath it, and to be downloaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.faq.release import Release
from bot.staff.insights import (
    ANSWERED,
    GRAVE,
    HELPED,
    NOTHING,
    Figures,
    asked,
    share,
    together,
)
from bot.store.tallies import BANDS, Count

Cell = date | str | int | float | Decimal | None  # a float is a share; None is what cannot be told
Row = tuple[Cell, ...]
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PLACES = {"web": "Chat", "widget": "Widget", "kiosk": "Kiosk", "api": "Other programs"}  # by channel
GONE = "No longer in the FAQ"


@dataclass(frozen=True, slots=True)
class Table:
    """Columns with their names, and rows of as many cells."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def outcomes_table(figures: Figures, release: Release | None) -> Table:
    """What was asked, and what came of it."""
    rows = []
    for begin, counts in figures.by_step(figures.period.step).items():
        total, answered = together(counts).asked, asked(counts, *ANSWERED)
        helped, back, without = asked(counts, *HELPED), asked(counts, "clarify"), asked(counts, "no_match")
        rows.append((begin, total, answered, helped, back, without, share(answered + helped, total)))
    columns = ("Asked", "Answered", "Safety advice", "Asked back", "No answer", "Answered or advised")
    return Table((_step_name(figures), *columns), tuple(rows))


def helpful_table(figures: Figures, release: Release | None) -> Table:
    """What patients thought of the replies, by when they asked."""
    rows = []
    for begin, counts in figures.by_step(figures.period.step).items():
        count = together(counts)
        rows.append((begin, count.rated, count.helpful, count.unhelpful, share(count.helpful, count.rated)))
    return Table((_step_name(figures), "Ratings", "Helped", "Did not help", "Helpful share"), tuple(rows))


def topics_table(figures: Figures, release: Release | None) -> Table:
    """What the questions were about, the most asked first."""
    topic_of, _ = _names(release)
    found: dict[str, Count] = {}
    for entry_id, count in figures.entries.items():
        topic = topic_of.get(entry_id, GONE)
        found[topic] = found.get(topic, NOTHING) + count
    total = together(found).asked
    rows = ((topic, count.asked, share(count.asked, total), *_ratings(count)) for topic, count in _most(found))
    return Table(("Topic", "Asked", "Share", "Ratings", "Helpful share"), tuple(rows))


def entries_table(figures: Figures, release: Release | None) -> Table:
    """Which entries the questions led to, the most asked first."""
    topic_of, question_of = _names(release)
    rows = (
        (entry_id, question_of.get(entry_id, entry_id), topic_of.get(entry_id, GONE), count.asked, *_ratings(count))
        for entry_id, count in _most(figures.entries)
    )
    return Table(("Entry", "Question", "Topic", "Asked", "Ratings", "Helpful share"), tuple(rows))


def confidence_table(figures: Figures, release: Release | None) -> Table:
    """How sure the chat was, what it then said, and whether its answers helped."""
    rows: list[Row] = []
    for begin, end in zip(BANDS, (*BANDS[1:], 1.0), strict=True):
        mine = {value.split()[0]: count for value, count in figures.sureties.items() if value.endswith(f" {begin}")}
        counts = (asked(mine, *ANSWERED), asked(mine, "clarify"), asked(mine, "no_match"))
        rated = together({outcome: mine.get(outcome, NOTHING) for outcome in ANSWERED})
        rows.append((begin, end, *counts, *_ratings(rated)))
    columns = ("Sure from", "to", "Answered", "Asked back", "No answer", "Ratings", "Helpful share")
    return Table(columns, tuple(rows))


def flags_table(figures: Figures, release: Release | None) -> Table:
    """Red flags of each week, the gravest first."""
    rows: list[Row] = []
    for begin, counts in figures.by_step("week").items():
        rows.append((begin, *(asked(counts, level) for level in GRAVE)))
    return Table(("Week from", *(level.capitalize() for level in GRAVE)), tuple(rows))


def hours_table(figures: Figures, release: Release | None) -> Table:
    """When in the day questions come."""
    found = [(hour, asked(figures.hours, f"{hour:02}")) for hour in range(24)]
    total = sum(count for _, count in found)
    rows = ((f"{hour:02}:00", count, share(count, total)) for hour, count in found)
    return Table(("Hour from", "Asked", "Share"), tuple(rows))


def weekdays_table(figures: Figures, release: Release | None) -> Table:
    """On which days of the week questions come."""
    sums, times = [0] * 7, [0] * 7
    for day in figures.counted_days:
        times[day.weekday()] += 1
        sums[day.weekday()] += together(figures.days.get(day, {})).asked
    rows = ((name, sums[at], times[at], _mean(sums[at], times[at])) for at, name in enumerate(WEEKDAYS))
    return Table(("Weekday", "Asked", "Days", "A day, on average"), tuple(rows))


def answers_table(figures: Figures, release: Release | None) -> Table:
    """How long messages to the clinic took, in opening time."""
    return Table(("Opening hours from", "to", "Messages answered"), figures.answers.spans)


def places_table(figures: Figures, release: Release | None) -> Table:
    """Where it was asked: all places, whichever of them the rest is about."""
    rows = []
    for channel, name in PLACES.items():
        counts = figures.channels.get(channel, {})
        count, well = together(counts), asked(counts, *ANSWERED, *HELPED)
        rows.append((name, count.asked, share(well, count.asked), *_ratings(count)))
    return Table(("Place", "Asked", "Answered or advised", "Ratings", "Helpful share"), tuple(rows))


TABLES: Mapping[str, Callable[[Figures, Release | None], Table]] = {
    "asked": outcomes_table,
    "helpful": helpful_table,
    "topics": topics_table,
    "entries": entries_table,
    "confidence": confidence_table,
    "flags": flags_table,
    "hours": hours_table,
    "weekdays": weekdays_table,
    "places": places_table,
    "answers": answers_table,
}


def _step_name(figures: Figures) -> str:
    step = figures.period.step
    return "Day" if step == "day" else f"{step.capitalize()} from"


def _names(release: Release | None) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The topic and the question of each entry of the live release."""
    if release is None:
        return {}, {}
    titles = {topic.id: topic.title for topic in release.topics}
    topics = {entry.id: titles.get(entry.topic, entry.topic) for entry in release.entries}
    return topics, {entry.id: entry.question for entry in release.entries}


def _most(counts: Mapping[str, Count]) -> Sequence[tuple[str, Count]]:
    return sorted(counts.items(), key=lambda each: (-each[1].asked, each[0]))


def _ratings(count: Count) -> tuple[int, float | None]:
    return count.rated, share(count.helpful, count.rated)


def _mean(total: int, days: int) -> Decimal | None:
    return (Decimal(total) / days).quantize(Decimal("0.1")) if days else None
