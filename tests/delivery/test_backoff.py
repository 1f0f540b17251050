"""When a letter is tried again."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from receiving import NOON

from bot.delivery.backoff import LONGEST_PAUSE_S, LONGEST_S, MOST_ATTEMPTS, next_try, pause_s
from bot.delivery.letter import DeliveryError

ILL = DeliveryError("the server answered 500")


def waits(chance: float) -> list[timedelta]:
    found = [next_try(ILL, attempts=number, at=NOON, chance=chance) for number in range(1, MOST_ATTEMPTS)]
    return [each - NOON for each in found if each is not None]


def test_it_is_tried_soon_at_first_and_then_ever_more_rarely() -> None:
    assert [wait.total_seconds() for wait in waits(0.5)][:7] == [5, 15, 45, 135, 405, 900, 900]
    assert timedelta(days=1.5) < sum(waits(0.5), timedelta()) < timedelta(days=2.5)


def test_one_day_it_is_not_tried_any_more() -> None:
    assert next_try(ILL, attempts=MOST_ATTEMPTS, at=NOON, chance=0.5) is None
    assert next_try(DeliveryError("refused", permanent=True), attempts=1, at=NOON, chance=0.5) is None


def test_a_server_that_asks_for_time_is_given_it() -> None:
    error = DeliveryError("the server answered 429", after_s=600)

    assert next_try(error, attempts=1, at=NOON, chance=0) == NOON + timedelta(seconds=600)


@settings(deadline=None)
@given(st.integers(1, 10_000), st.floats(0, 1))
def test_waits_stay_within_bounds_and_chance_spreads_them(number: int, chance: float) -> None:
    again = next_try(ILL, attempts=min(number, MOST_ATTEMPTS - 1), at=NOON, chance=chance)

    assert again is not None
    assert 0 < (again - NOON).total_seconds() <= 1.25 * LONGEST_S
    assert 0 < pause_s(number, chance=chance) <= 1.25 * LONGEST_PAUSE_S
