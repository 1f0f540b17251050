"""Charts: every piece stands where its figure says, on the one beneath it, and within the picture."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.charts import HEIGHT, Pile, count_columns, share_columns, top_of

piles = st.lists(
    st.lists(st.integers(0, 100_000), min_size=1, max_size=4).map(
        lambda values: Pile(label="x", says="", pieces=tuple((f"kind-{at}", value) for at, value in enumerate(values)))
    ),
    min_size=1,
    max_size=100,
)


@given(piles=piles)
def test_heights_are_as_the_counts_and_nothing_rises_above_the_scale(piles: list[Pile]) -> None:
    drawn = count_columns(piles)
    top = int(drawn.scale[0].replace(",", ""))

    assert top == 2 * int(drawn.scale[1].replace(",", ""))
    for pile, column in zip(piles, drawn.columns, strict=True):
        assert [bar.kind for bar in column.bars] == [kind for kind, value in pile.pieces if value]
        heights = [HEIGHT * value / top for _, value in pile.pieces if value]
        assert [bar.height for bar in column.bars] == pytest.approx(heights, abs=0.01)
        foot = HEIGHT
        for bar in column.bars:
            assert bar.y + bar.height == pytest.approx(foot, abs=0.02)
            assert column.x < bar.x < bar.x + bar.width < column.x + 10 <= drawn.width
            foot = bar.y
        assert foot >= -0.01


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 2), (1, 2), (3, 4), (10, 10), (11, 20), (61, 80), (1_000_001, 2_000_000)]
)
def test_scales_are_round(highest: int, top: int) -> None:
    assert top_of(highest) == top


def test_a_share_reaches_to_its_mark_when_both_are_the_same() -> None:
    drawn = share_columns([Pile(label="90%", says="", pieces=(("helped", 0.925),), mark=0.925)])

    assert drawn.columns[0].mark == drawn.columns[0].bars[0].y == 7.5


def test_labels_are_left_out_before_they_touch() -> None:
    days = count_columns([Pile(label=f"{day} Nov", says="", pieces=()) for day in range(1, 31)])
    week = count_columns([Pile(label=day, says="", pieces=()) for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat")])

    assert [column.label for column in days.columns if column.label] == [f"{day} Nov" for day in (1, 6, 11, 16, 21, 26)]
    assert all(column.label and not column.is_spare for column in week.columns)
