"""Commands about the keys under which messages to the clinic lie sealed."""

from __future__ import annotations

import json
import sys

import click

from bot.cli.account import actor
from bot.cli.existing import open_existing
from bot.clock import utc_now
from bot.config import read_settings
from bot.config_key import make_key, signing_key
from bot.staff.sealed import reseal_steps
from bot.store import resealing
from bot.store.sealing import open_sealer


@click.group()
def keys() -> None:
    """Keys under which messages to the clinic lie sealed."""


@keys.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def list_(as_json: bool) -> None:
    """Which keys there are, whether they can be opened, and how much each of them seals."""
    settings = read_settings()
    with open_existing(settings).read() as db:
        found = resealing.list_keys(db, signing_key(settings))
    plain = [
        {
            "key": each.key_id,
            "made_at": each.made_at.isoformat(),
            "retired_at": each.retired_at.isoformat() if each.retired_at else None,
            "readable": each.readable,
            "sealed": each.sealed,
        }
        for each in found
    ]
    if as_json:
        click.echo(json.dumps(plain))
        return
    for each in found:
        state = f"retired {each.retired_at:%Y-%m-%d}" if each.retired_at else "in use"
        lost = "" if each.readable else "  cannot be opened with this CLINICBOT_SECRET_KEY"
        click.echo(f"{each.key_id:>3}  made {each.made_at:%Y-%m-%d}  {state}  seals {each.sealed}{lost}")


@keys.command()
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def rotate(as_json: bool) -> None:
    """Make a new key and seal everything with it; servers go on meanwhile. When it is ended, the next run goes on.

    To change CLINICBOT_SECRET_KEY, set the new one, and the one before it as CLINICBOT_SECRET_KEY_OLD, and run this, or
    start `clinicbot serve`; from then on the old one is not needed.
    """
    settings = read_settings()
    database, secret = open_existing(settings), signing_key(settings)
    open_sealer(database, secret, settings.secret_key_old)
    reseal_steps(database, secret, settings.secret_key_old, utc_now())

    def tell(done: int, total: int) -> None:
        if total and not as_json:
            click.echo(f"{done} of {total} sealed anew", err=True)

    done = resealing.rotate(database, secret, actor=actor(), now=utc_now(), progress=tell)
    if as_json:
        told = {"key": done.key_id, "resealed": done.resealed, "unreadable": done.unreadable, "resumed": done.resumed}
        click.echo(json.dumps(told))
    else:
        begun = ", begun by an earlier run" if done.resumed else ""
        click.echo(f"key {done.key_id}{begun}: {done.resealed} sealed anew; the keys before it are retired")
    if done.unreadable:
        click.echo(f"clinicbot: {done.unreadable} cannot be read with this key and were left as they are", err=True)
        sys.exit(1)


@keys.command()
@click.option("--yes", is_flag=True, required=True, help="What was sealed under the lost key cannot be read again.")
def abandon(yes: bool) -> None:
    """Go on with a new key when the CLINICBOT_SECRET_KEY before this one is lost for good."""
    del yes
    settings = read_settings()
    lost, sealed = resealing.abandon(open_existing(settings), make_key(settings), actor=actor(), now=utc_now())
    if not lost:
        click.echo("Every key in use can be opened; nothing was changed.")
    else:
        click.echo(f"{lost} keys given up; {sealed} sealed texts cannot be read with this key")
