"""Every process watches which release is live and makes it its own within seconds, without dropping a request."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from bot.dialogue.bot import Bot
from bot.errors import BrokenKnowledge, ClinicbotError, NotReady
from bot.patients.live import Live, tested
from bot.store.database import Database
from bot.store.releases import find_live, load_release

LOG = logging.getLogger("clinicbot.live")
LOOKS_EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class Shelves:
    """Where what is made of a release is kept (`store`), and where vectors of shipped texts may stand (`known`)."""

    store: Path | None = None
    known: tuple[Path, ...] = ()


class Follower:
    """Keeps a `Live` at the release that was published last."""

    def __init__(self, database: Database, live: Live, shelves: Shelves) -> None:
        self._database = database
        self._live = live
        self._shelves = shelves
        self._seen = 0
        self._looking = threading.Lock()
        self._stop = threading.Event()

    def look(self) -> bool:
        """Whether another release became live and is served now. A release that cannot be served is left, and said."""
        with self._looking:
            with self._database.read() as db:
                newest = find_live(db)
                if newest is None or newest.publication_id == self._seen:
                    return False
                known = self._live.bot
                if known is not None and known.release.number == newest.number:
                    self._live.settle()  # rolled back to, from one that could not be served
                    self._seen = newest.publication_id
                    return False
                try:
                    release = load_release(db, newest.number)
                except NotReady as error:
                    return self._refuse(newest.publication_id, error.reason)
            if release is None:
                return self._refuse(newest.publication_id, f"release {newest.number} is not there")
            try:
                bot = tested(Bot(release, store=self._shelves.store, known=self._shelves.known, beside=known))
            except (NotReady, BrokenKnowledge) as error:
                return self._refuse(newest.publication_id, f"release {newest.number} cannot be served: {error}")
            self._live.swap(bot)
            self._seen = newest.publication_id
            LOG.info("release %s is live", newest.number)
            return True

    def start(self) -> None:
        """Look every second from now on, in a thread of its own."""
        threading.Thread(target=self._watch, name="release follower", daemon=True).start()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()

    def _watch(self) -> None:
        is_cut_off = False
        while not self._stop.wait(LOOKS_EVERY_S):
            try:
                self.look()
            except (
                sa.exc.SQLAlchemyError,
                ClinicbotError,
            ) as error:  # the database may come back: go on with what we have
                if not is_cut_off:  # said once, however long it lasts
                    LOG.warning("cannot look for new releases until the database answers: %s", type(error).__name__)
                is_cut_off = True
            else:
                if is_cut_off:
                    LOG.info("new releases are looked for again")
                is_cut_off = False

    def _refuse(self, publication_id: int, reason: str) -> bool:
        LOG.error("%s", reason)
        self._live.fail(reason)
        self._seen = publication_id
        return False
