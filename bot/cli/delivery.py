"""Commands about delivery: the worker as a process of its own, and what could not be delivered."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click

from bot.cli.account import actor
from bot.cli.ending import end_when_told
from bot.cli.existing import open_existing
from bot.clock import utc_now
from bot.config import read_settings
from bot.config_key import signing_key
from bot.delivery.resending import send_again, send_all_again, set_aside
from bot.delivery.targets import open_worker, targets_of
from bot.delivery.worker import Outcome
from bot.errors import NotReady
from bot.store.dead_letters import list_dead_letters
from bot.store.sealing import open_sealer
from bot.web.logs import log_to_stderr

MOST_LISTED = 1000


@click.command()
@click.option(
    "--once", is_flag=True, help="Deliver what is due now, and end; exit code 1 when something did not arrive."
)
def worker(once: bool) -> None:
    """Deliver messages to the clinic by mail, webhook, file and FHIR until stopped; any number may run side by side."""
    settings = read_settings()
    log_to_stderr(settings.log_level)
    nowhere = NotReady("nothing to deliver to: messages arrive in the staff's inbox alone (see docs/handoffs.md)")
    if not targets_of(settings):
        raise nowhere
    database = open_existing(settings)
    sealer = open_sealer(database, signing_key(settings), settings.secret_key_old)
    made = open_worker(database, settings, sealer, utc_now)
    if made is None:
        database.close()
        raise nowhere
    try:
        if once:
            outcomes = made.deliver_all()
            failed = sum(each in (Outcome.FAILED, Outcome.DEAD) for each in outcomes)
            click.echo(f"{outcomes.count(Outcome.DELIVERED)} delivered, {failed} not")
            sys.exit(1 if failed else 0)
        end_when_told()
        click.echo(f"Delivering to {', '.join(targets_of(settings))} (stop with Ctrl+C).", err=True)
        try:  # from the start on: one may be told to end in the very moment the first message is under way
            made.start()
            made.wait()
        except (KeyboardInterrupt, SystemExit):
            click.echo("Finishing what is under way …", err=True)
        finally:
            made.stop()
    finally:
        database.close()


@click.group()
def outbox() -> None:
    """What could not be delivered."""


@outbox.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def list_(as_json: bool) -> None:
    """Everything that was given up, oldest first, with the reason."""
    with open_existing(read_settings()).read() as db:
        letters = list_dead_letters(db, limit=MOST_LISTED)
    if as_json:
        click.echo(json.dumps([asdict(each) for each in letters], default=str))
        return
    for each in letters:
        what = each.reference or each.kind
        click.echo(
            f"{each.message_id}  {what:12}  {each.target:8}  {each.given_up_at:%Y-%m-%d %H:%M}  {each.last_error}"
        )
    if not letters:
        click.echo("nothing was given up")


@outbox.command(name="resend")
@click.argument("message_id", required=False)
@click.option("--all", "everything", is_flag=True, help="All that was given up.")
def resend_(message_id: str | None, everything: bool) -> None:
    """Try a message that was given up anew, by its MESSAGE_ID as `list` shows it."""
    if everything == bool(message_id):
        raise click.UsageError("name one MESSAGE_ID, or --all")
    database = open_existing(read_settings())
    if everything:
        click.echo(f"{send_all_again(database, actor=actor(), now=utc_now())} will be tried again")
        return
    send_again(database, str(message_id), actor=actor(), now=utc_now())
    click.echo("it will be tried again")


@outbox.command(name="set-aside")
@click.argument("message_id")
def set_aside_(message_id: str) -> None:
    """Take a message that was given up off the list, unsent, by its MESSAGE_ID as `list` shows it."""
    set_aside(open_existing(read_settings()), message_id, actor=actor(), now=utc_now())
    click.echo("it is set aside and will not be sent")
