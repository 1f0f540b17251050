"""Rate limits: wide for one address, one bucket for all, nobody punished for standing behind a proxy."""

from __future__ import annotations

import pytest

from bot.web.contact_limits import MOST_ADDRESSES, Allowance, Limits

ADDRESS = "8.8.8.8"


class Seconds:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def limits(seconds: Seconds) -> Limits:
    return Limits(seconds, each=Allowance(3, 10.0), kiosk=Allowance(1, 60.0), together=Allowance(10, 1.0))


def test_an_address_may_send_several_at_once_and_then_in_time(limits: Limits, seconds: Seconds) -> None:
    assert [limits.take(ADDRESS, "web") for _ in range(4)] == [0.0, 0.0, 0.0, 10.0]
    seconds.at = 9.0
    assert limits.take(ADDRESS, "web") == pytest.approx(1.0)
    seconds.at = 10.0
    assert limits.take(ADDRESS, "web") == 0.0
    assert limits.take("9.9.9.9", "web") == 0.0


def test_an_ipv6_customer_is_one_sender(limits: Limits) -> None:
    taken = [limits.take(f"2a00:1450:4001:81b::{number}", "web") for number in range(4)]

    assert taken[-1] > 0
    assert limits.take("2a00:1450:4001:81c::1", "web") == 0.0


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.1.2.3", "192.168.0.7", None, "unknown"])
def test_who_cannot_be_told_apart_shares_the_common_allowance_only(limits: Limits, address: str | None) -> None:
    assert [limits.take(address, "web") for _ in range(11)] == [0.0] * 10 + [1.0]


def test_a_kiosk_has_a_small_allowance_of_its_own(limits: Limits) -> None:
    assert limits.take(ADDRESS, "kiosk") == 0.0
    assert limits.take(ADDRESS, "kiosk") == 60.0
    assert limits.take(ADDRESS, "web") == 0.0


def test_what_is_refused_does_not_count(limits: Limits, seconds: Seconds) -> None:
    for _ in range(20):
        limits.take(ADDRESS, "web")
    seconds.at = 10.0
    assert limits.take(ADDRESS, "web") == 0.0


def test_memory_is_bounded_and_heavy_senders_are_remembered(seconds: Seconds) -> None:
    limits = Limits(seconds, each=Allowance(3, 1e9), together=Allowance(10**9, 1e-9))
    for _ in range(3):
        limits.take(ADDRESS, "web")
    for number in range(MOST_ADDRESSES + 10):
        seconds.at += 1.0
        limits.take(f"9.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}", "web")

    assert limits.take(ADDRESS, "web") > 0
    assert len(limits._used) <= MOST_ADDRESSES
