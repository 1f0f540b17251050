"""Whom an internet address stands for, where what one sender may do is limited: the one rule for all limits."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from functools import lru_cache

# Networks of nobody's own: behind one address of theirs may be a whole clinic, or a proxy that was not told of.
_INSIDE = tuple(
    ipaddress.ip_network(each)
    for each in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"),
        *("fc00::/7", "fe80::/10"),
    )
)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who asks or writes, as far as an address tells. `may_be_many`: it may stand for any number of people."""

    subject: str
    may_be_many: bool = False


def _without_port(address: str) -> str:
    """Some proxies name the port of the connection along with the address, which is another one each time."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    host, colon, port = address.rpartition(":")
    return host if colon and port.isdigit() and ":" not in host else address


@lru_cache(maxsize=2048)
def sender_of(address: str | None) -> Sender | None:
    """Who sends from an address; None for this very machine: a tool of its operator's, or a proxy not told of.

    With IPv6 one household has a whole network of 64 bits.
    """
    try:
        found = ipaddress.ip_address(_without_port(address or "").partition("%")[0])
    except ValueError:
        return Sender(address or "", may_be_many=True)
    found = getattr(found, "ipv4_mapped", None) or found
    if found.is_loopback:
        return None
    if any(found in network for network in _INSIDE if network.version == found.version):
        return Sender(str(found), may_be_many=True)
    if found.version == 6:
        return Sender(str(ipaddress.ip_network((int(found) >> 64 << 64, 64))))
    return Sender(str(found))
