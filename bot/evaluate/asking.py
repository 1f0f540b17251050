"""Many questions asked of the same bots: on every processor where a process can be forked, else one by one."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from multiprocessing.pool import Pool
from types import TracebackType
from typing import Any, TypeVar

from bot.dialogue.bot import Bot
from bot.dialogue.opening import find_encoder
from bot.evaluate.remembering import Memory
from bot.evaluate.spreading import AT_ONCE, FEWEST, can_fork
from bot.language.encoder import Floats
from bot.language.vectors import ExactVectors

R = TypeVar("R")
_Job = tuple[Callable[[Any, str], Any], int | None, str]  # what is asked, of which bot or of all, and the text

Memories = Mapping[Callable[[Bot, str], Any], Memory]  # by what is asked
Tell = Callable[[str, int, int], None]  # what is done now, how much of it, out of how much


def silent(_stage: str, _done: int, _total: int) -> None:
    """Tell nobody."""


class Asker:
    """Asks `bots`, which every worker shares in memory: they must be ready before, and there must be no threads.

    With one worker, or where the system cannot fork, questions are asked in this process. A context manager.
    """

    def __init__(
        self,
        bots: Sequence[Bot],
        workers: int = 1,
        memories: Mapping[int, Memories] | None = None,
        vectors: ExactVectors | None = None,
    ) -> None:
        """`memories` hold what was found out before of each bot, by its place; `vectors` those of what was asked."""
        self._bots = tuple(bots)
        self._memories = dict(memories or {})
        self._vectors = vectors or ExactVectors(None)
        self._encoder, _ = find_encoder()
        if self._encoder is not None:
            self._encoder.know(self._vectors.known)
        self._workers = workers if can_fork() else 1
        self._pool: Pool | None = None

    def each(
        self, ask: Callable[[Bot, str], R], texts: Sequence[str], *, bot: int = 0, tick: Callable[[], None]
    ) -> Iterator[R]:
        """What `ask`, a function of a module, gives for each text, in order; `bot` is its place among the bots."""
        return self._each(_asked, [(ask, bot, text) for text in texts], tick)

    def each_of_all(
        self, ask: Callable[[Sequence[Bot], str], R], texts: Sequence[str], *, tick: Callable[[], None]
    ) -> Iterator[R]:
        """The same for a function that asks all the bots: what one has worked out may serve the next."""
        return self._each(_asked, [(ask, None, text) for text in texts], tick)

    def _each(self, work: Callable[..., Any], jobs: Sequence[_Job], tick: Callable[[], None]) -> Iterator[Any]:
        """The workers begin at once, whenever their answers are wanted."""
        found: Iterator[Any]
        if self._workers < 2 or len(jobs) < FEWEST:
            found = (work(self._bots, job) for job in jobs)
        else:
            if self._pool is None:
                self._pool = multiprocessing.get_context("fork").Pool(self._workers, _share, (self._bots,))
            found = self._pool.imap(_worked, [(work, job) for job in jobs], chunksize=AT_ONCE)
        return _counted(found, tick)

    def each_once(
        self, ask: Callable[[Bot, str], R], texts: Sequence[str], *, bot: int = 0, tick: Callable[[], None]
    ) -> Iterator[R]:
        """As `each`, for texts that are asked at every check: what is remembered of the bot is not asked again, and
        their vectors are kept. `ask` gives a Level, a text or None.
        """
        memory = self._memories.get(bot, {}).get(ask) or Memory(None)
        fresh = [text for text in dict.fromkeys(texts) if not memory.holds(ask, text)]
        asked = self._each(_asked_noting, [(ask, bot, text) for text in fresh], tick)
        return self._each_once(ask, texts, dict.fromkeys(fresh), asked, memory, tick)

    def _each_once(
        self,
        ask: Callable[[Bot, str], R],
        texts: Sequence[str],
        fresh: Collection[str],
        asked: Iterator[tuple[R, Mapping[bytes, Floats]]],
        memory: Memory,
        tick: Callable[[], None],
    ) -> Iterator[R]:
        vectors: dict[bytes, Floats] = {}
        for text, (found, noted) in zip(fresh, asked, strict=True):
            memory.note(ask, text, found)
            vectors |= noted
        memory.save()
        self._vectors.add(vectors)
        for _ in range(len(texts) - len(fresh)):
            tick()
        for text in texts:
            yield memory.recall(ask, text)

    def __enter__(self) -> Asker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._encoder is not None:
            self._encoder.know({})
        if self._pool is not None:
            self._pool.terminate()
            self._pool.join()


_BOTS: tuple[Bot, ...] = ()  # of a worker: what it was forked with


def _share(bots: tuple[Bot, ...]) -> None:
    global _BOTS
    _BOTS = bots


def _counted(found: Iterator[R], tick: Callable[[], None]) -> Iterator[R]:
    for each in found:
        yield each
        tick()


def _worked(job: tuple[Callable[..., Any], _Job]) -> Any:
    work, asked = job
    return work(_BOTS, asked)


def _asked(bots: Sequence[Bot], job: _Job) -> Any:
    ask, place, text = job
    return ask(bots if place is None else bots[place], text)


def _asked_noting(bots: Sequence[Bot], job: _Job) -> tuple[Any, Mapping[bytes, Floats]]:
    """What is asked, and the vectors that were made for it."""
    encoder, _ = find_encoder()
    if encoder is None:
        return _asked(bots, job), {}
    with encoder.noting() as noted:
        return _asked(bots, job), noted
