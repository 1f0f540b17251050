"""CSV that staff download: no cell is a formula, and everything comes back as it was."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ingest.cells import safe_cell
from bot.web.sheets import sheet


@pytest.mark.parametrize("text", ["=1+1", "+44 20", "-2", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_what_a_spreadsheet_would_compute_is_kept_as_text(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


def test_numbers_stay_numbers() -> None:
    assert safe_cell(-3) == "-3"
    assert safe_cell(None) == ""


@given(st.lists(st.tuples(st.text(), st.text()), max_size=8))
def test_what_was_put_in_comes_out(rows: list[tuple[str, str]]) -> None:
    sent = sheet("x.csv", ("a", "b"), rows).get_data()
    assert sent.startswith(b"\xef\xbb\xbf")
    text = sent.decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(text, newline="")))

    assert read[0] == ["a", "b"]
    assert [tuple(row) for row in read[1:]] == [(safe_cell(one), safe_cell(other)) for one, other in rows]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in read[1:] for cell in row)
