"""The database: opened by URL, migrated to the newest schema, and the two ways to talk to it: read, and change."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import postgresql, sqlite

from bot.errors import NotReady, SettingError

Db = sa.Connection

_SCRIPTS = Path(__file__).parent / "migrations"
_WAIT_S = 15.0  # how long a writer waits for another one before it gives up
_MIGRATION_LOCK = 4_827_113  # any number, the same in every process: who migrates holds it


class Database:
    """One database, shared by the threads of a process."""

    def __init__(self, url: str) -> None:
        """`url` as SQLAlchemy reads it; SettingError when it names no database that can be used here."""
        try:
            parsed = sa.make_url(url)
        except sa.exc.ArgumentError as error:
            raise SettingError(name="CLINICBOT_DATABASE_URL", got="something else", allowed=_ALLOWED) from error
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() not in ("sqlite", "postgresql"):
            raise SettingError(name="CLINICBOT_DATABASE_URL", got=parsed.drivername, allowed=_ALLOWED)
        self.url = parsed
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        try:
            self.engine = _sqlite(parsed) if self.is_sqlite else sa.create_engine(parsed, pool_pre_ping=True)
        except ModuleNotFoundError as error:
            needs = "pip install 'clinicbot[postgresql]' first"
            raise SettingError(name="CLINICBOT_DATABASE_URL", got=parsed.drivername, allowed=needs) from error

    @contextmanager
    def read(self) -> Iterator[Db]:
        """A connection that sees one state of the database and changes nothing."""
        with self._open() as db, db.begin() as transaction:
            yield db
            transaction.rollback()

    @contextmanager
    def change(self) -> Iterator[Db]:
        """A transaction: all of it is stored when the block ends, or nothing."""
        with self._open() as db:
            if self.is_sqlite:  # waits for its turn now: a reader that becomes a writer midway could fail
                db.execution_options(clinicbot_writes=True)
            with db.begin():
                yield db

    def migrate(self) -> None:
        """Bring the schema up to date; a second process waits and then finds nothing to do."""
        with self.change() as db:
            if not self.is_sqlite:
                db.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            refuse_unknown(MigrationContext.configure(db).get_current_revision())
            command.upgrade(_config(db), "head")

    def schema(self) -> str | None:
        """The schema's number as it stands, or None for an empty database."""
        with self.read() as db:
            return MigrationContext.configure(db).get_current_revision()

    def trouble(self) -> str:
        """Why the database cannot be used now, or "" when it can."""
        try:
            with self.read() as db:
                db.execute(sa.text("SELECT 1"))
        except (sa.exc.SQLAlchemyError, NotReady) as error:
            return f"the database does not answer ({type(error).__name__})"
        return ""

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    @contextmanager
    def _open(self) -> Iterator[Db]:
        try:
            db = self.engine.connect()
        except sa.exc.OperationalError as error:
            raise NotReady(f"the database {self.url.render_as_string()} cannot be opened: {error.orig}") from error
        try:
            with db:
                yield db
        except sa.exc.DatabaseError as error:
            if reason := _hindrance(error):
                raise NotReady(reason) from error
            raise


def open_database(url: str) -> Database:
    """The database at `url`, migrated. Raises SettingError or NotReady."""
    database = Database(url)
    if database.is_sqlite and database.url.database:
        try:
            Path(database.url.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise NotReady(f"no folder for the database: {error}") from error
    try:
        database.migrate()
    except (sa.exc.OperationalError, sa.exc.DatabaseError) as error:
        raise NotReady(f"the database cannot be migrated: {error.orig}") from error
    return database


def insert_row(db: Db, insert: sa.Insert) -> int:
    """Add one row and give the number that the database chose for it."""
    key = db.execute(insert).inserted_primary_key
    if key is None:
        raise NotReady("the database gave no number for a new row")
    return int(key[0])


def insert_of(db: Db, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
    """An insert that can be told what to do when there is such a row."""
    return postgresql.insert(table) if db.dialect.name == "postgresql" else sqlite.insert(table)


def newest_schema() -> str:
    """The schema's number that this program works with."""
    head = ScriptDirectory.from_config(_config(None)).get_current_head()
    return head or ""


def upgrade_to(database: Database, schema: str) -> None:
    """Bring an older schema to `schema`, which need not be the newest: for tests of upgrades."""
    with database.change() as db:
        command.upgrade(_config(db), schema)


def refuse_unknown(schema: str | None) -> None:
    """A database of a later program must not be touched by this one: NotReady where its schema is not known."""
    known = {script.revision for script in ScriptDirectory.from_config(_config(None)).walk_revisions()}
    if schema is not None and schema not in known:
        raise NotReady(f"the database has schema {schema}, which this version does not know; install a newer one")


_HINDRANCES = (
    ("database is locked", "the database is busy: somebody else has been writing to it for too long"),
    ("disk is full", "the disk with the database is full; nothing can be stored until there is room"),
    ("No space left on device", "the disk with the database is full; nothing can be stored until there is room"),
    ("readonly database", "the database can be read but not written: look at its file's owner and permissions"),
    ("disk I/O error", "the disk with the database does not work as it should"),
    ("malformed", "the database is damaged; restore the last backup"),
)


def _hindrance(error: sa.exc.DatabaseError) -> str:
    """What keeps the database from working, for those who can mend it; "" where it is no such thing."""
    return next((reason for words, reason in _HINDRANCES if words in str(error.orig)), "")


_ALLOWED = "sqlite:///path/to/file.db or postgresql://user:password@host/name"


def _config(db: Db | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = db
    return config


def _sqlite(url: sa.URL) -> sa.Engine:
    engine = sa.create_engine(url, connect_args={"timeout": _WAIT_S, "check_same_thread": False})

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions begin where we say so, below
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def begin(db: Db) -> None:
        writes = db.get_execution_options().get("clinicbot_writes", False)
        db.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
