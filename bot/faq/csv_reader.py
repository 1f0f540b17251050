"""CSV files as people's spreadsheets write them, read row by row: what is wrong is told with its line."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.errors import InputError

csv.field_size_limit(
    min(sys.maxsize, 2**31 - 1)
)  # a cell that is too long is refused by whoever reads it, with its line


@dataclass(frozen=True, slots=True)
class Row:
    """The cells by column; `fault` says why the row does not fit the columns, "" when it does. `line` is its last."""

    line: int
    cells: Mapping[str, str]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A whole file."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(path: Path, needed: Sequence[str] = ()) -> Table:
    """The rows of a file with a heading row that names the `needed` columns, among others.

    Raises InputError, which names the line, for what is no UTF-8 text or no CSV, and for missing or repeated columns.
    """
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        allowed = "UTF-8 text; in a spreadsheet save it as \u201cCSV UTF-8\u201d"
        raise InputError(field=f"{path.name}:{line}", got="other letters", allowed=allowed) from error
    read = csv.reader(io.StringIO(text, newline=""))
    try:
        columns = tuple(next(read, ()))
        missing = [name for name in needed if name not in columns]
        if missing:
            allowed = f"a column {' and a column '.join(needed)}"
            raise InputError(field=f"{path.name}:1", got=", ".join(columns) or "no columns", allowed=allowed)
        repeated = sorted({name for name in columns if name and columns.count(name) > 1})
        if repeated:
            raise InputError(field=f"{path.name}:1", got=f"twice {repeated[0]}", allowed="each column once")
        return Table(columns, tuple(_row(read.line_num, cells, columns) for cells in read if cells))
    except csv.Error as error:
        raise InputError(field=f"{path.name}:{read.line_num}", got=str(error), allowed="rows of CSV") from error


def _row(line: int, cells: Sequence[str], columns: Sequence[str]) -> Row:
    more = any(cell.strip() for cell in cells[len(columns) :])
    fault = f"{len(cells)} cells for {len(columns)} columns" if more else ""
    return Row(line, dict(zip(columns, cells, strict=False)), fault)
