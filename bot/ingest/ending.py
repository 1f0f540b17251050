"""What the processes that read files have in common: the limits they begin with, and how they tell what came of it."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable

from bot.errors import InputError
from bot.faq.release import plain

REFUSED, OUT_OF_MEMORY, TOO_DEEP = 10, 11, 12
_DEEPEST = 3_000  # calls within calls: enough for any real document, not for one made to break readers


def limit(memory_mb: int, cpu_s: int) -> None:
    """From here on this process has only so much, whatever a file makes it do."""
    memory = memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_AS, (3 * memory, 3 * memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.setrecursionlimit(_DEEPEST)


def printed(read: Callable[[], object]) -> int:
    """Print what is read as JSON, or why it is refused; the exit code says which."""
    try:
        text = json.dumps(plain(read()), ensure_ascii=False)
    except InputError as error:
        told = {"field": error.field, "got": error.got, "allowed": error.allowed}
        sys.stdout.buffer.write(json.dumps(told).encode())
        return REFUSED
    except MemoryError:
        return OUT_OF_MEMORY
    except RecursionError:
        return TOO_DEEP
    sys.stdout.buffer.write(text.encode("utf-8", errors="replace"))
    return 0
