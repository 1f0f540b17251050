"""Whom an internet address stands for, where what one sender may do is limited."""

from __future__ import annotations

import ipaddress


def subject_of(address: str) -> str:
    """Whom an address stands for: with IPv6 one household has a whole network of 64 bits."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 6:
        return str(ipaddress.ip_network((int(found) >> 64 << 64, 64)))
    return str(found)
