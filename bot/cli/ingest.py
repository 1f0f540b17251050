"""The command that reads documents: sections, proposed drafts and claims to look at; saved for review on request."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from bot.cli.answers import open_bot
from bot.cli.bar import Bar
from bot.dialogue.bot import Bot
from bot.errors import InputError
from bot.ingest.drafts import Analysis, analyse
from bot.ingest.sandbox import Limits, read_document

MOST_SHOWN = 8


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON, one line a file.")
@click.option("--most-mb", default=Limits().file_mb, show_default=True, help="Refuse larger files.")
def ingest(files: tuple[Path, ...], as_json: bool, most_mb: int) -> None:
    """Read documents (text, Markdown, HTML, PDF, DOCX) into sections, and propose drafts of entries.

    Each file is read in a process with limits; one that cannot be read is named on stderr, the others go on, and the
    exit code is 1.
    """
    bot: Bot | None = None
    rejected = 0
    for file in files:
        try:
            reading = read_document(file, limits=Limits(file_mb=most_mb), tell=Bar(f"reading {file.name}"))
        except InputError as error:
            rejected += 1
            click.echo(f"clinicbot: {error}", err=True)
            continue
        bot = bot or open_bot()
        found = analyse(reading, bot)
        if as_json:
            click.echo(json.dumps(found.to_dict(str(file)), ensure_ascii=False))
        else:
            click.echo("\n".join(_lines(str(file), found)))
    sys.exit(1 if rejected else 0)


def _lines(file: str, found: Analysis) -> Iterator[str]:
    reading = found.reading
    yield f"{file}: {reading.title or 'no title'}"
    yield f"  by {reading.author or 'nobody named'}, dated {reading.dated or 'not at all'}"
    yield from (f"  note: {note}" for note in reading.notes)
    yield f"  {len(found.sections)} sections, {len(reading.removed)} lines left out as no content"
    by_section = {draft.section.number: draft for draft in found.drafts}
    counts = {section.number: 0 for section in found.sections}
    for warning in found.warnings:
        number = next((each.number for each in found.sections if each.heading == warning.section), 0)
        counts[number] = counts.get(number, 0) + 1
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
