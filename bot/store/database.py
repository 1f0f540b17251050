"""The database: opened by URL, migrated to the newest schema, and the two ways to talk to it: read, and change."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import postgresql, sqlite

from bot.errors import NotReady, SettingError
from bot.store.hindrances import hindrance, place_trouble
from bot.store.sqlite import FileId, empty_log, file_of, id_of, open_sqlite

Db = sa.Connection
T = TypeVar("T")


class Silent(NotReady):
    """The database does not answer: `reason` is for everybody, the whole text for whoever runs this alone."""

    def __init__(self, shown: str, problem: str) -> None:
        super().__init__("the database does not answer")
        self._text = f"the database {shown} cannot be opened: {problem}"

    def __str__(self) -> str:
        return self._text


_SCRIPTS = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = 4_827_113  # any number, the same in every process: who migrates holds it


class Database:
    """One database, shared by the threads of a process."""

    def __init__(self, url: str) -> None:
        """`url` as SQLAlchemy reads it; SettingError when it names no database that can be used here."""
        try:
            parsed = sa.make_url(url)
            if parsed.port is not None and not 0 < parsed.port <= 65535:
                raise ValueError("no port")
        except (sa.exc.ArgumentError, ValueError) as error:
            raise SettingError(name="CLINICBOT_DATABASE_URL", got="something else", allowed=_ALLOWED) from error
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() not in ("sqlite", "postgresql"):
            raise SettingError(name="CLINICBOT_DATABASE_URL", got=parsed.drivername, allowed=_ALLOWED)
        self.url = parsed
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.file = file_of(parsed) if self.is_sqlite else None
        self._opened: FileId | None = None
        try:
            self.engine = open_sqlite(parsed) if self.is_sqlite else sa.create_engine(parsed, pool_pre_ping=True)
        except ValueError as error:  # a wrong option behind the ?
            raise SettingError(name="CLINICBOT_DATABASE_URL", got="something else", allowed=_ALLOWED) from error
        except ModuleNotFoundError as error:
            needs = "pip install 'clinicbot[postgresql]' first"
            raise SettingError(name="CLINICBOT_DATABASE_URL", got=parsed.drivername, allowed=needs) from error

    @contextmanager
    def read(self) -> Iterator[Db]:
        """A connection that sees one state of the database and changes nothing."""
        with self._open() as db:
            if not self.is_sqlite:  # or each statement would see what others have stored since the one before
                db.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with db.begin() as transaction:
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
            if self.is_sqlite and db.get_execution_options().get("clinicbot_deletes", False):
                empty_log(db)

    def rehearse(self, what: Callable[[Db], T]) -> T:
        """What `what` gives in a database brought to the newest schema, all of which is taken back afterwards."""
        with self._open() as db:
            if self.is_sqlite:
                db.execution_options(clinicbot_writes=True)
            with db.begin() as transaction:
                self._bring_alone(db)
                found = what(db)
                transaction.rollback()
        return found

    def migrate(self) -> None:
        """Bring the schema up to date; a second process waits and then finds nothing to do."""
        with self.change() as db:
            self._bring_alone(db)

    def _bring_alone(self, db: Db) -> None:
        if not self.is_sqlite:
            db.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        bring_up_to_date(db)

    def schema(self) -> str | None:
        """The schema's number as it stands, or None for an empty database."""
        with self.read() as db:
            return MigrationContext.configure(db).get_current_revision()

    def trouble(self) -> str:
        """Why the database cannot be used now, or "" when it can."""
        if self._is_gone():
            return _GONE
        try:
            with self.read() as db:
                db.execute(sa.text("SELECT 1"))
        except NotReady as error:
            return error.reason
        except sa.exc.SQLAlchemyError as error:
            return f"the database does not answer ({type(error).__name__})"
        return ""

    @property
    def shown(self) -> str:
        """The address as whoever runs this may read it: without any password."""
        query = {name: "***" if "password" in name else value for name, value in self.url.query.items()}
        return self.url.set(query=query).render_as_string()

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    @contextmanager
    def _open(self) -> Iterator[Db]:
        if self._is_gone():
            raise NotReady(_GONE)
        try:
            db = self.engine.connect()
        except sa.exc.DatabaseError as error:
            if self.is_sqlite and (reason := hindrance(error, self.file)):
                raise NotReady(reason) from error
            raise Silent(self.shown, self.without_secrets(str(error.orig))) from error
        self._opened = self._opened or id_of(self.file)
        try:
            with db:
                yield db
        except sa.exc.DatabaseError as error:
            if reason := hindrance(error, self.file):
                raise NotReady(reason) from error
            raise

    def without_secrets(self, text: str) -> str:
        """A text without the passwords of the address."""
        passwords = [self.url.password, *(value for name, value in self.url.query.items() if "password" in name)]
        for each in filter(None, passwords):
            text = text.replace(str(each), "***")
        return text

    def _is_gone(self) -> bool:
        """Whether the file that was opened is no longer the one in its place: what is written to it would be lost."""
        return self._opened is not None and id_of(self.file) != self._opened


def open_database(url: str, *, within: Path | None = None) -> Database:
    """The database at `url`, made where there is none, and migrated; a new file is its owner's alone to read.

    Folders for it are made inside `within` only, which may itself be new: elsewhere a misspelt address would make one.
    Raises SettingError or NotReady.
    """
    database = Database(url)
    if database.file is not None:
        try:
            if within is not None and database.file.is_relative_to(within.absolute()):
                database.file.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileExistsError):
                os.close(
                    os.open(database.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                )  # -wal and -shm become as it is
        except OSError as error:
            raise NotReady(place_trouble(database.file) or f"no place for the database: {error.strerror}") from error
    require_unicode(database)
    try:
        database.migrate()
    except sa.exc.DatabaseError as error:
        raise NotReady(f"the database cannot be migrated: {database.without_secrets(str(error.orig))}") from error
    return database


def require_unicode(database: Database) -> None:
    """Patients write in any alphabet. Raises SettingError for a PostgreSQL database that cannot keep every letter."""
    if database.is_sqlite:
        return
    with database.read() as db:
        found = str(db.execute(sa.text("SHOW server_encoding")).scalar_one())
    if found != "UTF8":
        raise SettingError(
            name="CLINICBOT_DATABASE_URL",
            got=f"a database whose encoding is {found}",
            allowed="one made with ENCODING 'UTF8' (CREATE DATABASE clinicbot TEMPLATE template0 ENCODING 'UTF8')",
        )


def bring_up_to_date(db: Db) -> None:
    """Bring the schema to the newest within the transaction of `db`. NotReady where a later program made it."""
    refuse_unknown(MigrationContext.configure(db).get_current_revision())
    command.upgrade(_config(db), "head")


def delete_for_good(db: Db) -> None:
    """Let nothing of what this transaction deletes be read in the database's files, once it has ended."""
    db.execution_options(clinicbot_deletes=True)


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


_GONE = (
    "the file of the database was taken away or replaced while it was in use, so nothing can be stored; stop every"
    " process of clinicbot, put the file back (`clinicbot restore`), and start them again"
)
_ALLOWED = "sqlite:///path/to/file.db or postgresql://user:password@host/name"


def _config(db: Db | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = db
    return config
