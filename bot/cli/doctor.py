"""The doctor: looks at everything that a working clinicbot rests on, and says how to mend what is wrong."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import click

from bot.cli.finding import Finding
from bot.cli.places import check_key, check_places
from bot.cli.stored import check_database, check_schema
from bot.clock import utc_now
from bot.config import Settings, read_settings
from bot.delivery.checking import Check, check_outbox, check_targets
from bot.dialogue.bot import Bot
from bot.errors import BrokenKnowledge, ClinicbotError, NotReady
from bot.evaluate.gates import run_gates
from bot.evaluate.safety_suite import self_test
from bot.faq.difference import difference
from bot.faq.release import Release
from bot.staff.publishing import names_of
from bot.staff.readying import folders_bot, vectors_known
from bot.store.database import Database, newest_schema
from bot.store.releases import find_live, load_release

MOST_SHOWN = 10
_DAYS = re.compile(r"([0-9]{1,4}) (day|week|year)s?")
_DAYS_IN = {"day": 1, "week": 7, "year": 365}


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
        bot = folders_bot(settings)
    except (BrokenKnowledge, NotReady) as error:
        yield Finding("FAIL", "the knowledge cannot be served", "mend these:", tuple(str(error).splitlines()))
        bot = None
    if live is not None:
        yield from check_served(live, bot, settings)
    if bot is not None:
        yield from check_knowledge(bot)
    yield from check_approval(live, bot)
    told = live or (bot.release if bot is not None else None)
    if told is not None:
        yield from check_promise(told, settings.retention_days)


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
            bot = Bot(release, store=settings.kept_index(), known=vectors_known(settings))
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


def check_promise(release: Release, retention_days: int) -> Iterator[Finding]:
    """Whether answers promise patients the time for which questions are kept."""
    promised = release.clinic.facts.get("retention", "")
    told = _DAYS.fullmatch(promised.strip().lower())
    if promised and (told is None or int(told[1]) * _DAYS_IN[told[2]] != retention_days):
        text = (
            f"answers tell patients that questions are kept for {promised!r}; they are kept for {retention_days} days"
        )
        mend = "make them the same: the fact `retention` at /staff/settings, or CLINICBOT_RETENTION_DAYS"
        yield Finding("warn", text, mend)


def _of_delivery(check: Check) -> Finding:
    return Finding("FAIL" if check.level == "fail" else check.level, check.text)
