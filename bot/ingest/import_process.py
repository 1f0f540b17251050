"""The process in which another FAQ's files are read: with so much memory and time, and no file to write.

`python -m bot.ingest.import_process MEMORY_MB CPU_S FORMAT FILE…`: what was found as JSON on stdout.
"""

from __future__ import annotations

import sys
from pathlib import Path

from bot.ingest.ending import limit, printed
from bot.ingest.importers import Format, read_foreign


def main(arguments: list[str]) -> int:
    """Read the files that are named and print what stands in them; the exit code says what went wrong."""
    memory_mb, cpu_s, form, *files = arguments
    limit(int(memory_mb), int(cpu_s))
    return printed(lambda: read_foreign([Path(file) for file in files], Format(form)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
