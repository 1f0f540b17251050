"""Bytes over the wire of the chat page, the widget and everything they load, compressed and not.

.venv/bin/python benchmarks/pages.py
"""

from __future__ import annotations

import re
from pathlib import Path

import structlog
from flask.testing import FlaskClient

from bot.config import read_settings
from bot.dialogue.bot import Bot
from bot.patients.live import Live
from bot.web.app import create_app

_LINKED = re.compile(r'(?:href|src)="(/(?:static/|theme)[^"]+)"')


def main() -> None:
    """Print one line a resource and the sum."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    client = create_app(
        read_settings({}), Live(Bot.from_knowledge(Path(__file__).parent.parent / "knowledge"))
    ).test_client()
    for place in ("/", "/widget?channel=widget", "/widget.js"):
        show(client, place)


def show(client: FlaskClient, place: str) -> None:
    """Print what `place` and everything it loads weigh."""
    total = zipped_total = 0
    addresses = [place, *dict.fromkeys(_LINKED.findall(client.get(place).get_data(as_text=True)))]
    for address in addresses:
        raw = len(client.get(address).data)
        zipped = len(client.get(address, headers={"Accept-Encoding": "gzip"}).data)
        total, zipped_total = total + raw, zipped_total + zipped
        print(f"{address.split('?')[0]:<30}{raw:>8}{zipped:>8}")
    print(f"{len(addresses)} requests{'':<18}{total:>10}{zipped_total:>8}\n")


if __name__ == "__main__":
    main()
