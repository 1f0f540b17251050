"""Servers to deliver to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from receiving import Mailroom, Receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """An HTTP server on this machine."""
    opened = Receiver()
    yield opened
    opened.stop()


@pytest.fixture
def mailroom() -> Iterator[Mailroom]:
    """A mail server on this machine, without TLS."""
    opened = Mailroom()
    yield opened
    opened.stop()
