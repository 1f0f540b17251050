"""How a process that runs for long is told to end: the first signal lets it finish what it has begun."""

from __future__ import annotations

import signal
import sys
from types import FrameType


def end_when_told() -> None:
    """From now on SIGTERM ends the process as Ctrl+C does, and a second one at once.

    By an exception and not by setting a flag: the main thread may hold the very lock that the flag needs.
    """
    signal.signal(signal.SIGTERM, _end)


def _end(number: int, _frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_DFL)
    sys.exit(0)
