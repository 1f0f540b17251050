"""What all tests share: the shipped knowledge, loaded once, and the rule for what may be skipped."""

from __future__ import annotations

import fcntl
import itertools
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import HealthCheck, settings
from jinja2.bccache import Bucket, BytecodeCache

from bot.config import Secret
from bot.dialogue.bot import Bot
from bot.faq.files import Loaded, load_knowledge
from bot.faq.holding import as_filed
from bot.faq.release import Level
from bot.faq.writing import knowledge_files, write_knowledge
from bot.patients.following import Follower, Shelves
from bot.patients.live import Live
from bot.patients.turns import Turns
from bot.staff import passwords
from bot.staff.assembly import with_entries
from bot.staff.seeding import seed_if_empty
from bot.store.database import Database, open_database
from bot.web.opening import House

ROOT = Path(__file__).parent.parent
KNOWLEDGE = ROOT / "knowledge"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)  # a Tuesday

# How long an example takes says how busy the machine is, and nothing about the program.
settings.register_profile("untimed", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hashes of passwords that take no time: what they withstand is argon2's business."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


class CompiledTemplates(BytecodeCache):
    """Templates compiled once in this process."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """What was compiled of the same source."""
        if kept := self._kept.get(bucket.key):
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(scope="session", autouse=True)
def quick_templates() -> Iterator[None]:
    """Hundreds of applications are made here, and each would compile the same templates anew."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", {**Flask.jinja_options, "bytecode_cache": CompiledTemplates()})
        yield


@pytest.fixture(scope="session")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What was learnt of the shipped knowledge, a folder `index`: made once for all processes that run tests."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own) / "learnt"
    if kept := os.environ.get("TEST_LEARNT"):  # where somebody will go on with it after the tests
        folder = Path(kept).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            Bot.from_knowledge(KNOWLEDGE, store=folder / "index")
            (folder / "made").touch()
    return folder / "index"


@pytest.fixture(scope="session")
def bot(learnt: Path) -> Bot:
    return Bot.from_knowledge(KNOWLEDGE, store=learnt)


@pytest.fixture(scope="session")
def lay_learnt(learnt: Path) -> Callable[[Path], Path]:
    """`lay_learnt(folder)` puts what was learnt there, so that nobody has to learn it again; gives the folder."""

    def lay(folder: Path) -> Path:
        return Path(shutil.copytree(learnt, folder, copy_function=os.link, dirs_exist_ok=True))

    return lay


@pytest.fixture
def knowledge(tmp_path: Path) -> Path:
    """A copy of the shipped knowledge, to break."""
    return Path(shutil.copytree(KNOWLEDGE, tmp_path / "knowledge"))


