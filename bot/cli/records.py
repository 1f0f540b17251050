"""Commands about what is kept: the audit chain, deleting what is older than its time, the privacy document."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path

import click

from bot.cli.existing import open_existing
from bot.clock import utc_now
from bot.config import read_settings
from bot.errors import InputError
from bot.patients.retention import Retention, purge_old
from bot.store.audit import Seal, Verdict, list_events
from bot.store.audit import verify as verify_chain
from bot.store.privacy_map import privacy_document


@click.group()
def audit() -> None:
    """The audit: who did what to which."""


@audit.command()
@click.option("--seal", "kept", metavar="HASH", help="A last seal that was printed before; goes with --lines.")
@click.option("--lines", type=click.IntRange(min=1), help="How many lines there were then.")
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as JSON.")
def verify(kept: str | None, lines: int | None, as_json: bool) -> None:
    """Read the whole chain; exit code 1 when a line was changed, put between others or taken from between them.

    Lines that were taken off its end, and a chain written anew, show only by a seal that was kept elsewhere: note the
    lines and the last seal that are printed, and give them back with --lines and --seal.
    """
    if (kept is None) != (lines is None):
        raise click.UsageError("--seal HASH goes with --lines N, as they were printed together")
    seal = Seal(lines, kept.strip().lower()) if kept is not None and lines is not None else None
    database = open_existing(read_settings())
    with database.read() as db:
        verdict = verify_chain(db, seal)
    if as_json:
        click.echo(json.dumps({"lines": verdict.lines, "head": verdict.head, "fault": verdict.fault or None}))
    elif verdict.fault:
        click.echo(f"broken: {verdict.fault}; {_whole(verdict)}", err=True)
    else:
        click.echo(f"whole: {verdict.lines} lines, last seal {verdict.head}")
        if seal is not None:
            click.echo(f"line {seal.lines} has the seal that was kept")
    sys.exit(1 if verdict.fault else 0)


def _whole(verdict: Verdict) -> str:
    return f"the {verdict.lines} lines before it are whole, the last of them with the seal {verdict.head}"


@audit.command(name="list")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many lines.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_(limit: int, as_json: bool) -> None:
    """The newest lines, newest first."""
    database = open_existing(read_settings())
    with database.read() as db:
        events = list_events(db, limit=limit)
    for event in events:
        if as_json:
            line = {"number": event.number, "at": event.at.isoformat(), "actor": event.actor, "action": event.action}
            click.echo(json.dumps({**line, "subject": event.subject, "detail": event.detail}, ensure_ascii=False))
        else:
            click.echo(
                f"{event.number:>6}  {event.at:%Y-%m-%d %H:%M:%S}  {event.actor}  {event.action}  {event.subject}"
            )


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def purge(as_json: bool) -> None:
    """Delete what is older than its time, now; `clinicbot serve` does so every hour."""
    settings = read_settings()
    retention = Retention(
        questions=timedelta(days=settings.retention_days), handoffs=timedelta(days=settings.handoff_retention_days)
    )
    purged = purge_old(open_existing(settings), retention, utc_now()).to_dict()
    if as_json:
        click.echo(json.dumps(purged))
    else:
        click.echo("deleted for good: " + ", ".join(f"{count} {what}" for what, count in purged.items()))


@click.command(name="privacy-map")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it there (docs/privacy.md).")
def privacy_map(out: Path | None) -> None:
    """Print which data is kept, whose, why, for how long and how it is guarded, as Markdown."""
    text = privacy_document()
    if out is None:
        click.echo(text, nl=False)
    else:
        try:
            out.write_text(text, encoding="utf-8")
        except OSError as error:
            allowed = "a file that can be written"
            raise InputError(field="--out", got=error.strerror or str(error), allowed=allowed) from error
