"""Bots of other releases, for looking at what they say: the two that were used last stay open."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from bot.dialogue.bot import Bot
from bot.errors import InputError
from bot.faq.release import Release
from bot.store.database import Database
from bot.store.releases import load_release

MOST_OPEN = 2


class Library:
    """Opens each release once, however many ask for it at the same time."""

    def __init__(self, database: Database, ready: Callable[[Release], Bot]) -> None:
        """`ready` makes a bot of a release: in a second where its index is kept, in some more where it is not."""
        self._database = database
        self._ready = ready
        self._open: OrderedDict[int, Bot] = OrderedDict()
        self._opening = threading.Lock()

    def bot(self, number: int, live: Bot | None = None) -> Bot:
        """The bot of a release; `live` when that is the one.

        Raises InputError where there is no such release, NotReady when it cannot be opened.
        """
        if live is not None and live.release.number == number:
            return live
        with self._opening:
            known = self._open.get(number)
            if known is None:
                with self._database.read() as db:
                    release = load_release(db, number)
                if release is None:
                    raise InputError(field="release", got=str(number), allowed="the number of a release")
                known = self._ready(release)
                self._open[number] = known
                while len(self._open) > MOST_OPEN:
                    self._open.popitem(last=False)
            self._open.move_to_end(number)
            return known
