"""The doctor: looks at everything that a working clinicbot rests on, and says how to mend what is wrong."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import click
import sqlalchemy as sa

from bot.config import NONE, Settings, read_settings
from bot.config_key import SECRET_FILE, has_key, signing_key
from bot.delivery.checking import Check, check_outbox, check_targets
from bot.dialogue.bot import Bot
from bot.errors import BrokenKnowledge, ClinicbotError, NotReady, SettingError
from bot.evaluate.gates import run_gates
from bot.evaluate.safety_suite import self_test
from bot.faq.difference import difference
from bot.faq.release import Release
from bot.staff.publishing import names_of
from bot.staff.sealed import check_sealed
from bot.store.audit import list_events
from bot.store.audit import verify as verify_chain
from bot.store.database import Database, Db, newest_schema, refuse_unknown
from bot.store.hindrances import write_trouble
from bot.store.releases import find_live, load_release
from bot.web.app import utc_now

MOST_SHOWN = 10
LITTLE_ROOM, NO_ROOM = 1024**3, 100 * 1024**2  # bytes
BACKUP_DUE = timedelta(days=7)
MOST_AHEAD = timedelta(minutes=5)
_RESTORE = "restore the last backup: clinicbot restore FILE"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: `mark` is ok, note, warn or FAIL; `mend` says what to do about it."""

    mark: str
    text: str
    mend: str = ""
    more: tuple[str, ...] = ()


@click.command()
def doctor() -> None:
    """Check configuration, keys, disk, clock, database, live release, knowledge and safety, and say how to mend them.

    Exit code 1 when something must be mended. Nothing is changed; what is learnt on the way is kept for the next start.
    """
    settings = read_settings()
    failed = False
    for finding in _all(settings, utc_now()):
        failed |= finding.mark == "FAIL"
        click.echo(f"{finding.mark:<5} {finding.text}")
        if finding.mend:
            click.echo(f"      → {finding.mend}")
        for line in finding.more[:MOST_SHOWN]:
            click.echo(f"        {line}")
        if len(finding.more) > MOST_SHOWN:
            click.echo(f"        and {len(finding.more) - MOST_SHOWN} more")
    sys.exit(1 if failed else 0)


def _all(settings: Settings, now: datetime) -> Iterator[Finding]:
    yield from check_settings(settings, Path.cwd())
    yield from check_places(settings)
    yield check_key(settings)
    yield from map(_of_delivery, check_targets(settings))
    live = None
    if not settings.has_database():
        yield Finding("note", "no database yet; `clinicbot serve` makes one, filled from the knowledge folder")
    else:
        with closing(Database(settings.database)) as database:
            trouble = tuple(check_schema(database))
            yield from trouble
            if not any(each.mark == "FAIL" for each in trouble) and database.schema() == newest_schema():
                yield from check_database(database, settings, now)
                yield from map(_of_delivery, check_outbox(database, settings, now))
                live, finding = live_release(database)
                yield finding
    yield Finding("note", f"knowledge folder: {settings.knowledge_dir}")
    try:
        bot = Bot.from_knowledge(settings.knowledge_dir, store=settings.kept_index())
    except (BrokenKnowledge, NotReady) as error:
        yield Finding("FAIL", "the knowledge cannot be served", "mend these:", tuple(str(error).splitlines()))
        bot = None
    if live is not None:
        yield from check_served(live, bot, settings)
    if bot is not None:
        yield from check_knowledge(bot)
    yield from check_approval(live, bot)


def check_settings(settings: Settings, folder: Path) -> Iterator[Finding]:
    """What the settings leave open."""
    yield Finding("ok", "the settings can be read")
    if settings.host not in ("127.0.0.1", "::1", "localhost") and not settings.allowed_hosts:
        yield Finding(
            "warn", f"any host name is answered at {settings.host}", "set CLINICBOT_ALLOWED_HOSTS to your own"
        )
    env = folder / ".env"
    if env.is_file() and env.stat().st_mode & 0o077:
        yield Finding("warn", "other users of this machine can read .env", f"chmod 600 {env}")


def check_room(folder: Path, free: int) -> Finding:
    """Whether there is room to write."""
    room = f"{free / 1024**3:.1f} GB free at {folder}"
    mend = "make room: the database, old backups, logs"
    if free < NO_ROOM:
        return Finding("FAIL", f"the disk is full: {room}", mend)
    return Finding("warn", f"little room: {room}", mend) if free < LITTLE_ROOM else Finding("ok", room)


def check_places(settings: Settings) -> Iterator[Finding]:
    """Whether there is room in the data folder and where the database stands, and whether both can be written."""
    data = _standing(settings.data_dir)
    yield check_room(settings.data_dir, shutil.disk_usage(data).free)
    if not os.access(data, os.W_OK):
        yield Finding("FAIL", f"{data} cannot be written", "give it to the user that runs clinicbot (chown)")
    with closing(Database(settings.database)) as database:
        file = database.file
    if file is None or not (file.exists() or settings.database_url):
        return
    folder = file.resolve().parent
    if folder.is_dir() and folder != data.resolve():
        yield check_room(folder, shutil.disk_usage(folder).free)
    if trouble := write_trouble(file):
        yield Finding(
            "FAIL", trouble, "give it to the user that runs clinicbot (chown), or mend CLINICBOT_DATABASE_URL"
        )


