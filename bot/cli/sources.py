"""Commands about source documents: what is known of them, what changed, what rests on what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click

from bot.cli.existing import working_database
from bot.config import read_settings
from bot.errors import InputError
from bot.faq.json_form import from_plain
from bot.ingest.alignment import Aligned, Fate, align
from bot.ingest.blocks import Reading
from bot.ingest.coverage import Coverage, coverage_of
from bot.ingest.sections import sections_of
from bot.staff.documents import known_sections, load_documents
from bot.staff.listing import list_lines
from bot.store.database import Db
from bot.store.documents import Flag, find_version, list_flags, list_versions
from bot.store.standings import load_standings

_MARKS = {Fate.SAME: " ", Fate.MOVED: ">", Fate.CHANGED: "~", Fate.NEW: "+", Fate.REMOVED: "-"}


@click.group()
def sources() -> None:
    """The documents that the FAQ is built from."""


@sources.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def status(as_json: bool) -> None:
    """Every document with its version, what changed in it last, and the entries to look at again."""
    with working_database(read_settings()) as database, database.read() as db:
        flags = list_flags(db)
        found = [_status(db, document.id, document.title, flags) for document in load_documents(db)]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for each in found:
        version = f"version {each['version']}, {each['saved_at'][:10]}" if each["version"] else "never read here"
        click.echo(f"{each['id']}: {each['title']} ({version})")
        changes = ", ".join(f"{count} {fate}" for fate, count in each["changes"].items()) or "nothing to compare"
        click.echo(f"  {each['sections']} sections: {changes}")
        for flag in each["flagged"]:
            click.echo(
                f"  look at {flag['entry']}: “{flag['section']}” was {flag['change']} in version {flag['version']}"
            )


@sources.command()
@click.argument("document_id")
@click.option(
    "--version", "number", type=click.IntRange(1), help="That version against the one before; else the newest."
)
def diff(document_id: str, number: int | None) -> None:
    """What changed in DOCUMENT_ID, word by word: {+added+} and [-removed-]."""
    with working_database(read_settings()) as database, database.read() as db:
        version = find_version(db, document_id, number)
        if version is None:
            raise InputError(field="DOCUMENT_ID", got=document_id, allowed=", ".join(_ids(db)) or "none is kept yet")
        before = known_sections(db, document_id, version.number - 1) if version.number > 1 else ()
        aligned = align(before, sections_of(from_plain(Reading, version.reading).blocks))
    for each in aligned:
        click.echo("\n".join(_lines(each)))


@sources.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def coverage(as_json: bool) -> None:
    """Which sections no entry covers, and which entries rest on no section."""
    with working_database(read_settings()) as database, database.read() as db:
        entries = [line.entry for line in list_lines(load_standings(db), None, {})]
        found = coverage_of(load_documents(db), entries)
    click.echo(json.dumps(found.to_dict(), ensure_ascii=False, indent=2) if as_json else "\n".join(_told(found)))


def _ids(db: Db) -> list[str]:
    return sorted({version.document_id for version in list_versions(db)})


def _status(db: Db, document_id: str, title: str, flags: tuple[Flag, ...]) -> dict[str, Any]:
    version = find_version(db, document_id)
    changes: dict[str, int] = {}
    if version is not None and version.number > 1:
        now = sections_of(from_plain(Reading, version.reading).blocks)
        for each in align(known_sections(db, document_id, version.number - 1), now):
            changes[each.fate.value] = changes.get(each.fate.value, 0) + 1
    return {
        "id": document_id,
        "title": title,
        "version": version.number if version else None,
        "saved_at": version.saved_at.isoformat() if version else "",
        "file": version.file_name if version else "",
        "sections": len(known_sections(db, document_id)),
        "changes": changes,
        "flagged": [
            {"entry": flag.entry_id, "section": flag.section, "change": flag.change, "version": flag.number}
            for flag in flags
            if flag.document_id == document_id
        ],
    }


def _lines(aligned: Aligned) -> Iterator[str]:
    called = f" (was: {aligned.was_called})" if aligned.was_called else ""
    yield f"{_MARKS[aligned.fate]} {aligned.heading}: {aligned.fate.value}{called}"
    if aligned.fate is Fate.CHANGED and aligned.has_words:
        pieces = {"same": "{}", "added": "{{+{}+}}", "removed": "[-{}-]"}
        text = "".join(pieces[change.kind].format(change.text) for change in aligned.words)
        yield from (f"      {line}" for line in text.splitlines())


def _told(found: Coverage) -> Iterator[str]:
    for each in found.documents:
        yield f"{each.document.title} ({each.document.id})"
        for one in each.sections:
            covered = ", ".join(entry.id for entry in one.entries) or "no entry rests on it"
            yield f"  {'  ' * (one.section.level - 1)}{one.section.heading}: {covered}"
        yield from (f"  {entry.id} cites “{heading}”, which is not there" for entry, heading in each.lost)
    yield f"{len(found.without)} entries rest on no section of any document:"
    yield from (f"  {entry.id}" for entry in found.without)
