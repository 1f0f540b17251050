"""Numbers out of addresses and forms, none larger than the database can hold."""

from __future__ import annotations

from flask import abort
from werkzeug.routing import IntegerConverter

MOST_DIGITS = 9  # of what can be the number of anything here; fits into every database's integers


def bounded(text: str) -> int:
    """The number that is written there; made for `type=`. Raises ValueError for what is none, or too large."""
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise ValueError(text[:MOST_DIGITS])
    return int(text)


def number_in(text: str) -> int:
    """The number that is written there; 0 for what is none, or too large."""
    try:
        return bounded(text)
    except ValueError:
        return 0


def require_number(text: str) -> int:
    """The number that a page of ours wrote there; 400 for whoever sends something else."""
    try:
        return bounded(text)
    except ValueError:
        abort(400)


class BoundedConverter(IntegerConverter):
    """`<int:…>` in addresses: what is too large is not found."""

    regex = rf"\d{{1,{MOST_DIGITS}}}"
