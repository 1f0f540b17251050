"""Which addresses may be posted to: public ones, and hosts that the operator names; looked up once, then held to."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Collection

from bot.delivery.letter import DeliveryError

Resolve = Callable[[str, int], tuple[str, ...]]
Ip = ipaddress.IPv4Address | ipaddress.IPv6Address

# Addresses that carry another one inside: what counts is the one inside.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_COMPATIBLE = ipaddress.IPv6Network("::/96")
# What is_global lets pass: the private addresses before fc00::/7 (RFC 3879), and those of newer examples (RFC 9637).
_NOBODYS = (ipaddress.IPv6Network("fec0::/10"), ipaddress.IPv6Network("3fff::/20"))


def look_up(host: str, port: int) -> tuple[str, ...]:
    """The addresses of a host, in the system's order of preference. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


def open_addresses(host: str, port: int, *, allowed: Collection[str], resolve: Resolve = look_up) -> tuple[str, ...]:
    """The addresses that a connection to the host may use; nobody may look the name up again and use another.

    Raises DeliveryError when the name leads into a network that is not public: a name that somebody else holds must not
    make us speak to this machine, to the clinic's own network, or to the cloud's store of passwords.
    """
    try:
        found = resolve(host, port)
    except (OSError, UnicodeError) as error:
        raise DeliveryError("the host's name cannot be looked up") from error
    if not found:
        raise DeliveryError("the host's name leads nowhere")
    if host.lower() not in allowed:
        for text in found:
            if not is_public(text):
                reason = "the host's address is not a public one, and CLINICBOT_ALLOWED_TARGET_HOSTS does not name it"
                raise DeliveryError(reason, permanent=True)
    return found


def is_public(text: str) -> bool:
    """Whether an address belongs to the public internet, by the registries of special addresses (RFC 6890)."""
    try:
        address = _inner(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return False
    if any(address in network for network in _NOBODYS):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _inner(address: Ip) -> Ip:
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64 or address in _COMPATIBLE:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else address)
