"""What the page Insights shows: each table with its picture, and in a sentence what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.faq.release import Release
from bot.staff.insight_tables import TABLES, Cell, Row, Table
from bot.staff.insights import Figures, Period, Step
from bot.web.charts import Columns, Pile, count_columns, share_columns
from bot.web.inbox_words import span

MOST_LINES = 10
FEWEST_RATINGS = 10  # with fewer of them a share says little, and its column is drawn pale


@dataclass(frozen=True, slots=True)
class Line:
    """A bar that lies: its name, where that leads, how many, and how long it is, 0 to 100."""

    name: str
    href: str
    count: int
    length: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A table with its columns or its lines. `says` is the picture in words, `legend` the kinds that it shows."""

    name: str
    title: str
    table: Table
    says: str
    columns: Columns | None = None
    lines: tuple[Line, ...] = ()
    legend: tuple[tuple[str, str], ...] = ()


def pictures_of(figures: Figures, release: Release | None) -> dict[str, Picture]:
    """All of them by name."""
    return {name: draw(name, figures, TABLES[name](figures, release)) for name, draw in _DRAW.items()}


def shown(cell: Cell) -> str:
    """A cell as people read it."""
    match cell:
        case None:
            return "–"
        case float():
            return f"{cell:.0%}"
        case int():
            return f"{cell:,}"
        case date():
            return f"{cell.day} {cell:%b %Y}"
    return str(cell)


def plain(cell: Cell) -> str | int | float:
    """A cell as a spreadsheet reads it."""
    match cell:
        case None:
            return ""
        case float():
            return round(cell, 4)
        case date():
            return cell.isoformat()
        case int():
            return cell
    return str(cell)


def label_of(day: date, step: Step, period: Period) -> str:
    """A day, week or month in the least words; with its year where the period has several."""
    if step == "month":
        return f"{day:%b %Y}"
    return f"{day.day} {day:%b}" + ("" if period.first.year == period.last.year else f" ’{day:%y}")


def _outcomes(name: str, figures: Figures, table: Table) -> Picture:
    kinds = (("answered", "Answered"), ("advised", "Safety advice"), ("back", "Asked back"), ("without", "No answer"))
    step = figures.period.step
    best = max(table.rows, key=lambda row: _number(row[1]))
    when = {"day": "on", "week": "in the week from", "month": "in"}[step]
    total = figures.total.asked
    peak = f", most {when} {_label(best, step, figures.period)} ({shown(best[1])})" if len(table.rows) > 1 else ""
    return Picture(
        name=name,
        title=f"Asked per {step}",
        table=table,
        says=f"{_many(total, 'question')}{peak}." if total else "Nothing was asked.",
        columns=count_columns(_piles(table, kinds, 2, step, figures.period)) if total else None,
        legend=kinds,
    )


def _helpful(name: str, figures: Figures, table: Table) -> Picture:
    kinds, count = (("helped", "Helped"), ("unhelped", "Did not help")), figures.total
    rated = f"{_many(count.rated, 'rating')}; {_percent(count.helpful, count.rated)} say that it helped."
    return Picture(
        name=name,
        title="Did it help?",
        table=table,
        says=rated if count.rated else "Nobody said whether it helped.",
        columns=count_columns(_piles(table, kinds, 2, figures.period.step, figures.period)) if count.rated else None,
        legend=kinds,
    )


def _topics(name: str, figures: Figures, table: Table) -> Picture:
    first = table.rows[0] if table.rows else None
    lead = f"Most questions are about “{first[0]}”: {shown(first[2])} of those that led to an entry." if first else ""
    lines = _lines((str(row[0]), "", _number(row[1])) for row in table.rows[:MOST_LINES])
    return Picture(name=name, title="Topics", table=table, says=lead or "No question led to an entry.", lines=lines)


def _entries(name: str, figures: Figures, table: Table) -> Picture:
    says = (
        f"Questions led to {_many(len(table.rows), 'entry', 'entries')}." if table.rows else "No question led to one."
    )
    rows = ((str(row[1]), f"/staff/entries/{row[0]}", _number(row[3])) for row in table.rows[:MOST_LINES])
    return Picture(name=name, title="Most asked entries", table=table, says=says, lines=_lines(rows))


def _confidence(name: str, figures: Figures, table: Table) -> Picture:
    rated = [row for row in table.rows if row[5]]
    count = sum(_number(row[5]) for row in rated)
    piles = []
    for row in table.rows:
        number, middle, helped = _number(row[5]), (_part(row[0]) + _part(row[1])) / 2, _part(row[6])
        kind = "helped" if number >= FEWEST_RATINGS else "few"
        told = f"{_many(number, 'rating')}, {shown(row[6])} helped" if number else "no rating"
        piles.append(
            Pile(label=shown(row[0]), says=f"{shown(row[0])} to {shown(row[1])} sure: {told}",
                 pieces=((kind, helped),), mark=middle if number else None)
        )  # fmt: skip
    expected = sum(_number(row[5]) * (_part(row[0]) + _part(row[1])) / 2 for row in rated)
    helped_in_all = sum(_number(row[5]) * _part(row[6]) for row in rated)
    return Picture(
        name=name,
        title="How sure, and how right",
        table=table,
        says=f"Of {_many(count, 'answer')} that patients rated, {_percent(helped_in_all, count)} helped; "
        f"the chat was {_percent(expected, count)} sure of them."
        if count
        else "No answer was rated, so nobody can say whether the chat is as right as it is sure.",
        columns=share_columns(piles) if count else None,
        legend=(("helped", "Helped"), ("few", f"Fewer than {FEWEST_RATINGS} ratings"), ("mark", "As sure as it was")),
    )


