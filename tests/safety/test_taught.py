"""Which texts stand for all, where there are too many to compare with."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.safety.taught import HARMLESS, Taught

SIZES = {0: 300, 1: 60, 2: 12, HARMLESS: 400}


def taught(sizes: dict[int, int], more: tuple[str, ...] = ()) -> Taught:
    texts = [f"{owner}: text {number}" for owner, count in sizes.items() for number in range(count)]
    owners = [owner for owner, count in sizes.items() for _ in range(count)]
    return Taught((), (*texts, *more), np.array([*owners, *[HARMLESS] * len(more)], dtype=np.int64))


def drawn(found: Taught, most: int) -> set[str]:
    return {found.texts[place] for place in found.some(most).tolist()}


def test_each_rule_has_its_share_and_the_red_ones_theirs() -> None:
    found = taught(SIZES)
    counts = Counter(found.owners[found.some(200)].tolist())

    assert sum(counts.values()) == 200
    assert counts[HARMLESS] == 70
    assert [counts[0], counts[1], counts[2]] == pytest.approx([105, 21, 4], abs=1)


@given(more=st.text(min_size=1, max_size=12), most=st.integers(1, 700))
def test_one_more_text_changes_few(more: str, most: int) -> None:
    before, after = drawn(taught(SIZES), most), drawn(taught(SIZES, (f"new {more}",)), most)

    assert len(before - after) <= 2
    assert len(after - before) <= 2


def test_all_stand_for_all_where_there_are_few() -> None:
    found = taught({0: 5, HARMLESS: 3})

    assert found.some(100).tolist() == list(range(8))
