"""The privacy document: which data is kept, whose, why, for how long and how it is guarded, made from the tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import resources

import sqlalchemy as sa

from bot.errors import NotReady
from bot.store.every_table import every_table
from bot.store.uses import Kind, Use, use_of

_BEGIN = resources.files("bot.store").joinpath("privacy_map.md")


def privacy_document() -> str:
    """The document as Markdown. Raises NotReady, which names every table or column that was not described."""
    if faults := [fault for table in every_table() for fault in _faults(table)]:
        raise NotReady("; ".join(faults))
    tables = [(table, use) for table in sorted(every_table(), key=lambda each: each.name) if (use := use_of(table))]
    personal = [each for each in tables if each[1].is_personal]
    of_patients = [each for each in personal if any(kind.of_patients for kind in each[1].holds)]
    of_staff = [each for each in personal if each not in of_patients]
    other = [each for each in tables if each not in personal]
    at_risk = of_patients + [each for each in of_staff if each[1].risk]
    blocks = [_BEGIN.read_text(encoding="utf-8"), "## Risks and measures\n", *_risks(at_risk)]
    for title, found in (("patients", of_patients), ("staff", of_staff), ("nobody", other)):
        if found:
            blocks.append(f"## Tables with data of {title}\n")
            blocks += [block for table, use in found for block in _table(table, use)]
    return "\n".join(blocks).rstrip("\n") + "\n"


def _faults(table: sa.Table) -> Iterator[str]:
    use = use_of(table)
    if use is None:
        yield f"{table.name}: no use is stated (info={{'use': Use(…)}})"
        return
    yield from (
        f"{table.name}.{each.name}: no kind is stated" for each in table.columns if use.kind_of(each.name) is None
    )
    there = {each.name for each in table.columns}
    yield from (f"{table.name}.{name}: there is no such column" for name in use.columns if name not in there)
    twice = {name for name in use.columns if use.columns.count(name) > 1}
    yield from (f"{table.name}.{name}: two kinds are stated" for name in sorted(twice))
    if any(kind.of_patients for kind in use.holds) and not (use.risk and use.measure):
        yield f"{table.name}: no risk and measure are stated"


def _risks(tables: Sequence[tuple[sa.Table, Use]]) -> Iterator[str]:
    yield "| table | purpose | what is at risk | what is done about it | kept |"
    yield "|---|---|---|---|---|"
    for table, use in tables:
        yield f"| `{table.name}` | {use.purpose} | {use.risk} | {use.measure} | {use.kept} |"
    yield ""


def _table(table: sa.Table, use: Use) -> Iterator[str]:
    yield f"### `{table.name}`\n"
    yield f"{use.purpose}. Kept: {use.kept}. Read by: {use.read_by}.\n"
    yield "| what | columns |"
    yield "|---|---|"
    for kind in Kind:
        names = [f"`{each.name}` ({_type_of(each)})" for each in table.columns if use.kind_of(each.name) is kind]
        if names:
            yield f"| {kind.value} | {', '.join(names)} |"
    yield ""


def _type_of(column: sa.Column[object]) -> str:
    kind = column.type
    if isinstance(kind, sa.String) and kind.length:
        return f"text up to {kind.length}"
    words = (
        (sa.LargeBinary, "bytes"),
        (sa.Boolean, "yes or no"),
        (sa.Integer, "number"),
        (sa.Float, "number"),
        (sa.Date, "day"),
    )
    named = next((word for cls, word in words if isinstance(kind, cls)), "text")
    return "time" if type(kind).__name__ == "UtcTime" else named
