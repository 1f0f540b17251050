"""The process in which one document is read and its claims checked: with so much memory and time, and no file to write.

`python -m bot.ingest.reading_process FILE NAME MEMORY_MB CPU_S`: what was found as JSON on stdout; how far it is, on
stderr, as lines of two numbers.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from bot.errors import InputError
from bot.faq.release import plain
from bot.ingest.claims import checked
from bot.ingest.ending import OUT_OF_MEMORY, REFUSED, TOO_DEEP
from bot.ingest.readers import read_bytes

_DEEPEST = 3_000  # calls within calls: enough for any real document, not for one made to break readers


def main(arguments: list[str]) -> int:
    """Read the file that is named and print what stands in it; the exit code says what went wrong."""
    path, name, memory_mb, cpu_s = arguments
    limit(int(memory_mb), int(cpu_s))
    try:
        reading = read_bytes(name, Path(path).read_bytes(), _tell)
        text = json.dumps(plain(checked(reading)), ensure_ascii=False)
    except InputError as error:
        sys.stdout.buffer.write(json.dumps({"got": error.got, "allowed": error.allowed}).encode())
        return REFUSED
    except MemoryError:
        return OUT_OF_MEMORY
    except RecursionError:
        return TOO_DEEP
    sys.stdout.buffer.write(text.encode("utf-8", errors="replace"))
    return 0


def limit(memory_mb: int, cpu_s: int) -> None:
    """From here on this process has only so much, whatever a file makes it do."""
    memory = memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_AS, (3 * memory, 3 * memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.setrecursionlimit(_DEEPEST)


def _tell(done: int, total: int) -> None:
    sys.stderr.write(f"{done} {total}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
