"""Backups: the live database copied while it serves, read back to the last row, and put into an empty place."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from alembic.migration import MigrationContext

from bot.errors import Conflict, InputError, NotReady
from bot.store import backup_postgresql
from bot.store.audit import Verdict
from bot.store.audit import verify as verify_chain
from bot.store.database import Database, Db, newest_schema, open_database, refuse_unknown
from bot.store.moving import carry_over
from bot.store.releases import find_live, load_release

Tell = Callable[[int, int], None]
STEP_PAGES = 512  # copied before others have their turn: 2 MB
_SQLITE, _POSTGRESQL = b"SQLite format 3\x00", b"PGDMP"
_ALONE = b"\x01\x01"  # all of it is in this one file; a database that we serve says 2: it has a log beside it


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a backup holds, counted by reading it: rows of each table, and the chain of the audit.

    `audit_fault` says where that chain is broken, "" where it is whole; lines and head are those before the fault.
    """

    kind: str
    schema: str
    rows: Mapping[str, int]
    audit_lines: int
    audit_head: str
    release: int | None
    audit_fault: str = ""


def back_up(
    database: Database, target: Path, tell: Tell, *, replace: bool = False, spared: tuple[Path, ...] = ()
) -> Contents:
    """Copy the database to `target` while others read and write it; what the copy holds, read back from it.

    The copy is one state of the database, and stands at `target` only once it was read back and holds the same rows.
    A broken audit is copied as it is, and told in what is returned: of all databases this one needs a copy to look at.
    With `replace` it takes the place of an older backup, and of nothing else: never of the database's own files, nor
    of those `spared`. Raises InputError when it cannot be written there, NotReady when the copy is not what was copied.
    """
    _require_free(target, (*_own_files(database), *spared), replace)
    with _written_beside(target) as partial:
        if database.is_sqlite:
            counted = _copy_sqlite(database, partial, tell)
        else:
            counted = backup_postgresql.dump(database, partial)
        contents = read_back(partial)
        if dict(contents.rows) != dict(counted):
            raise NotReady("the backup does not hold the rows that the database has; it was not kept")
        partial.replace(target)
    return contents


def read_back(file: Path) -> Contents:
    """What a backup holds; every row is read. Raises InputError when it is damaged or no backup of ours."""
    kind = kind_of(file)
    if kind == "postgresql":
        dumped = backup_postgresql.read_dump(file)
        return Contents(
            kind=kind,
            schema=dumped.schema,
            rows=dumped.rows,
            audit_lines=dumped.chain.lines,
            audit_head=dumped.chain.head,
            release=dumped.release,
            audit_fault=dumped.chain.fault,
        )
    try:
        with _opened(file) as db:
            _require_sound(file, db)
            chain, live = verify_chain(db), find_live(db)
            if live is not None:
                load_release(db, live.number)
            return Contents(
                kind=kind,
                schema=schema_of(db),
                rows=count_rows(db),
                audit_lines=chain.lines,
                audit_head=chain.head,
                release=live.number if live else None,
                audit_fault=chain.fault,
            )
    except (sa.exc.SQLAlchemyError, sqlite3.Error) as error:
        problem = str(getattr(error, "orig", None) or error)
        raise InputError(field=str(file), got=f"a damaged file ({problem})", allowed=_ALLOWED) from error
    except NotReady as error:
        raise InputError(field=str(file), got=error.reason, allowed=_ALLOWED) from error


