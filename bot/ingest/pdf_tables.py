"""Tables among the lines of a PDF: rows of cells that stand beside each other, with cells of several lines."""

from __future__ import annotations

from collections.abc import Sequence

from bot.ingest.pdf_lines import Line

_SAME_ROW = 4.0  # points between the feet of letters in one row
_Column = tuple[float, float]


def table_at(lines: Sequence[Line], at: int) -> tuple[tuple[tuple[str, ...], ...], int]:
    """The rows of a table that begins here, and where it ends; no rows where none does.

    The rows begin with at least two cells beside each other; a line beneath one of them goes on with its cell.
    """
    rows, end = _rows(lines, at)
    if len([row for row in rows if len(row) > 1]) < 2:
        return (), at
    columns = _columns(rows)
    if len(columns) < 2:
        return (), at
    made: list[list[str]] = []
    for row in rows:
        placed = {_column_of(cell, columns): cell for cell in row}
        if made and 0 not in placed:
            for column, cell in placed.items():
                made[-1][column] = f"{made[-1][column]} {cell.text}".strip()
        else:
            made.append([placed[column].text if column in placed else "" for column in range(len(columns))])
    return tuple(tuple(row) for row in made), end


def _rows(lines: Sequence[Line], at: int) -> tuple[list[list[Line]], int]:
    rows: list[list[Line]] = []
    end = at
    while end < len(lines):
        row = [lines[end]]
        while end + len(row) < len(lines) and _beside(row, lines[end + len(row)]):
            row.append(lines[end + len(row)])
        if len(row) == 1 and not (rows and _goes_on(rows, row[0])):
            break
        if rows and (row[0].page != rows[-1][0].page or rows[-1][0].base - row[0].base > 4 * row[0].size):
            break
        rows.append(row)
        end += len(row)
    return rows, end


def _beside(row: Sequence[Line], line: Line) -> bool:
    last = row[-1]
    return line.page == last.page and abs(line.base - last.base) < _SAME_ROW and line.left > last.right


def _goes_on(rows: Sequence[Sequence[Line]], line: Line) -> bool:
    """Whether a single line stands beneath a cell of the row above, and not beneath its first."""
    above = rows[-1]
    widest = max(rows, key=len)
    if line.page != above[0].page or above[0].base - line.base > 2.2 * line.size or len(widest) < 2:
        return False
    first, second = widest[0], widest[1]
    if line.left >= second.left - 3:
        return any(abs(line.left - cell.left) < 3 for cell in widest[1:])
    return (
        abs(line.left - first.left) < 3
        and line.right < second.left
        and above[0].base - line.base < 1.35 * line.size
        and len(above) > 1
    )


def _columns(rows: Sequence[Sequence[Line]]) -> list[_Column]:
    """The spans of the columns, as the fullest rows have them."""
    most = max(map(len, rows))
    spans = [(cell.left, cell.right) for row in rows if len(row) == most for cell in row]
    columns: list[_Column] = []
    for left, right in sorted(spans):
        if columns and left < columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], right))
        else:
            columns.append((left, right))
    return columns


def _column_of(cell: Line, columns: Sequence[_Column]) -> int:
    def apart(column: _Column) -> float:
        overlap = min(cell.right, column[1]) - max(cell.left, column[0])
        return -overlap

    return min(range(len(columns)), key=lambda place: apart(columns[place]))
