"""Brand colours: contrast as worked by hand, and a readable shade for every colour there is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.faq.colour import ENOUGH, WHITE, contrast, nearest_readable

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", WHITE, 21.0), (WHITE, WHITE, 1.0), ("#777777", WHITE, 4.48), ("#ff0000", WHITE, 4.0)],
)
def test_contrast_is_as_worked_by_hand(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert contrast(one, other) == contrast(other, one)


@given(COLOURS)
def test_every_colour_has_a_readable_shade(colour: str) -> None:
    found = nearest_readable(colour)

    assert contrast(found, WHITE) >= ENOUGH
    assert found == colour if contrast(colour, WHITE) >= ENOUGH else contrast(found, WHITE) < 6
