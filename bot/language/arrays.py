"""Arrays by name, with a few facts: saved as a folder all at once, mapped into memory by whatever opens it."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.errors import NotReady

Array = NDArray[Any]
Arrays = Mapping[str, Array]

_FACTS = "arrays.json"
# NumPy parses the head of a file with `ast`, and Python 3.11 counts its recursion once for all threads: two that read
# at once may meet a SystemError (python/cpython#106905).
_ONE_HEAD = threading.Lock()


def save_arrays(folder: Path, arrays: Arrays, facts: Mapping[str, Any]) -> None:
    """Write to `folder`, which appears whole or not at all. May raise OSError."""
    with _fresh(folder) as fresh:
        for name, array in arrays.items():
            np.save(fresh / f"{name}.npy", array, allow_pickle=False)
        text = json.dumps({"facts": facts, "arrays": sorted(arrays)}, ensure_ascii=False, sort_keys=True)
        (fresh / _FACTS).write_text(text, encoding="utf-8")


def open_arrays(folder: Path) -> tuple[dict[str, Array], dict[str, Any]]:
    """The arrays of a folder, read-only, and its facts. Raises NotReady when there are none, or they are damaged."""
    try:
        kept = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
        mapped = {name: load_array(folder / f"{name}.npy", is_mapped=True) for name in kept["arrays"]}
        return {name: np.asarray(array) for name, array in mapped.items()}, dict(kept["facts"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotReady(f"{folder.name} cannot be read: {error}") from error


def load_array(file: Path, is_mapped: bool = False) -> Array:
    """The array of a file: read, or mapped read-only. Raises OSError or ValueError; any thread may ask for any file."""
    with _ONE_HEAD:
        found: Array = np.load(file, mmap_mode="r" if is_mapped else None, allow_pickle=False)
    return found


@contextmanager
def _fresh(folder: Path) -> Iterator[Path]:
    """An empty folder that takes the place of `folder` when all went well; two writers do no harm."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield fresh
        if folder.is_dir():
            shutil.rmtree(folder, ignore_errors=True)  # who has it mapped keeps it
        else:
            folder.unlink(missing_ok=True)
        try:
            os.rename(fresh, folder)
        except OSError:
            if not (folder / _FACTS).is_file():  # else another process was quicker with the same content
                raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