def restore(file: Path, url: str, *, broken_audit: bool = False, within: Path | None = None) -> Contents:
    """Put a backup where `url` says and bring it to this program's schema; what was read from it.

    Folders for it are made inside `within` only.
    One of SQLite may also go into PostgreSQL: that is how a clinic moves there.
    Raises Conflict when there is something already, InputError for a file that cannot be used, NotReady when it comes
    from a later version. Nothing is put there before all of the file was read. A backup whose audit is broken is put
    there only with `broken_audit`, and stays broken at the same line.
    """
    kind, database = kind_of(file), Database(url)
    here = "sqlite" if database.is_sqlite else "postgresql"
    if kind != here and kind != "sqlite":
        allowed = f"a backup of a {here} database, which is what CLINICBOT_DATABASE_URL names"
        raise InputError(field=str(file), got=f"a backup of a {kind} database", allowed=allowed)
    try:
        _require_empty(database)
        contents = read_back(file)
        if contents.audit_fault and not broken_audit:
            allowed = "a backup whose audit is whole; --broken-audit restores this one all the same, as it is"
            raise InputError(field=str(file), got=f"a broken audit: {contents.audit_fault}", allowed=allowed)
        refuse_unknown(contents.schema)
        if database.is_sqlite:
            _place(file, Path(str(database.url.database)).absolute(), within)
        elif kind == "sqlite":
            carry_over(file, database)
        else:
            backup_postgresql.load(file, database)
    finally:
        database.close()
    restored = open_database(url)
    with closing(restored), restored.read() as db:
        chain, rows = verify_chain(db), count_rows(db)
    is_same = contents.schema != newest_schema() or rows == dict(contents.rows)  # an upgrade may add rows
    if chain != Verdict(contents.audit_lines, contents.audit_head, contents.audit_fault) or not is_same:
        raise NotReady("what was restored is not what the backup holds; do not serve it")
    return contents


def kind_of(file: Path) -> str:
    """Of which database a file is the backup, by its first bytes. Raises InputError."""
    try:
        with file.open("rb") as opened:
            first = opened.read(len(_SQLITE))
    except OSError as error:
        raise InputError(field=str(file), got=error.strerror or str(error), allowed=_ALLOWED) from error
    if first == _SQLITE:
        return "sqlite"
    if first.startswith(_POSTGRESQL):
        return "postgresql"
    raise InputError(field=str(file), got="something else", allowed=_ALLOWED)


def count_rows(db: Db) -> dict[str, int]:
    """How many rows each table has, but for the schema's own number."""
    names = sorted(set(sa.inspect(db).get_table_names()) - {"alembic_version"})
    count = sa.select(sa.func.count())
    return {name: int(db.execute(count.select_from(sa.table(name))).scalar_one()) for name in names}


def schema_of(db: Db) -> str:
    """The number of the schema. Raises NotReady where there is none of ours."""
    found = MigrationContext.configure(db).get_current_revision()
    if found is None or not {"audit", "releases"} <= set(sa.inspect(db).get_table_names()):
        raise NotReady("a database that is not clinicbot's")
    return found


_ALLOWED = "a whole file that `clinicbot backup` wrote"
_NEW = "a new file, or an older backup with --replace"


def _copy_sqlite(database: Database, target: Path, tell: Tell) -> dict[str, int]:
    """The rows that were there when the copy began; they are those of the copy."""
    # The copy runs on the connection whose reading transaction is open: it sees one state however much is written
    # meanwhile, and never has to begin again, as a copy through a connection of its own would after every write.
    with database.read() as db:
        counted = count_rows(db)
        source = db.connection.driver_connection
        if not isinstance(source, sqlite3.Connection):
            raise NotReady("this is no SQLite connection")
        try:
            with closing(sqlite3.connect(target)) as copy:
                source.backup(copy, pages=STEP_PAGES, progress=lambda _, left, all_: tell(all_ - left, all_))
                copy.execute("PRAGMA journal_mode=DELETE")  # all of it in this one file
        except sqlite3.Error as error:
            raise InputError(field=str(target.parent), got=str(error), allowed="a place with room for it") from error
    return counted


def _own_files(database: Database) -> tuple[Path, ...]:
    if database.file is None:
        return ()
    stands = database.file.resolve()  # where SQLite keeps its other files, too
    return tuple(stands.with_name(stands.name + end) for end in ("", "-wal", "-shm", "-journal"))


