"""Arrays in files: read by many threads at once, as a worker does that opens two releases."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from bot.language.arrays import open_arrays, save_arrays


def linger(*_: object) -> None:
    """Work long enough for another thread to take its turn."""
    for _ in range(100):
        pass


@pytest.fixture
def threads_take_turns_often() -> Iterator[None]:
    interval, thresholds = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(1e-6)
    gc.set_threshold(1)
    gc.callbacks.append(linger)  # the collector comes at any moment, also in the midst of what looks like one step
    yield
    gc.callbacks.remove(linger)
    sys.setswitchinterval(interval)
    gc.set_threshold(*thresholds)


@pytest.mark.usefixtures("threads_take_turns_often")
def test_many_threads_may_open_the_same_folder_at_once(tmp_path: Path) -> None:
    saved = {f"row {number}": np.arange(number + 1) for number in range(20)}
    save_arrays(tmp_path / "kept", saved, {"colour": "blue"})

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: open_arrays(tmp_path / "kept"), range(20)))

    for arrays, facts in found:
        assert facts == {"colour": "blue"}
        assert {name: array.tolist() for name, array in arrays.items()} == {k: v.tolist() for k, v in saved.items()}
