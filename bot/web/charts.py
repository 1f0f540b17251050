"""Pictures of figures: where each bar of a chart stands, for a template to draw as SVG without any script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT = 100.0
_STRIDE, _WIDTH = 10.0, 7.6  # from one column to the next, and how much of that is ink
_MOST_LABELS = 6
_LETTERS = 38  # of all labels, with one between each two, for which the narrowest phone has room
_STEPS = (2, 4, 6, 8, 10)  # even, so that half of the scale is a whole number


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A piece of a column in units of the picture; `kind` is what it stands for."""

    x: float
    y: float
    width: float
    height: float
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Pieces one above the other; `says` is told when somebody points at it, `label` stands beneath, or is empty.

    `mark` is the height of a line across it, where it should reach to. `is_spare`: its label is left out where there is
    little room.
    """

    x: float
    bars: tuple[Bar, ...]
    says: str
    label: str
    mark: float | None = None
    is_spare: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """A picture `width` by HEIGHT; `scale` is what stands beside its top, middle and foot."""

    width: float
    columns: tuple[Column, ...]
    scale: tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pile:
    """What a column shows: its pieces by kind, from the foot up."""

    label: str
    says: str
    pieces: tuple[tuple[str, float], ...]
    mark: float | None = None


def count_columns(piles: Sequence[Pile]) -> Columns:
    """Columns of counts, under a round number."""
    top = top_of(max((sum(value for _, value in pile.pieces) for pile in piles), default=0))
    return _drawn(piles, float(top), (f"{top:,}", f"{top // 2:,}", "0"))


def share_columns(piles: Sequence[Pile]) -> Columns:
    """Columns of shares, 0 to 1."""
    return _drawn(piles, 1.0, ("100%", "50%", "0%"))


def top_of(highest: float) -> int:
    """The next round and even number that nothing rises above."""
    power = 1
    while True:
        for step in _STEPS:
            if step * power >= highest:
                return step * power
        power *= 10


def _drawn(piles: Sequence[Pile], top: float, scale: tuple[str, str, str]) -> Columns:
    every = -(-len(piles) // _MOST_LABELS) if len(piles) > 2 * _MOST_LABELS else 1
    is_tight = sum(len(pile.label) + 1 for pile in piles[::every]) > _LETTERS
    columns = tuple(
        Column(
            x=_STRIDE * at,
            bars=_bars(pile, _STRIDE * at + (_STRIDE - _WIDTH) / 2, top),
            says=pile.says,
            label=pile.label if at % every == 0 else "",
            mark=None if pile.mark is None else round(HEIGHT * (1 - pile.mark / top), 2),
            is_spare=is_tight and at // every % 2 == 1,
        )
        for at, pile in enumerate(piles)
    )
    return Columns(width=_STRIDE * len(piles), columns=columns, scale=scale)


def _bars(pile: Pile, x: float, top: float) -> tuple[Bar, ...]:
    bars, foot = [], HEIGHT
    for kind, value in pile.pieces:
        height = HEIGHT * value / top
        foot -= height
        if value:
            bars.append(Bar(x=round(x, 2), y=round(foot, 2), width=_WIDTH, height=round(height, 2), kind=kind))
    return tuple(bars)
