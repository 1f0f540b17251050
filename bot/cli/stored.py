"""The doctor's look at what is stored: schema, damage, audit, clock, secrets, the last backup."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.cli.finding import Finding
from bot.config import NONE, Settings
from bot.config_key import SECRET_FILE, has_key, signing_key
from bot.errors import ClinicbotError, NotReady, SettingError
from bot.staff.sealed import check_sealed
from bot.store.audit import list_events
from bot.store.audit import verify as verify_chain
from bot.store.database import Database, Db, newest_schema, refuse_unknown, require_unicode
from bot.store.latest import latest_time

BACKUP_DUE = timedelta(days=7)
MOST_AHEAD = timedelta(minutes=5)
_RESTORE = "restore the last backup: clinicbot restore FILE"


def check_schema(database: Database) -> Iterator[Finding]:
    """Whether the database can be opened by this version."""
    shown = database.shown
    try:
        require_unicode(database)
        found = database.schema()
        refuse_unknown(found)
    except SettingError as error:
        yield Finding("FAIL", str(error), "make such a database, then restore a backup into it")
    except NotReady as error:
        yield Finding(
            "FAIL", str(error), f"start the database, mend CLINICBOT_DATABASE_URL, install that version, or {_RESTORE}"
        )
    except sa.exc.SQLAlchemyError as error:
        problem = str(getattr(error, "orig", None) or type(error).__name__).splitlines()[0]
        yield Finding("FAIL", f"{shown} cannot be read: {problem}", _RESTORE)
    else:
        if found != newest_schema():
            yield Finding("warn", f"{shown} has schema {found}, this version {newest_schema()}", "clinicbot migrate")
        else:
            yield Finding("ok", f"database {shown}, schema {found}")
            if database.file is not None and database.file.stat().st_mode & 0o077:
                text = f"other users of this machine can read {database.file}"
                yield Finding("warn", text, f"chmod 600 {database.file}*")


def check_database(database: Database, settings: Settings, now: datetime) -> Iterator[Finding]:
    """Whether what is in the database is whole, can be unsealed, was backed up, and comes from no later day."""
    with database.read() as db:
        if database.is_sqlite and (faults := _faults_of_file(db)):
            yield Finding(
                "FAIL", f"the database is damaged: {faults}", "restore the last backup: clinicbot restore FILE"
            )
        chain = verify_chain(db)
        last = latest_time(db)
        saved = list_events(db, action="database.backed_up", limit=1)
    if chain.fault:
        mend = "find out who writes to the database besides clinicbot; compare with your last backup"
        yield Finding("FAIL", f"the audit is broken: {chain.fault}", mend)
    else:
        yield Finding("ok", f"the audit is whole: {chain.lines} lines")
    if last and last[0] - now > MOST_AHEAD:
        at, among = last
        text = f"the clock says {now:%Y-%m-%d %H:%M} UTC, but the latest of the {among} is of {at:%Y-%m-%d %H:%M}"
        mend = "set this machine's clock (timedatectl set-ntp true); if it was ahead then, what it dated stays longer"
        yield Finding("FAIL", text, mend)
    else:
        yield Finding("ok", f"the clock says {now:%Y-%m-%d %H:%M} UTC")
    if not has_key(settings):
        if lost := check_sealed(database, NONE).sealed:
            text = f"there is no key, and {lost} secrets in the database are sealed with one"
            yield Finding("FAIL", text, f"put back {SECRET_FILE} into {settings.data_dir}; docs/privacy.md, Keys")
    else:
        try:
            sealed = check_sealed(database, signing_key(settings), settings.secret_key_old)
        except ClinicbotError:
            sealed = None  # the key itself was found wanting before
        if sealed and not sealed.is_readable:
            text = f"{sealed.sealed - sealed.opened} of {sealed.sealed} sealed secrets cannot be read with this key"
            yield Finding("FAIL", text, f"put back {SECRET_FILE} that belongs to this database; docs/privacy.md, Keys")
        elif sealed:
            yield Finding("ok", f"all {sealed.sealed} sealed secrets can be read")
    if not saved or now - saved[0].at > BACKUP_DUE:
        run = f"was not run since {saved[0].at:%Y-%m-%d}" if saved else "was never run"
        yield Finding("warn", f"`clinicbot backup` {run}", "see docs/operation.md; ignore if others do it")
    else:
        yield Finding("ok", f"backed up on {saved[0].at:%Y-%m-%d}")


def _faults_of_file(db: Db) -> str:
    return next((str(row[0]) for row in db.exec_driver_sql("PRAGMA quick_check(1)") if row[0] != "ok"), "")
