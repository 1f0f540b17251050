"""The address at which people open a page of this server: the public one where it is set."""

from __future__ import annotations

from bot.config import Settings


def address_of(settings: Settings, path: str) -> str:
    """Where `path` is opened; without CLINICBOT_PUBLIC_URL at the address that is listened on."""
    if settings.public_url:
        return settings.public_url + path
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}{path}"
