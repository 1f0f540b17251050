"""Backups of PostgreSQL through its own pg_dump and pg_restore, which must be of the server's version or later."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from bot.errors import InputError, NotReady
from bot.store.audit import Line, Verdict, check_chain
from bot.store.database import Database

_COPY = re.compile(r'^COPY (?:[\w"]+\.)?"?(\w+)"? \((.*)\) FROM stdin;$')
_AUDIT = re.compile(r" TABLE DATA \S+ audit ")
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dumped:
    """What a dump holds."""

    schema: str
    rows: dict[str, int]
    chain: Verdict
    release: int | None


def dump(database: Database, target: Path) -> dict[str, int]:
    """Dump one state of the database into `target`; the rows that its tables had. Raises NotReady."""
    program = _program("pg_dump")
    with database.engine.connect().execution_options(isolation_level="REPEATABLE READ") as db, db.begin():
        snapshot = db.execute(sa.text("SELECT pg_export_snapshot()")).scalar_one()
        names = sorted(set(sa.inspect(db).get_table_names()) - {"alembic_version"})
        count = sa.select(sa.func.count())
        counted = {name: int(db.execute(count.select_from(sa.table(name))).scalar_one()) for name in names}
        owners = ("--no-owner", "--no-privileges")
        command = [program, "--format=custom", *owners, f"--snapshot={snapshot}", f"--file={target}"]
        _run([*command, f"--dbname={_address(database)}"], database)
    return counted


def load(file: Path, database: Database) -> None:
    """Load a dump into an empty database: all of it, or nothing. Raises NotReady."""
    options = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
    _run([_program("pg_restore"), *options, f"--dbname={_address(database)}", str(file)], database)


def is_ours(file: Path) -> bool:
    """Whether a dump is clinicbot's; one that is too damaged to say counts. Raises NotReady."""
    command = [_program("pg_restore"), "--list", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - as below
    return bool(done.returncode) or bool(_AUDIT.search(done.stdout))


def read_dump(file: Path) -> Dumped:
    """What a dump holds, every row of it read. Raises InputError when it is damaged or not ours."""
    rows: dict[str, int] = {}
    kept: dict[str, list[dict[str, str]]] = {"audit": [], "alembic_version": [], "publications": []}
    columns: list[str] = []
    table = ""
    for text in _script(file):
        if not table:
            if found := _COPY.match(text):
                table, columns = found[1], [name.strip(' "') for name in found[2].split(",")]
                rows[table] = 0
        elif text == "\\.":
            table = ""
        else:
            rows[table] += 1
            if table in kept:
                kept[table].append(dict(zip(columns, map(_unescaped, text.split("\t")), strict=True)))
    if not kept["alembic_version"] or "audit" not in rows:
        raise InputError(field=str(file), got="a dump that is not clinicbot's", allowed=_ALLOWED)
    rows.pop("alembic_version")
    lines = [_line(row) for row in kept["audit"]]
    last = max(kept["publications"], key=lambda row: int(row["publication_id"]), default=None)
    return Dumped(
        schema=kept["alembic_version"][0]["version_num"],
        rows=rows,
        chain=check_chain(sorted(lines, key=lambda line: line.number)),
        release=int(last["number"]) if last else None,
    )


_ALLOWED = "a whole file that `clinicbot backup` wrote"


def _script(file: Path) -> Iterator[str]:
    """The lines that would load the data."""
    command = [_program("pg_restore"), "--data-only", "--file=-", str(file)]
    # Nothing of the command comes from outside: a program found on this machine, and a file that the operator names.
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:  # noqa: S603
        for line in running.stdout or ():
            yield line.decode("utf-8").rstrip("\n")
        said = running.stderr.read().decode("utf-8", "replace") if running.stderr else ""
    if running.returncode:
        raise InputError(field=str(file), got=f"a damaged dump ({_last(said)})", allowed=_ALLOWED)


def _line(row: dict[str, str]) -> Line:
    at = datetime.fromisoformat(row["at"]).astimezone(UTC)
    texts = {name: row[name] for name in ("actor", "action", "subject", "detail", "previous", "hash")}
    return Line(number=int(row["number"]), at=at, **texts)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: _ESCAPES.get(found[1], found[1]), text)


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise NotReady(f"{name} is not installed; it comes with PostgreSQL's client (Debian: postgresql-client)")
    return found


def _address(database: Database) -> str:
    """As PostgreSQL's programs read it; without the password, which other users of this machine could see there."""
    url = database.url
    query = {name: value for name, value in url.query.items() if name != "password"}
    shown = sa.URL.create("postgresql", url.username, None, url.host, url.port, url.database, query)
    return shown.render_as_string(hide_password=False)


def _run(command: Sequence[str], database: Database) -> None:
    password = database.url.password or database.url.query.get("password")
    environ = {**os.environ, "PGPASSWORD": str(password)} if password else None
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)  # noqa: S603 - see above
    if done.returncode:
        raise NotReady(f"{Path(command[0]).name} failed: {_last(done.stderr)}")


def _last(said: str) -> str:
    return (said.strip().splitlines() or ["without a word"])[0]
