"""The stamp of a form: ours or none, and how old it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.config import Secret
from bot.web.stamps import Stamps

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
STAMPS = Stamps(Secret("k" * 40))


def test_a_stamp_comes_back_with_its_request_and_time() -> None:
    one, other = STAMPS.make(NOON), STAMPS.make(NOON)
    stamp = STAMPS.read(one)

    assert stamp is not None
    assert stamp.made_at == NOON
    assert one != other
    assert STAMPS.read(STAMPS.make(NOON, "same")).request_key == "same"  # type: ignore[union-attr]


def test_a_stamp_is_good_from_two_seconds_to_a_day() -> None:
    stamp = STAMPS.read(STAMPS.make(NOON))

    assert stamp is not None
    assert stamp.is_too_young(NOON + timedelta(seconds=1))
    assert not stamp.is_too_young(NOON + timedelta(seconds=2))
    assert not stamp.is_too_old(NOON + timedelta(hours=24))
    assert stamp.is_too_old(NOON + timedelta(hours=25))


@given(st.text(max_size=400))
def test_what_is_not_ours_is_no_stamp(text: str) -> None:
    assert STAMPS.read(text) is None
    assert Stamps(Secret("o" * 40)).read(STAMPS.make(NOON)) is None
