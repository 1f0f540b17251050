"""Results that are worked out when they are wanted, or on another processor before that."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from typing import Generic, TypeVar

T = TypeVar("T")


class Coming(Generic[T]):
    """What `work` gives, worked out once. Threads may share it; two that want it at once may both do the work."""

    __slots__ = ("_begun", "_found", "_is_found", "_work")

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._begun: Future[T] | None = None
        self._is_found = False
        self._found: T

    def begin(self) -> None:
        """Have it worked out meanwhile, where a second processor is; pays for work outside of the interpreter."""
        if self._is_found or self._begun is not None:
            return
        helper = _helper()
        if helper is not None:
            self._begun = helper.submit(self._work)
            time.sleep(0)  # lets go of the interpreter: else the helper would wait for it until its turn is over

    def result(self) -> T:
        """What the work gives, or raises. Begun work that nobody has taken up yet is done here and now."""
        if not self._is_found:
            begun, self._begun = self._begun, None
            self._found = self._work() if begun is None or begun.cancel() else begun.result()
            self._is_found = True
        return self._found


@lru_cache(maxsize=1)
def _helper() -> ThreadPoolExecutor | None:
    """The thread that works ahead; None on a single processor."""
    return ThreadPoolExecutor(1, thread_name_prefix="ahead") if processors() > 1 else None


def processors() -> int:
    """How many processes can work at the same time."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


if hasattr(os, "register_at_fork"):  # a forked process has none of its parent's threads
    os.register_at_fork(after_in_child=_helper.cache_clear)
