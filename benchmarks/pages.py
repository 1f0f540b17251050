"""Bytes over the wire of the chat page, the widget and everything they load, compressed and not.

.venv/bin/python benchmarks/pages.py [--each]     (--each: every file for itself as well)
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import structlog
from flask.testing import FlaskClient

from bot.config import read_settings
from bot.dialogue.bot import Bot
from bot.patients.live import Live
from bot.web.app import create_app

PLACES = {
    "/": "the chat page with all it loads",
    "/widget.js": "the widget before it is opened",
    "/widget?channel=widget": "the widget's frame, once opened",
}
_LINKED = re.compile(r'(?:href|src)="(/(?:static/|theme)[^"]+)"')


def main() -> None:
    """Print one line a resource and the sum."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    client = create_app(
        read_settings({}), Live(Bot.from_knowledge(Path(__file__).parent.parent / "knowledge"))
    ).test_client()
    for place, name in PLACES.items():
        show(client, place, name)


def show(client: FlaskClient, place: str, name: str) -> None:
    """Print what `place` and everything it loads weigh, as a line of a table."""
    total = zipped_total = 0
    addresses = [place, *dict.fromkeys(_LINKED.findall(client.get(place).get_data(as_text=True)))]
    for address in addresses:
        raw = len(client.get(address).data)
        zipped = len(client.get(address, headers={"Accept-Encoding": "gzip"}).data)
        total, zipped_total = total + raw, zipped_total + zipped
        if "--each" in sys.argv:
            print(f"  {address.split('?')[0]:<50}{raw:>8}{zipped:>8}")
    weight = f"{len(addresses)} requests, {total / 1000:.1f} KB, {zipped_total / 1000:.1f} KB compressed"
    print(f"| {name} | {weight} |")


if __name__ == "__main__":
    main()
