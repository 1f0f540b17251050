"""What a server process works with, opened in order: database, seed, live release, watcher, turns, worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.config import NONE, Secret, Settings
from bot.config_key import SECRET_FILE, has_key, make_key
from bot.delivery.targets import open_worker
from bot.delivery.worker import Worker
from bot.errors import BrokenKnowledge, SettingError
from bot.faq.files import load_knowledge
from bot.patients.following import Follower, Shelves
from bot.patients.live import Live
from bot.patients.turns import Turns
from bot.staff.readying import vectors_known
from bot.staff.sealed import check_sealed, reseal_steps
from bot.staff.seeding import is_empty, seed_if_empty
from bot.staff.uploads import sweep_left_over
from bot.store.database import Database, open_database
from bot.store.sealing import Sealer, open_sealer


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Everything that outlives a request. `left_out` are faults of entries that were not taken into the database;
    without a `sealer` the application opens its own.

    `worker` is None where messages go nowhere but the inbox, or where another process delivers them.
    """

    database: Database
    key: Secret
    live: Live
    follower: Follower
    turns: Turns
    sealer: Sealer | None = None
    left_out: tuple[str, ...] = ()
    worker: Worker | None = None

    def start(self) -> None:
        """Watch for new releases, and deliver what waits, from now on."""
        self.follower.start()
        if self.worker is not None:
            self.worker.start()

    def close(self) -> None:
        """Stop watching, store what waits, stop delivering, let go of the database.

        A letter that is cut off is sent again by the next process, a turn that is not stored is lost: turns go first.
        """
        self.follower.stop()
        self.turns.close()
        if self.worker is not None:
            self.worker.stop()
        self.database.close()


def open_house(settings: Settings, now: Callable[[], datetime]) -> House:
    """Open the database (seeded from the knowledge folder when it is empty) and make the live release ready.

    A release that cannot be served, or knowledge that cannot be seeded, gives a `Live` without a bot and the reason.
    Raises SettingError or NotReady when there is no database to work with.
    """
    database = open_database(settings.database, within=settings.data_dir)
    key = _key(settings, database)
    sealer = open_sealer(database, key, settings.secret_key_old, now=now())
    reseal_steps(database, key, settings.secret_key_old, now())
    live = Live(None, "no release was published yet")
    left_out = _seed(database, settings, live, now()) if is_empty(database) else ()
    follower = Follower(database, live, Shelves(settings.index_dir, vectors_known(settings)))
    follower.look()
    kept, done_kept = timedelta(days=settings.retention_days), timedelta(days=settings.handoff_retention_days)
    turns = Turns(database, now, kept, done_kept)
    turns.purge()
    sweep_left_over(now())
    turns.chores.append(lambda: sweep_left_over(now()))
    worker = open_worker(database, settings, sealer, now) if settings.delivery.worker else None
    return House(
        database=database,
        key=key,
        live=live,
        follower=follower,
        turns=turns,
        sealer=sealer,
        left_out=left_out,
        worker=worker,
    )


def _key(settings: Settings, database: Database) -> Secret:
    """The signing key; one is made at the first start. Raises SettingError where one is lost that is needed."""
    # Looked for once more, because another process that starts now may have made the first one just before.
    if not has_key(settings) and (lost := check_sealed(database, NONE).sealed) and not has_key(settings):
        database.close()
        raise SettingError(
            name="CLINICBOT_SECRET_KEY",
            got=f"none, and no {SECRET_FILE} in {settings.data_dir}",
            allowed=f"the key with which {lost} secrets in this database were sealed: put back {SECRET_FILE}",
        )
    return make_key(settings)


def _seed(database: Database, settings: Settings, live: Live, now: datetime) -> tuple[str, ...]:
    try:
        loaded = load_knowledge(settings.knowledge_dir, number=1, published_at=now)
    except BrokenKnowledge as error:
        live.fail(str(error))
        return ()
    seed_if_empty(database, loaded, now)
    return tuple(str(problem) for problem in loaded.problems)
