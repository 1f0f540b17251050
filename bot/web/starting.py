"""A start that takes long: systemd is asked for patience while a release is learnt, so that it ends nobody midway."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from bot.web.server import notify

ASKS_EVERY_S = 30.0
EACH_S = 120.0  # for which it is asked at a time, so that a late word does no harm
LONGEST_S = 3600.0  # whoever has learnt nothing by then never will


@contextmanager
def patience(environ: Mapping[str, str], clock: Callable[[], float] = time.monotonic) -> Iterator[None]:
    """Ask for more time (EXTEND_TIMEOUT_USEC of sd_notify) as long as the block lasts, an hour at most."""
    over = threading.Event()
    asking = threading.Thread(target=_ask, args=(environ, over, clock), name="start", daemon=True)
    asking.start()
    try:
        yield
    finally:
        over.set()
        asking.join()


def _ask(environ: Mapping[str, str], over: threading.Event, clock: Callable[[], float]) -> None:
    until = clock() + LONGEST_S
    while clock() < until:
        notify(environ, f"EXTEND_TIMEOUT_USEC={int(EACH_S * 1_000_000)}")
        if over.wait(ASKS_EVERY_S):
            return
