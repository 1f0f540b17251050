"""Nothing is posted to this machine, to the clinic's network or to a cloud's store of passwords, unless it is named."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery.addresses import is_public, open_addresses
from bot.delivery.letter import DeliveryError


def resolving(*addresses: str):  # type: ignore[no-untyped-def]
    return lambda host, port: addresses


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",  # noqa: S104
        "169.254.169.254", "100.64.0.1", "192.0.0.1", "192.0.2.7", "198.18.0.1", "224.0.0.1", "240.0.0.1",
        "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::",
        "2002:a9fe:a9fe::", "2001:db8::1", "fec0::1", "feff::1", "3fff::1",
        "not an address", "",
    ],
)  # fmt: skip
def test_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


@settings(deadline=None)
@given(st.ip_addresses(v=4))
def test_an_address_is_as_public_however_it_is_written(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    inside = [f"::ffff:{address}", str(ipaddress.IPv6Address((0x0064_FF9B << 96) | number))]

    assert {is_public(text) for text in inside} == {is_public(str(address))}


def test_a_name_that_leads_anywhere_private_is_refused_whole() -> None:
    with pytest.raises(DeliveryError) as refused:
        open_addresses("clinic.example", 443, allowed=(), resolve=resolving("93.184.216.34", "10.0.0.1"))

    assert refused.value.permanent
    assert "10.0.0.1" not in refused.value.reason


def test_a_host_that_the_operator_names_may_be_private() -> None:
    found = open_addresses("Mirth.local", 443, allowed=("mirth.local",), resolve=resolving("10.0.0.1"))

    assert found == ("10.0.0.1",)


def test_a_name_that_cannot_be_looked_up_is_tried_again() -> None:
    def fails(host: str, port: int) -> tuple[str, ...]:
        raise OSError("no such name")

    with pytest.raises(DeliveryError) as refused:
        open_addresses("clinic.example", 443, allowed=(), resolve=fails)

    assert not refused.value.permanent
