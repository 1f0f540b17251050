"""What addresses on a patient's page carry on: that it stands in a frame, the locale, text size and contrast."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import current_app, request

# How a page may be asked to look, where no script remembers it in the tab. The first value of each is the usual one.
LOOKS: Mapping[str, tuple[str, ...]] = {"text": ("", "2", "3"), "contrast": ("", "more")}


def channel_of_page() -> str:
    """Where this page stands: "widget" in the frame on another site, else "web"."""
    return "widget" if request.path == "/widget" or request.args.get("channel") == "widget" else "web"


def look_of_page() -> Mapping[str, str]:
    """The text size and contrast that the address asks for; empty for the usual ones."""
    asked = {name: request.args.get(name, "") for name in LOOKS}
    return {name: value if value in LOOKS[name] else "" for name, value in asked.items()}


def query_of_page(locale: str | None, change: str = "") -> str:
    """What every link of the page ends with: "?channel=widget&locale=es&text=2", or less, or nothing.

    `change` names a look, and the link then leads to its next value.
    """
    look = dict(look_of_page())
    if change:
        values = LOOKS[change]
        look[change] = values[(values.index(look[change]) + 1) % len(values)]
    kept = {"channel": channel_of_page() if channel_of_page() != "web" else "", "locale": locale or "", **look}
    kept = {name: value for name, value in kept.items() if value}
    return f"?{urlencode(kept)}" if kept else ""


def query_of_locale(locale: str | None) -> str:
    """What the address of such a page ends with in a tab of its own, out of every frame: "?locale=es", or nothing."""
    return f"?{urlencode({'locale': locale})}" if locale else ""


def place_of_page() -> str:
    """The path by which a link leads to this page again; the chat's where it was made of what a form sent."""
    ways = current_app.url_map.bind("")
    return request.path if ways.test(request.path, "GET") else "/"