def check_key(settings: Settings) -> Finding:
    """Whether the signing key is there, is long enough, and is nobody else's to read."""
    file = settings.data_dir / SECRET_FILE
    if not has_key(settings):
        return Finding("note", "no key yet; `clinicbot serve` makes one in the data folder, while nothing is sealed")
    try:
        signing_key(settings)
    except SettingError as error:
        return Finding("FAIL", str(error), f"put back {SECRET_FILE} from where it is kept beside your backups")
    if settings.secret_key:
        return Finding("ok", "the key is in CLINICBOT_SECRET_KEY")
    if file.stat().st_mode & 0o077:
        return Finding("FAIL", f"other users of this machine can read {file}", f"chmod 600 {file}")
    return Finding("ok", f"the key is in {file}, which only its owner can read")


def check_schema(database: Database) -> Iterator[Finding]:
    """Whether the database can be opened by this version."""
    shown = database.shown
    try:
        found = database.schema()
        refuse_unknown(found)
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
        last = list_events(db, limit=1)
        saved = list_events(db, action="database.backed_up", limit=1)
    if chain.fault:
        mend = "find out who writes to the database besides clinicbot; compare with your last backup"
        yield Finding("FAIL", f"the audit is broken: {chain.fault}", mend)
    else:
        yield Finding("ok", f"the audit is whole: {chain.lines} lines")
    if last and last[0].at - now > MOST_AHEAD:
        written = f"{last[0].at:%Y-%m-%d %H:%M}"
        text = f"the clock says {now:%Y-%m-%d %H:%M} UTC, but the audit was written to at {written}"
        yield Finding("FAIL", text, "set this machine's clock (timedatectl set-ntp true)")
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


def live_release(database: Database) -> tuple[Release | None, Finding]:
    """The release that patients are answered from, if it can be read."""
    mend = "clinicbot releases rollback N, to one that is whole"
    with database.read() as db:
        live = find_live(db)
        if live is None:
            return None, Finding("note", "nothing was published yet; `clinicbot serve` publishes the knowledge folder")
        try:
            release = load_release(db, live.number)
        except ClinicbotError as error:
            return None, Finding("FAIL", f"the live release cannot be read: {error}", mend)
    if release is None:
        return None, Finding("FAIL", f"release {live.number} is live but not there", mend)
    return release, Finding("ok", f"release {live.number} is live since {live.published_at:%Y-%m-%d %H:%M} UTC")


def check_served(release: Release, known: Bot | None, settings: Settings) -> Iterator[Finding]:
    """Whether the live release can be served, and how it differs from the knowledge folder."""
    is_same = known is not None and known.release.content_hash == release.content_hash
    try:
        if known is not None and is_same:
            bot = known
        else:
            bot = Bot(release, store=settings.kept_index(), known=(settings.knowledge_dir,))
        faults = self_test(bot)
    except (BrokenKnowledge, NotReady) as error:
        faults = tuple(str(error).splitlines())
    if faults:
        mend = "clinicbot releases rollback N, to one that passed; then mend the rules"
        yield Finding("FAIL", f"release {release.number} must not be served", mend, faults)
    else:
        yield Finding("ok", f"release {release.number} passes the safety self-test")
    if known is not None and not is_same:
        names = names_of(difference(known.release, release))
        mend = "so after edits in the browser, or an upgrade; docs/operation.md says how to take over safety rules"
        yield Finding("note", f"the knowledge folder differs in {len(names)} places", mend, names)


def check_knowledge(bot: Bot) -> Iterator[Finding]:
    """The knowledge folder: read, matched by meaning, and held to the gates, the safety suite among them."""
    yield Finding("ok", f"{len(bot.release.entries)} entries, {len(bot.release.rules)} safety rules")
    if bot.without_meaning:
        text = f"matching by words alone, so fewer questions are answered: {bot.without_meaning}"
        yield Finding("warn", text, "install clinicbot anew; the sentence encoder comes with it")
    else:
        yield Finding("ok", "sentence encoder: questions are matched by words and meaning")
    for gate in run_gates(bot):
        mark = "ok" if gate.passed else "FAIL"
        yield Finding(mark, f"{gate.name}: {gate.checked} checked, {len(gate.failures)} noted", "", gate.failures)


def check_approval(live: Release | None, known: Bot | None) -> Iterator[Finding]:
    """Whether a clinician has approved what patients read, or will read once this knowledge is served."""
    if live is not None and not live.approved:
        yield Finding("warn", "sample content", "a clinician reads it and approves it at /staff, under Publish")
    elif live is None and known is not None and not known.release.approved:
        mend = "a clinician approves it at /staff, under Publish; or set approved_by and approved_on in clinic.yaml"
        yield Finding("warn", "sample content", mend)


def _of_delivery(check: Check) -> Finding:
    return Finding("FAIL" if check.level == "fail" else check.level, check.text)


def _standing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next(each for each in (folder, *folder.parents) if each.exists())


def _faults_of_file(db: Db) -> str:
    return next((str(row[0]) for row in db.exec_driver_sql("PRAGMA quick_check(1)") if row[0] != "ok"), "")
