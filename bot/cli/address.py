"""The address at which people open a page of this server: the public one where it is set."""

from __future__ import annotations

from ipaddress import ip_address

from bot.config import Settings


def address_of(settings: Settings, path: str) -> str:
    """Where `path` is opened; without CLINICBOT_PUBLIC_URL at the address that is listened on."""
    if settings.public_url:
        return settings.public_url + path
    host = _opened(settings.host)
    host = f"[{host}]" if ":" in host else host
    return f"http://{host}:{settings.port}{path}"


def _opened(host: str) -> str:
    """What a browser opens: a server that listens everywhere is reached at this machine's own address."""
    try:
        address = ip_address(host)
    except ValueError:
        return host  # a name
    if address.is_unspecified:
        return "127.0.0.1" if address.version == 4 else "::1"
    return host
