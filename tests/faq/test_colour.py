"""Brand colours: contrast as worked by hand, and a readable shade for every colour there is."""

from __future__ import annotations

import colorsys
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.faq.colour import ENOUGH, WHITE, contrast, darker, lighter, lightest, nearest_readable

TOKENS = (Path(__file__).parents[2] / "bot/web/static/css/tokens.css").read_text(encoding="utf-8")
_DECLARED = re.compile(r"--([a-z-]+): (#[0-9a-f]{3,6});")
LIGHT = dict(_DECLARED.findall(TOKENS.partition("}")[0]))
DARK = dict(_DECLARED.findall(TOKENS.partition("(prefers-color-scheme: dark)")[2].partition("}")[0]))
DARK_GROUNDS = ("paper", "card", "you", "good-paper", "note-paper", "alarm-paper", "care-paper")
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


@given(COLOURS)
def test_the_dark_theme_has_lighter_shades_that_are_readable_wherever_they_stand(colour: str) -> None:
    brand = nearest_readable(colour)

    # Dark text on it (buttons), and its lines on every ground of the dark theme (WCAG 2.2, 1.4.3, 1.4.11).
    assert contrast(lighter(brand), DARK["on-brand"]) >= ENOUGH
    assert contrast(lightest(brand), DARK["on-brand"]) >= ENOUGH
    assert all(contrast(lighter(brand), DARK[ground]) >= 3 for ground in DARK_GROUNDS)
    # Links and titles are in its lightest shade, which is text; the tick of a box is in the other.
    assert all(contrast(lightest(brand), DARK[ground]) >= ENOUGH for ground in DARK_GROUNDS)
    assert contrast(lightest(brand), "#000000") > contrast(lighter(brand), "#000000")


@given(COLOURS)
def test_the_dark_shades_are_of_the_clinics_own_hue(colour: str) -> None:
    brand = nearest_readable(colour)
    for shade in (lighter(brand), lightest(brand)):
        hue, lightness, saturation = colorsys.rgb_to_hls(*(int(shade[at : at + 2], 16) / 255 for at in (1, 3, 5)))
        own = colorsys.rgb_to_hls(*(int(brand[at : at + 2], 16) / 255 for at in (1, 3, 5)))
        assert lightness >= own[1]
        assert saturation <= 0.75 or lightness > 0.95  # nothing glares
        if own[2] > 0.2 and saturation > 0.2:
            assert min(abs(hue - own[0]), 1 - abs(hue - own[0])) < 0.03


def test_the_shipped_colour_gives_the_shipped_dark_shades() -> None:
    assert contrast(lighter(LIGHT["brand"]), DARK["brand"]) < 1.15
    assert contrast(lightest(LIGHT["brand"]), DARK["brand-strong"]) < 1.15
