"""QR codes: the drawn modules are those of the text, and nothing in the markup needs a looser policy."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from bot.web.qr import svg_of

SVG = "{http://www.w3.org/2000/svg}"
ADDRESS = "https://clinic.example/answers/dry-lips"


def drawn_in(markup: str) -> set[tuple[int, int]]:
    """The dark modules as (row, column), quiet zone included, read from the drawn path."""
    root = ET.fromstring(markup)  # noqa: S314 - our own markup
    path = next(each for each in root.iter(f"{SVG}path") if each.get("stroke") == "#000")
    found: set[tuple[int, int]] = set()
    column, row = 0.0, 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", path.get("d") or ""):
        values = [float(number) for number in numbers.split()]
        if command == "h":
            found.update((int(row), int(column) + step) for step in range(int(values[0])))
            column += values[0]
        else:
            column, row = (values[0], values[1]) if command == "M" else (column + values[0], row + values[1])
    return found


@given(st.text(min_size=1, max_size=120))
def test_the_drawn_modules_are_those_of_the_text(text: str) -> None:
    rows = segno.make(text, error="m", micro=False).matrix_iter(border=4)
    expected = {(row, column) for row, line in enumerate(rows) for column, dark in enumerate(line) if dark}

    assert drawn_in(svg_of(text)) == expected


def test_it_is_an_image_with_a_name_and_no_size() -> None:
    root = ET.fromstring(svg_of(ADDRESS, "Take <this> home"))  # noqa: S314 - our own markup

    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == "Take <this> home"
    assert root.get("width") is None
    assert root.get("viewBox")


def test_nothing_in_it_needs_a_looser_policy() -> None:
    markup = svg_of(ADDRESS)

    assert not re.search(r"style|script|href|\bon\w+=", markup)
    assert markup.startswith("<svg ")


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="too"):
        svg_of("x" * 5000)
