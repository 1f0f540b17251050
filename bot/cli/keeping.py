"""Commands that keep the database safe: backup, restore."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import click

from bot.cli.account import actor
from bot.cli.existing import open_as_it_is
from bot.clock import utc_now
from bot.config import Settings, read_settings
from bot.config_key import SECRET_FILE, has_key, signing_key
from bot.errors import ClinicbotError, NotReady
from bot.staff.sealed import check_sealed
from bot.store.audit import record
from bot.store.backup import Contents, back_up
from bot.store.backup import restore as restore_backup
from bot.store.database import Database, open_database
from bot.store.releases import find_live

_FILE = click.Path(path_type=Path)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--replace", is_flag=True, help="Write over FILE, an older backup, once the new one has been read back.")
@click.option("--unpublished", is_flag=True, help="Even when nothing was ever published in it.")
@click.option("--json", "as_json", is_flag=True, help="Print what FILE holds as JSON.")
def backup(file: Path, replace: bool, unpublished: bool, as_json: bool) -> None:
    """Copy the database to FILE while it is served, and read it back to the last row.

    The key that seals secrets is not in FILE; keep it in another place than your backups. Exit code 2
    when there is no database where the settings say, or when nothing was ever published in it; 1 when FILE is written
    and whole, but the audit in it is broken, as it is in the database.
    """
    settings = read_settings()
    with closing(open_as_it_is(settings)) as database:
        if not unpublished:
            _require_published(database)
        hidden = as_json or not sys.stderr.isatty()
        with click.progressbar(length=100, label="copying", file=sys.stderr, hidden=hidden) as bar:

            def tell(done: int, total: int) -> None:
                bar.update(100 * done // max(total, 1) - bar.pos)

            contents = back_up(database, file, tell, replace=replace, spared=(settings.data_dir / SECRET_FILE,))
        _note(database, "database.backed_up", file, contents)
    click.echo(json.dumps(asdict(contents)) if as_json else f"written to {file}: {_told(contents)}")
    if not as_json:
        click.echo(_key_to_keep(settings), err=True)
    if contents.audit_fault:
        click.echo(
            f"The audit of this database is broken: {contents.audit_fault}. The backup is written, and holds it as it"
            " is; keep the last one whose audit was whole as well, and see `clinicbot audit verify`.",
            err=True,
        )
        sys.exit(1)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--broken-audit", is_flag=True, help="Even when the audit in FILE is broken; it stays as it is.")
@click.option("--json", "as_json", is_flag=True, help="Print what was restored as JSON.")
def restore(file: Path, broken_audit: bool, as_json: bool) -> None:
    """Put the backup FILE where the settings say that the database is; that place must be empty.

    Exit code 1 when FILE cannot be used, when something is there already, or when what is sealed in it cannot be read
    with the key at hand.
    """
    settings = read_settings()
    contents = restore_backup(file, settings.database, broken_audit=broken_audit, within=settings.data_dir)
    with closing(open_database(settings.database)) as database:
        _note(database, "database.restored", file, contents)
        found = check_sealed(database, signing_key(settings), settings.secret_key_old) if has_key(settings) else None
    if as_json:
        sealed = {"sealed": found.sealed, "opened": found.opened} if found else None
        click.echo(json.dumps({**asdict(contents), "secrets": sealed}))
    else:
        click.echo(f"restored from {file}: {_told(contents)}")
    if found is None:
        click.echo(
            f"There is no key here yet: put {SECRET_FILE} of the old data folder into {settings.data_dir}, or set"
            " CLINICBOT_SECRET_KEY, before you serve. While something is sealed in the database no new one is made.",
            err=True,
        )
    elif not found.is_readable:
        click.echo(
            f"{found.sealed - found.opened} of {found.sealed} sealed secrets cannot be read with the key at hand: put"
            f" {SECRET_FILE} that belongs to this backup into {settings.data_dir}, or set CLINICBOT_SECRET_KEY,"
            " then try `clinicbot doctor`.",
            err=True,
        )
        sys.exit(1)
    elif found.sealed and not as_json:
        click.echo(f"all {found.sealed} sealed secrets can be read")


def _require_published(database: Database) -> None:
    """A backup of the wrong, empty database would take the place of a good one, night after night."""
    with database.read() as db:
        if find_live(db) is None:
            raise NotReady(
                "nothing was ever published in this database: do the settings name the right one? Nothing was backed"
                " up (--unpublished does it all the same)"
            )


def _note(database: Database, action: str, file: Path, contents: Contents) -> None:
    """Tell the audit; a backup that stands is not refused because that failed."""
    detail = {"lines": contents.audit_lines, "head": contents.audit_head, "release": contents.release}
    if contents.audit_fault:
        detail["audit_fault"] = contents.audit_fault
    try:
        with database.change() as db:
            record(db, at=utc_now(), actor=actor(), action=action,
                   subject=file.name[:200], detail=detail)  # fmt: skip
    except ClinicbotError as error:
        click.echo(f"the audit could not be told: {error}", err=True)


def _told(contents: Contents) -> str:
    rows = sum(contents.rows.values())
    live = f"release {contents.release} live" if contents.release else "nothing published"
    chain = f"the audit whole with {contents.audit_lines} lines"
    if contents.audit_fault:
        chain = f"the audit broken ({contents.audit_fault})"
    return f"{rows} rows in {len(contents.rows)} tables, {live}, {chain}, schema {contents.schema}"


def _key_to_keep(settings: Settings) -> str:
    where = "CLINICBOT_SECRET_KEY" if settings.secret_key else str(settings.data_dir / SECRET_FILE)
    return f"Keep the key apart from it ({where}): without it nobody can read what is sealed in this backup."
