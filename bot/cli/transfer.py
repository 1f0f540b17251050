"""Commands that carry the knowledge between the database and files: export, import."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click

from bot.cli.account import account_name
from bot.cli.existing import open_existing
from bot.clock import utc_now
from bot.config import Settings, read_settings
from bot.errors import InputError
from bot.faq.files import Loaded, load_knowledge
from bot.faq.writing import write_knowledge
from bot.staff.seeding import seed_if_empty
from bot.staff.transfer import Plan, exported, import_knowledge, plan_import
from bot.store.database import Database, Db, newest_schema, open_database, refuse_unknown, require_unicode
from bot.store.releases import find_live

MOST_SHOWN = 40


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--release", "number", type=click.IntRange(1), help="That release, instead of what is approved now.")
def export(folder: Path, number: int | None) -> None:
    """Write the knowledge to FOLDER as files that `import` reads again."""
    database = open_existing(read_settings())
    with database.read() as db:
        files = exported(db, utc_now(), number)
    try:
        write_knowledge(folder, files)
    except OSError as error:
        raise InputError(
            field=str(folder), got=error.strerror or str(error), allowed="a folder that can be written"
        ) from error
    click.echo(f"{len(files)} files written to {folder}")


@click.command(name="import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--approved-by", default="", help="The clinician who has read the files; else each change goes to review."
)
@click.option("--retire-missing", is_flag=True, help="Retire entries that the folder does not have.")
def import_(folder: Path, dry_run: bool, yes: bool, approved_by: str, retire_missing: bool) -> None:
    """Read the knowledge in FOLDER into the database: shown first, then all of it or nothing."""
    now = utc_now()
    loaded = load_knowledge(folder, number=1, published_at=now)
    if loaded.problems:
        for problem in loaded.problems:
            click.echo(str(problem), err=True)
        click.echo(f"{len(loaded.problems)} faults; nothing was imported", err=True)
        sys.exit(1)
    settings = read_settings()
    plan = _plan(settings, loaded)
    if plan is None:
        click.echo(f"The database is empty: {len(loaded.release.entries)} entries become release 1.")
        if not dry_run and (yes or click.confirm("Go on?")):
            with closing(open_database(settings.database, within=settings.data_dir)) as database:
                seed_if_empty(database, loaded, now)
            click.echo("Imported, and published as release 1.")
        return
    click.echo("\n".join(_lines(plan, retire_missing)))
    if dry_run or (plan.is_empty and not (retire_missing and (plan.missing or plan.untranslated))):
        return
    if yes or click.confirm("Import this?"):
        with closing(open_database(settings.database, within=settings.data_dir)) as database:
            import_knowledge(
                database, loaded, by=account_name(), now=now, approved_by=approved_by, retire_missing=retire_missing
            )
        in_review = not approved_by and (plan.entries or plan.translations)
        click.echo(
            "Imported; answers wait for review." if in_review else "Imported; publish it to let patients see it."
        )
        if in_review and plan.pieces:
            click.echo(f"What needs no review goes out with the next release: {', '.join(plan.pieces)}.")


def _plan(settings: Settings, loaded: Loaded) -> Plan | None:
    """What would change, found out without changing anything, the schema neither; None where nothing is there yet."""
    if not settings.has_database():
        return None
    with closing(Database(settings.database)) as database:
        require_unicode(database)
        schema = database.schema()
        refuse_unknown(schema)
        if schema is None:
            return None
        if schema != newest_schema():
            return database.rehearse(lambda db: _planned(db, loaded))
        with database.read() as db:
            return _planned(db, loaded)


def _planned(db: Db, loaded: Loaded) -> Plan | None:
    return plan_import(db, loaded) if find_live(db) is not None else None


def _lines(plan: Plan, retire_missing: bool) -> Iterator[str]:
    for each in plan.entries[:MOST_SHOWN]:
        yield f"new      {each.entry.id}" if each.is_new else f"changed  {each.entry.id}: {', '.join(each.changed)}"
    if len(plan.entries) > MOST_SHOWN:
        yield f"         and {len(plan.entries) - MOST_SHOWN} more entries"
    for entry_id, language in plan.translations[:MOST_SHOWN]:
        yield f"changed  {entry_id}: its translation ({language})"
    for name in plan.pieces:
        yield f"changed  {name}"
    for entry_id in plan.missing[:MOST_SHOWN]:
        yield f"missing  {entry_id}: " + ("will be retired" if retire_missing else "stays as it is")
    for entry_id, language in plan.untranslated[:MOST_SHOWN]:
        told = "will be retired" if retire_missing else "stays as it is"
        yield f"missing  {entry_id}: its translation ({language}) {told}"
    translated = f", {len(plan.translations)} translations" if plan.translations else ""
    yield f"{len(plan.entries)} entries{translated} and {len(plan.pieces)} other pieces change; " + (
        f"{plan.unchanged} entries stay"
    )
    if plan.held_up:
        yield "somebody is working on: " + ", ".join(plan.held_up)