def _require_free(target: Path, own: tuple[Path, ...], replace: bool) -> None:
    for each in own:  # a file that is not there now may be the database's in the next moment
        if target.resolve() == each.resolve() or (target.exists() and each.exists() and target.samefile(each)):
            raise InputError(field=str(target), got="what this database and its key are kept in", allowed=_NEW)
    if target.is_dir() or (target.exists() and not replace):
        raise InputError(field=str(target), got="what is there already", allowed="a new file, or --replace")
    if target.exists() and not _is_backup(target):
        raise InputError(field=str(target), got="a file that is no backup", allowed=_NEW)


def _is_backup(file: Path) -> bool:
    """Whether this is an older backup, damaged or not, and neither another program's file nor a database in use."""
    if not file.is_file():
        return False
    with file.open("rb") as opened:
        head = opened.read(20)
    if head.startswith(_POSTGRESQL):
        return backup_postgresql.is_ours(file)
    if not head.startswith(_SQLITE) or head[18:20] != _ALONE:
        return False
    try:
        with _opened(file) as db:
            schema_of(db)
    except NotReady:
        return False
    except (sa.exc.DatabaseError, sqlite3.Error):  # damaged, and a whole one is about to take its place
        return True
    return True


@contextmanager
def _opened(file: Path) -> Iterator[Db]:
    """A file read as it is: nothing beside it is looked at or made."""
    address = f"{file.resolve().as_uri()}?mode=ro&immutable=1"
    engine = sa.create_engine("sqlite://", creator=lambda: sqlite3.connect(address, uri=True))
    try:
        with engine.connect() as db:
            yield db
    finally:
        engine.dispose()


def _require_sound(file: Path, db: Db) -> None:
    faults = [str(row[0]) for row in db.exec_driver_sql("PRAGMA integrity_check(3)") if row[0] != "ok"]
    faults += [f"a row of {row[0]} without its {row[2]}" for row in db.exec_driver_sql("PRAGMA foreign_key_check")]
    if faults:
        raise InputError(field=str(file), got=f"a damaged file ({faults[0]})", allowed=_ALLOWED)
    schema_of(db)


def _require_empty(database: Database) -> None:
    problem = "it is not empty; a backup is restored into an empty place only: move what is there away first"
    if not database.is_sqlite:
        with database.read() as db:
            if sa.inspect(db).get_table_names():
                raise Conflict(subject=f"the database {database.url.database}", problem=problem)
        return
    place = Path(str(database.url.database))
    for each in (place, place.with_name(f"{place.name}-wal")):
        if each.exists() and each.stat().st_size:
            raise Conflict(subject=str(each), problem=problem)


def _place(file: Path, place: Path, within: Path | None) -> None:
    try:
        if within is not None and place.is_relative_to(within.absolute()):
            place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(field=str(place), got=error.strerror or str(error), allowed=_WRITABLE) from error
    with _written_beside(place) as partial:
        shutil.copyfile(file, partial)
        with partial.open("rb+") as written:
            os.fsync(written.fileno())
        partial.replace(place)


@contextmanager
def _written_beside(target: Path) -> Iterator[Path]:
    """A file in the same folder that only its owner may read; it is gone afterwards, unless it was renamed."""
    try:
        handle, name = tempfile.mkstemp(prefix=f"{target.name}.", suffix=".partial", dir=target.parent)
        os.close(handle)
    except OSError as error:
        raise InputError(field=str(target), got=error.strerror or str(error), allowed=_WRITABLE) from error
    try:
        yield Path(name)
    except OSError as error:
        got = "no room on the disk" if error.errno == errno.ENOSPC else error.strerror or str(error)
        raise InputError(field=str(target), got=got, allowed=_WRITABLE) from error
    finally:
        for each in (name, f"{name}-journal"):  # SQLite's own, which stays where the disk is full
            Path(each).unlink(missing_ok=True)


_WRITABLE = "a file in a folder that is there, can be written, and has room for the whole database"
