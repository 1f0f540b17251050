"""The command that reads documents: sections, proposed drafts and claims to look at; saved for review on request."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from bot.cli.answers import open_bot
from bot.cli.bar import Bar
from bot.cli.existing import working_database
from bot.cli.publishing import operator
from bot.clock import utc_now
from bot.config import read_settings
from bot.dialogue.bot import Bot
from bot.errors import Conflict, InputError
from bot.ingest.drafts import Analysis, analyse
from bot.ingest.sandbox import Limits, read_document
from bot.staff.documents import Wanted, propose_document, save_document, slug_of

MOST_SHOWN = 8


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON, one line a file.")
@click.option(
    "--save", is_flag=True, help="Keep each document as a version, and begin drafts for what no entry covers."
)
@click.option("--all", "every", is_flag=True, help="With --save: drafts for covered sections too.")
@click.option("--document", "document_id", default="", help="With --save: the id under which the document is kept.")
@click.option("--by", default="", help="With --save: who does it; else the name of the account on this machine.")
@click.option("--most-mb", default=Limits().file_mb, show_default=True, help="Refuse larger files.")
def ingest(
    files: tuple[Path, ...], as_json: bool, save: bool, every: bool, document_id: str, by: str, most_mb: int
) -> None:
    """Read documents (text, Markdown, HTML, PDF, DOCX) into sections, and propose drafts of entries.

    Each file is read in a process with limits; one that cannot be read is named on stderr, the others go on, and the
    exit code is 1.
    """
    if document_id and (not save or len(files) > 1):
        raise click.UsageError("--document goes with --save and one FILE")
    bot: Bot | None = None
    rejected = 0
    for file in files:
        try:
            read = read_document(file, limits=Limits(file_mb=most_mb), tell=Bar(f"reading {file.name}"))
        except InputError as error:
            rejected += 1
            click.echo(f"clinicbot: {error}", err=True)
            continue
        bot = bot or open_bot()
        found = analyse(read, bot, Bar(f"comparing {file.name}"))
        if as_json:
            click.echo(json.dumps(found.to_dict(str(file)), ensure_ascii=False))
        else:
            click.echo("\n".join(_lines(str(file), found)))
        if save:
            rejected += not _saved(found, file.name, document_id, by, every=every)
    sys.exit(1 if rejected else 0)


def _saved(found: Analysis, name: str, document_id: str, by: str, *, every: bool) -> bool:
    """Whether it was kept; what came of it goes to stderr, so that stdout stays what was found."""
    drafts = [draft for draft in found.drafts if every or draft.is_new]
    wanted = [
        Wanted(section=each.section.number, question=each.question, topic=each.topic, phrasings=each.phrasings)
        for each in drafts
    ]
    reading = found.reading
    with working_database(read_settings()) as database:
        with database.read() as db:
            place = document_id or propose_document(db, reading, name) or slug_of(reading.title or Path(name).stem)
        try:
            saved = save_document(
                database, reading, file_name=name, document_id=place, title=reading.title or Path(name).stem,
                wanted=wanted, user=operator(by), now=utc_now(),
            )  # fmt: skip
        except (Conflict, InputError) as error:
            click.echo(f"clinicbot: {name}: {error}", err=True)
            return False
    click.echo(
        f"{name}: kept as {saved.document_id}, version {saved.number}; {len(saved.drafts)} drafts begun", err=True
    )
    for entry_id in saved.flagged:
        click.echo(f"  look at {entry_id}: what it rests on was changed", err=True)
    return True


def _lines(file: str, found: Analysis) -> Iterator[str]:
    reading = found.reading
    yield f"{file}: {reading.title or 'no title'}"
    yield f"  by {reading.author or 'nobody named'}, dated {reading.dated or 'not at all'}"
    yield from (f"  note: {note}" for note in reading.notes)
    yield f"  {len(found.sections)} sections, {len(reading.removed)} lines left out as no content"
    by_section = {draft.section.number: draft for draft in found.drafts}
    counts = {section.number: 0 for section in found.sections}
    for warning in found.warnings:
        counts[warning.number] = counts.get(warning.number, 0) + 1
    for section in found.sections:
        claims = f", {counts[section.number]} claims to check" if counts[section.number] else ""
        yield f"  {'  ' * section.level}{section.heading} ({section.place}{claims})"
        draft = by_section.get(section.number)
        if draft is not None:
            cover = draft.covered_by
            told = f"already covered by {cover.entry_id}, {cover.confidence:.2f}" if cover else f"new, {draft.topic}"
            yield f"  {'  ' * section.level}  → {draft.question} ({told})"
    yield f"  {len(found.warnings)} claims to check:"
    for warning in found.warnings[:MOST_SHOWN]:
        yield f"    {warning.rule}: {warning.section or 'the whole document'}: {warning.text}"
    if len(found.warnings) > MOST_SHOWN:
        yield f"    and {len(found.warnings) - MOST_SHOWN} more; --json prints all"
