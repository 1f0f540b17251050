"""Tables sent as CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from flask import Response

from bot.ingest.cells import safe_cell


def sheet(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A CSV file to download, sent as it is read."""

    def lines() -> Iterator[str]:
        buffer = io.StringIO("\ufeff")  # without this mark Excel on Windows takes UTF-8 for its own old letters
        buffer.seek(0, io.SEEK_END)
        writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
        for row in (columns, *([safe_cell(value) for value in row] for row in rows)):
            writer.writerow(row)
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()

    response = Response(lines(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