@pytest.fixture(scope="session")
def missing() -> Callable[[str], None]:
    """Skip for what this machine lacks, or fail where everything is required."""

    def leave(reason: str) -> None:
        if os.environ.get("TEST_REQUIRE_ALL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)

    return leave


@pytest.fixture(scope="session")
def postgresql(missing: Callable[[str], None]) -> Iterator[str]:
    """The address of a PostgreSQL server of our own, as a URL without a database's name."""
    found = shutil.which("initdb") or next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))[-1:]), None)
    if found is None:
        missing("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    programs = Path(str(found)).resolve().parent
    # The server refuses to run as root, so it then runs as the user that its package made.
    user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="pg", dir="/tmp") as folder:
        os.chmod(folder, 0o777)  # noqa: S103 - the server runs as another user
        data = f"{folder}/data"
        run = {"check": True, "capture_output": True, "cwd": folder}
        subprocess.run([*user, programs / "initdb", "-D", data, "-U", "clinic", "-A", "trust", "--no-sync"], **run)
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c max_connections=200"
        options += " -c fsync=off -c full_page_writes=off -c autovacuum=off"  # it is gone before any power can fail
        subprocess.run(
            [*user, programs / "pg_ctl", "-D", data, "-o", options, "-l", f"{data}/log", "-w", "start"], **run
        )
        yield f"postgresql+psycopg://clinic@/%s?host={folder}"
        subprocess.run([*user, programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"], **run)


_NUMBERS = itertools.count()


def _new_database(address: str, template: str = "template1") -> str:
    """The address of a new PostgreSQL database, a copy of `template`."""
    name = f"clinic_{next(_NUMBERS)}"
    server = sa.create_engine(address % "postgres", isolation_level="AUTOCOMMIT")
    with server.connect() as db:
        db.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    server.dispose()
    return str(address % name)


@pytest.fixture(params=["sqlite", "postgresql"])
def any_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def any_url(any_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of either kind."""
    if any_kind == "sqlite":
        return f"sqlite:///{tmp_path / 'clinic.db'}"
    return _new_database(request.getfixturevalue("postgresql"))


@pytest.fixture(scope="session")
def postgresql_migrated(postgresql: str) -> str:
    """The name of an empty, migrated PostgreSQL database, to be copied."""
    address = _new_database(postgresql)
    open_database(address).close()
    return str(sa.make_url(address).database)


@pytest.fixture
def any_database(any_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty, migrated database of either kind."""
    if any_kind == "sqlite":
        empty = request.getfixturevalue("empty_file")
        url = f"sqlite:///{shutil.copyfile(empty, tmp_path / 'clinic.db')}"
    else:
        template = request.getfixturevalue("postgresql_migrated")
        url = _new_database(request.getfixturevalue("postgresql"), template)
    opened = open_database(url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, migrated SQLite database, to be copied."""
    file = tmp_path_factory.mktemp("empty") / "clinic.db"
    open_database(f"sqlite:///{file}").close()
    return file


@pytest.fixture(scope="session")
def seeded_file(empty_file: Path, loaded: Loaded) -> Path:
    """The same with the shipped knowledge in it."""
    file = Path(shutil.copyfile(empty_file, empty_file.with_name("seeded.db")))
    opened = open_database(f"sqlite:///{file}")
    seed_if_empty(opened, loaded, NOON)
    opened.close()
    return file


@pytest.fixture
def database(tmp_path: Path, empty_file: Path) -> Iterator[Database]:
    """An empty, migrated SQLite database."""
    opened = open_database(f"sqlite:///{shutil.copyfile(empty_file, tmp_path / 'clinic.db')}")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def loaded() -> Loaded:
    """The shipped knowledge, read."""
    return load_knowledge(KNOWLEDGE, number=1, published_at=NOON)


@pytest.fixture(scope="session")
def small(loaded: Loaded) -> Loaded:
    """A few of the shipped entries, and a rule of each level with a few examples: learnt in half a second."""
    release = loaded.release
    first = [next(rule for rule in release.rules if rule.level is level) for level in Level]
    rules = tuple(replace(rule, examples=rule.examples[:12], hard_negatives=rule.hard_negatives[:6]) for rule in first)
    less = replace(release, rules=rules, harmless=release.harmless[::30], background=release.background[:12])
    return replace(loaded, release=with_entries(less, [replace(each, related=()) for each in release.entries[:6]]))


@pytest.fixture
def small_knowledge(small: Loaded, tmp_path: Path) -> Path:
    """The small release as a knowledge folder, for commands that ask it everything."""
    folder = tmp_path / "knowledge"
    write_knowledge(folder, knowledge_files(as_filed(small.release), small.documents, ""))
    return folder


@pytest.fixture(scope="session")
def small_bot(small: Loaded) -> Bot:
    return Bot(small.release, known=(KNOWLEDGE,))


@pytest.fixture
def house(
    database: Database, bot: Bot, seeded_file: Path, tmp_path: Path, lay_learnt: Callable[[Path], Path]
) -> Iterator[House]:
    """A database seeded with the shipped knowledge, and its release 1 live."""
    with closing(sqlite3.connect(seeded_file)) as seeded, closing(sqlite3.connect(tmp_path / "clinic.db")) as empty:
        seeded.backup(empty)
    live = Live(bot)
    follower = Follower(database, live, Shelves(lay_learnt(tmp_path / "index"), (KNOWLEDGE,)))
    follower.look()
    turns = Turns(database, lambda: NOON, timedelta(days=30))
    yield House(database=database, key=Secret("k" * 40), live=live, follower=follower, turns=turns)
    turns.close()


@pytest.fixture
def count_queries() -> Callable[[Database], AbstractContextManager[list[str]]]:
    """`with count_queries(database) as asked:` collects the statements that are run meanwhile."""

    @contextmanager
    def counting(watched: Database) -> Iterator[list[str]]:
        asked: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            asked.append(statement)

        sa.event.listen(watched.engine, "before_cursor_execute", note)
        yield asked
        sa.event.remove(watched.engine, "before_cursor_execute", note)

    return counting