def _flags(name: str, figures: Figures, table: Table) -> Picture:
    kinds = (("emergency", "Emergency"), ("crisis", "Crisis"), ("urgent", "Urgent"))
    sums = {title: sum(_number(row[at]) for row in table.rows) for at, (_, title) in enumerate(kinds, 1)}
    told = ", ".join(f"{count:,} {title.lower()}" for title, count in sums.items())
    return Picture(
        name=name,
        title="Red flags per week",
        table=table,
        says=f"{_many(figures.flags, 'red flag')}: {told}." if figures.flags else "No red flag was raised.",
        columns=count_columns(_piles(table, kinds, 1, "week", figures.period)) if figures.flags else None,
        legend=kinds,
    )


def _hours(name: str, figures: Figures, table: Table) -> Picture:
    best = max(table.rows, key=lambda row: _number(row[1]))
    piles = [
        Pile(label=str(row[0]), says=f"From {row[0]}: {shown(row[1])} asked", pieces=(("plain", _number(row[1])),))
        for row in table.rows
    ]
    until = f"{(int(str(best[0])[:2]) + 1) % 24:02}:00"
    busiest = f"Most questions come between {best[0]} and {until}: {shown(best[2])}."
    total = figures.total.asked
    says = busiest if total else "Nothing was asked."
    return Picture(
        name=name, title="Busiest hours", table=table, says=says, columns=count_columns(piles) if total else None
    )


def _weekdays(name: str, figures: Figures, table: Table) -> Picture:
    means = [_number(row[1]) / (_number(row[2]) or 1) for row in table.rows]
    piles = [
        Pile(label=str(row[0])[:3], says=f"{row[0]}: {row[3]} a day", pieces=(("plain", mean),))
        for row, mean in zip(table.rows, means, strict=True)
        if row[2]
    ]
    best = table.rows[means.index(max(means))]
    total = figures.total.asked
    says = f"{best[0]}s are the busiest: {best[3]} questions on average." if total else "Nothing was asked."
    return Picture(
        name=name, title="Busiest days", table=table, says=says, columns=count_columns(piles) if total else None
    )


def _places(name: str, figures: Figures, table: Table) -> Picture:
    lines = _lines((str(row[0]), "", _number(row[1])) for row in table.rows)
    return Picture(name=name, title="Places", table=table, says="All places, whichever is chosen above.", lines=lines)


def _answers(name: str, figures: Figures, table: Table) -> Picture:
    found = figures.answers
    waiting = f"{found.waiting:,} {'waits' if found.waiting == 1 else 'wait'}"
    rest = f"{waiting}; {found.closed:,} {'was' if found.closed == 1 else 'were'} put away without an answer."
    if found.median is None or found.nine_in_ten is None:
        return Picture(name=name, title="Time to answer a message", table=table, says=f"None was answered. {rest}")
    says = f"One message was answered, within {span(found.median)} of opening time. {rest}"
    if len(found.took) > 1:
        says = (
            f"Of {len(found.took):,} messages half were answered within {span(found.median)}, nine in ten within "
            f"{span(found.nine_in_ten)} of opening time. {rest}"
        )
    piles = []
    for begin, end, count in found.spans:
        label = f"{begin}–{end} h" if end else f"{begin} h +"
        piles.append(Pile(label=label, says=f"{label}: {_many(count, 'message')}", pieces=(("plain", count),)))
    return Picture(name=name, title="Time to answer a message", table=table, says=says, columns=count_columns(piles))


_DRAW: dict[str, Callable[[str, Figures, Table], Picture]] = {
    "asked": _outcomes,
    "helpful": _helpful,
    "topics": _topics,
    "entries": _entries,
    "confidence": _confidence,
    "flags": _flags,
    "hours": _hours,
    "weekdays": _weekdays,
    "places": _places,
    "answers": _answers,
}


def _piles(table: Table, kinds: Sequence[tuple[str, str]], first: int, step: Step, period: Period) -> list[Pile]:
    """A column for each row, its pieces from the cell `first` on."""
    piles = []
    for row in table.rows:
        values = [_number(cell) for cell in row[first : first + len(kinds)]]
        told = ", ".join(f"{value} {title.lower()}" for (_, title), value in zip(kinds, values, strict=True))
        pieces = tuple((kind, value) for (kind, _), value in zip(kinds, values, strict=True))
        label = _label(row, step, period)
        piles.append(Pile(label=label, says=f"{label}: {told}", pieces=pieces))
    return piles


def _lines(found: Iterable[tuple[str, str, int]]) -> tuple[Line, ...]:
    known = tuple(found)
    most = max((count for *_, count in known), default=0) or 1
    return tuple(Line(name, href, count, round(100 * count / most, 2)) for name, href, count in known)


def _label(row: Row, step: Step, period: Period) -> str:
    return label_of(row[0], step, period) if isinstance(row[0], date) else str(row[0])


def _number(cell: Cell) -> int:
    return cell if isinstance(cell, int) else 0


def _part(cell: Cell) -> float:
    return cell if isinstance(cell, float) else 0.0


def _percent(part: float, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "–"


def _many(count: int, one: str, more: str = "") -> str:
    return f"{count:,} {one if count == 1 else more or one + 's'}"
