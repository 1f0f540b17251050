"""The address at which people open a page of this server: the public one where it is set."""

from __future__ import annotations

from bot.config import Settings

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - named, not bound: browsers open no such address


def address_of(settings: Settings, path: str) -> str:
    """Where `path` is opened; without CLINICBOT_PUBLIC_URL at the address that is listened on."""
    if settings.public_url:
        return settings.public_url + path
    host = EVERYWHERE.get(settings.host, settings.host)
    host = f"[{host}]" if ":" in host else host
    return f"http://{host}:{settings.port}{path}"
