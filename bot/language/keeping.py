"""Files written all at once or not at all, so that whoever reads them never meets half of one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def replacing(file: Path) -> Iterator[IO[bytes]]:
    """A fresh file that takes the place of `file` once it is written; what was begun is gone when that fails.

    The folder is made when it is not there. May raise OSError.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=file.parent, suffix=file.suffix, delete=False) as fresh:
        try:
            yield fresh
        except BaseException:
            Path(fresh.name).unlink(missing_ok=True)
            raise
    os.replace(fresh.name, file)
