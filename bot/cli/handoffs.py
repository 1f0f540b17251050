"""Commands about messages to the clinic: which there are, what one says, and what its sender may ask for."""

from __future__ import annotations

import json

import click

from bot.cli.account import actor
from bot.cli.existing import open_existing
from bot.clock import utc_now
from bot.config import Settings, read_settings
from bot.config_key import signing_key
from bot.patients import rights
from bot.store.database import Database
from bot.store.handoffs import Handoff, State
from bot.store.inbox import Wanted, list_page
from bot.store.sealing import Sealer, open_sealer

STATES: tuple[State, ...] = ("new", "seen", "answered", "closed")


@click.group()
def handoffs() -> None:
    """Messages from patients to the clinic."""


@handoffs.command(name="list")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only these; give it again for more.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=1000, show_default=True, help="How many at most.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def list_(states: tuple[State, ...], limit: int, as_json: bool) -> None:
    """Which messages there are: those that wait first, the gravest of them on top. Shows nothing of what they say."""
    database = open_existing(read_settings())
    with database.read() as db:
        found = list_page(db, Wanted(states=states), limit=limit)
    if as_json:
        click.echo(json.dumps([_plain(each) for each in found]))
        return
    now = utc_now()
    for each in found:
        late = each.due_at is not None and each.due_at < now and each.state in ("new", "seen")
        marks = [each.level, "overdue" if late else "", "erased" if each.erased else ""]
        click.echo("  ".join(filter(None, (each.reference, f"{each.received_at:%Y-%m-%d %H:%M}", each.state, *marks))))
    if not found:
        click.echo("There are no such messages.", err=True)


@handoffs.command()
@click.argument("reference")
@click.option("--json", "as_json", is_flag=True, help="Everything as one JSON object.")
def show(reference: str, as_json: bool) -> None:
    """What a message says. The audit notes that you have read it."""
    database, sealer = _opened(read_settings())
    opened = rights.read(database, sealer, reference, actor=actor(), now=utc_now())
    told = opened.to_dict()
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(f"{told['reference']}  {told['state']}  received {opened.handoff.received_at:%Y-%m-%d %H:%M} UTC")
    if opened.handoff.erased:
        click.echo("What it said was erased.")
    else:
        click.echo(f"{told['name']}, {told['contact']}\n\n{told['message']}\n")
    for event, said in opened.events:
        click.echo("\n  ".join((f"{event.at:%Y-%m-%d %H:%M}  {event.kind}  {event.author}", *said.values())))


@handoffs.command()
@click.argument("reference")
def export(reference: str) -> None:
    """Everything that is kept of a message, as JSON, to hand to who sent it."""
    database, sealer = _opened(read_settings())
    opened = rights.export(database, sealer, reference, actor=actor(), now=utc_now())
    click.echo(json.dumps(opened.to_dict(), ensure_ascii=False, indent=2))


@handoffs.command()
@click.argument("reference")
def erase(reference: str) -> None:
    """Delete for good what a message says, its notes, and what was still to be delivered of it."""
    found = rights.erase(open_existing(read_settings()), reference, actor=actor(), now=utc_now())
    click.echo(f"{found.reference}: {'was erased already' if found.erased else 'erased for good'}")


def _plain(found: Handoff) -> dict[str, object]:
    return {
        "reference": found.reference,
        "state": found.state,
        "received_at": found.received_at.isoformat(),
        "due_at": found.due_at.isoformat() if found.due_at else None,
        "level": found.level or None,
        "channel": found.channel,
        "erased": found.erased,
    }


def _opened(settings: Settings) -> tuple[Database, Sealer]:
    database = open_existing(settings)
    return database, open_sealer(database, signing_key(settings), settings.secret_key_old)
