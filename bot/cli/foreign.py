"""Commands that bring other FAQs in as drafts, and give this one to others."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from bot.cli.answers import open_bot
from bot.cli.existing import working_database
from bot.cli.publishing import operator
from bot.clock import utc_now
from bot.config import read_settings
from bot.errors import InputError
from bot.ingest.drafts import topic_of
from bot.ingest.exporters import as_csv, as_json_ld
from bot.ingest.importers import Format
from bot.ingest.sandbox import read_faq
from bot.staff.importing import plan_foreign, save_foreign

MOST_SHOWN = 40
_WRITERS = {"csv": as_csv, "jsonld": as_json_ld}


@click.command(name="import-faq")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@click.option(
    "--from", "form", required=True, type=click.Choice([each.value for each in Format]), help="Whose file it is."
)
@click.option("--dry-run", is_flag=True, help="Show what would become drafts, and change nothing.")
@click.option("--by", default="", help="Who does it; else the name of the account on this machine.")
def import_faq(files: tuple[Path, ...], form: str, dry_run: bool, by: str) -> None:
    """Read another FAQ's FILEs; every question becomes a draft with its answer quoted, none becomes an answer.

    What is left out is named with the reason, and the exit code is 1 then.
    """
    found = read_faq(files, Format(form))
    with working_database(read_settings()) as database:
        with database.read() as db:
            kept, left = plan_foreign(db, found)
        if not dry_run and kept:
            bot = open_bot()
            topics = {each.place: topic_of(bot, (each.question, *each.phrasings[:1])) for each in kept}
            source = ", ".join(path.name for path in files)
            done = save_foreign(database, found, source=source, topics=topics, user=operator(by), now=utc_now())
            left = done.left_out
    for each in kept[:MOST_SHOWN]:
        click.echo(f"draft  {each.question} ({len(each.phrasings)} other ways to ask it)")
    if len(kept) > MOST_SHOWN:
        click.echo(f"       and {len(kept) - MOST_SHOWN} more")
    for one in left:
        click.echo(f"left out: {one.place}: {one.why}", err=True)
    click.echo(f"{len(kept)} drafts {'would be begun' if dry_run else 'begun'}; {len(left)} left out")
    sys.exit(1 if left else 0)


@click.command(name="export-faq")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--to", "form", required=True, type=click.Choice(sorted(_WRITERS)), help="What it is to be read by.")
def export_faq(file: Path, form: str) -> None:
    """Write the approved questions and answers to FILE: as CSV, or as FAQPage JSON-LD for a web page."""
    bot = open_bot()
    text = _WRITERS[form](bot)
    try:
        file.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise InputError(
            field=str(file), got=error.strerror or str(error), allowed="a file that can be written"
        ) from error
    click.echo(f"{len(bot.release.entries)} entries written to {file}")
