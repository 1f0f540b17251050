"""The process in which one document is read and its claims checked: with so much memory and time, and no file to write.

`python -m bot.ingest.reading_process MEMORY_MB CPU_S FILE NAME`: what was found as JSON on stdout; how far it is, on
stderr, as lines of two numbers.
"""

from __future__ import annotations

import sys
from pathlib import Path

from bot.ingest.claims import Checked, checked
from bot.ingest.ending import limit, printed
from bot.ingest.readers import read_bytes


def main(arguments: list[str]) -> int:
    """Read the file that is named and print what stands in it; the exit code says what went wrong."""
    memory_mb, cpu_s, path, name = arguments
    limit(int(memory_mb), int(cpu_s))

    def read() -> Checked:
        return checked(read_bytes(name, Path(path).read_bytes(), _tell))

    return printed(read)


def _tell(done: int, total: int) -> None:
    sys.stderr.write(f"{done} {total}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
