"""Numbers out of addresses and forms, none larger than the database can hold."""

from __future__ import annotations

from werkzeug.routing import IntegerConverter

MOST_DIGITS = 9  # of what can be the number of anything here; fits into every database's integers


def bounded(text: str) -> int:
    """The number that is written there; made for `type=`. Raises ValueError for what is none, or too large."""
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise ValueError(text[:MOST_DIGITS])
    return int(text)


class BoundedConverter(IntegerConverter):
    """`<int:…>` in addresses: what is too large is not found."""

    regex = rf"\d{{1,{MOST_DIGITS}}}"
