"""Work spread over processes that have all that this one has in memory."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from threadpoolctl import threadpool_limits

AT_ONCE = 16  # items that a process takes at a time
FEWEST = 100  # items for which forking pays


def can_fork() -> bool:
    """Whether the system has such processes."""
    return "fork" in multiprocessing.get_all_start_methods()


def spread(work: Callable[[Any], Any], items: Sequence[Any], workers: int) -> Iterator[Any]:
    """What `work` gives for each item, in order: `map` in several processes. There must be no other threads."""
    if workers < 2 or len(items) < FEWEST or not can_fork():
        yield from map(work, items)
        return
    with multiprocessing.get_context("fork").Pool(workers, _begin, (work,)) as pool:
        yield from pool.imap(_do, items, chunksize=AT_ONCE)
        pool.close()
        pool.join()


_WORK: Callable[[Any], Any] | None = None  # of a worker: what it was forked for


def _begin(work: Callable[[Any], Any]) -> None:
    global _WORK
    _WORK = work
    threadpool_limits(1, user_api="blas")  # there is a process for each processor


def _do(item: Any) -> Any:
    if _WORK is None:
        raise RuntimeError("this process was not forked for any work")
    return _WORK(item)
