"""Brand colours: contrast as worked by hand, and a readable shade for every colour there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.faq.colour import ENOUGH, WHITE, contrast, darker, nearest_readable

TOKENS = (Path(__file__).parents[2] / "bot/web/static/css/tokens.css").read_text(encoding="utf-8")
LIGHT = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", TOKENS.partition("}")[0]))
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


@given(COLOURS)
def test_a_brand_colour_that_settings_accept_is_readable_wherever_it_stands(colour: str) -> None:
    brand = nearest_readable(colour)

    # White text on it (buttons, the launcher), and its lines on every ground of the light theme (WCAG 2.2, 1.4.3, 1.4.11).
    assert LIGHT["on-brand"] == "#fff"
    assert contrast(brand, WHITE) >= ENOUGH
    assert all(contrast(brand, LIGHT[ground]) >= 3 for ground in ("paper", "you", "note-paper"))
    # Links and titles are in its darker shade, which is text.
    assert all(contrast(darker(brand), LIGHT[ground]) >= ENOUGH for ground in ("paper", "you", "note-paper"))
