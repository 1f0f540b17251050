"""Brand colours that can be read: contrast as WCAG defines it, and the nearest shade that passes."""

from __future__ import annotations

import colorsys
import re
from functools import lru_cache

ENOUGH = 4.5  # WCAG 2.2, 1.4.3, for text of normal size
WHITE = "#ffffff"
_SHADE = 0.76  # as dark as the shipped blue's own darker shade
_LIGHTEST_DARK = "#223646"  # of the dark theme's grounds the one on which a light text is read worst
_ON_DARK, _TEXT_ON_DARK = 6.0, 8.0  # contrasts on it: of lines and buttons, and of links; above what WCAG asks
_CALMEST = 0.6  # saturation: lighter shades of strong colours would glare
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def is_colour(text: str) -> bool:
    """Whether the text is a colour like #1f5f8b."""
    return _COLOUR.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 (none) to 21. Source: WCAG 2.2, relative luminance and contrast ratio."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def nearest_readable(colour: str) -> str:
    """The colour itself when white text can be read on it, else its lightest darker shade on which it can."""
    red, green, blue = (value / 255 for value in _parts(colour))
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    for step in range(256):
        shade = colorsys.hls_to_rgb(hue, lightness * (1 - step / 255), saturation)
        found = "#" + "".join(f"{int(value * 255):02x}" for value in shade) if step else colour.lower()
        if contrast(found, WHITE) >= ENOUGH:
            return found
    return "#000000"


def darker(colour: str) -> str:
    """A darker shade of the same colour, for links and for what the pointer is over."""
    return "#" + "".join(f"{round(part * _SHADE):02x}" for part in _parts(colour))


def lighter(colour: str) -> str:
    """A lighter shade of the same colour for lines and buttons of the dark theme; dark text can be read on it."""
    return _lightened(colour, _ON_DARK)


def lightest(colour: str) -> str:
    """A still lighter shade of the same colour, for links of the dark theme and for what the pointer is over there."""
    return _lightened(colour, _TEXT_ON_DARK)


@lru_cache(maxsize=64)  # the style sheet is made for every request
def _lightened(colour: str, enough: float) -> str:
    hue, lightness, saturation = colorsys.rgb_to_hls(*(value / 255 for value in _parts(colour)))
    for step in range(256):
        shade = colorsys.hls_to_rgb(hue, lightness + (1 - lightness) * step / 255, min(saturation, _CALMEST))
        found = "#" + "".join(f"{round(value * 255):02x}" for value in shade)
        if contrast(found, _LIGHTEST_DARK) >= enough:
            return found
    return WHITE


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (part / 255 for part in _parts(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
