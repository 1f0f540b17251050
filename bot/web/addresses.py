"""What the addresses on a patient's page carry on: that it stands in a frame, and the locale that was asked for."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import request


def channel_of_page() -> str:
    """Where this page stands: "widget" in the frame on another site, else "web"."""
    return "widget" if request.path == "/widget" or request.args.get("channel") == "widget" else "web"


def query_of_page(locale: str | None) -> str:
    """What every link of the page ends with: "?channel=widget&locale=es", or less, or nothing."""
    kept = {"channel": channel_of_page() if channel_of_page() != "web" else "", "locale": locale or ""}
    kept = {name: value for name, value in kept.items() if value}
    return f"?{urlencode(kept)}" if kept else ""


def query_of_locale(locale: str | None) -> str:
    """What the address of such a page ends with in a tab of its own, out of every frame: "?locale=es", or nothing."""
    return f"?{urlencode({'locale': locale})}" if locale else ""
