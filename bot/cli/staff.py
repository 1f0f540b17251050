"""Commands about who may sign in: for the first person, and for when nobody can let others in any more."""

from __future__ import annotations

import json

import click

from bot.cli.address import address_of
from bot.cli.existing import open_existing
from bot.clock import utc_now
from bot.config import read_settings
from bot.staff.accounts import Person, Role, list_people
from bot.staff.links import invite, reset_link, setup_link


@click.group()
def staff() -> None:
    """People who may sign in to the staff area."""


@staff.command()
@click.argument("email")
@click.option("--name", required=True, help="How they stand beside what they write and approve.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="What they may do; give it again for more than one.",
)
def add(email: str, name: str, roles: tuple[str, ...]) -> None:
    """Print a link by which somebody joins; it works once, for three days."""
    settings = read_settings()
    database = open_existing(settings)
    asked = frozenset(Role(role) for role in roles)
    path = invite(database, email=email, name=name, roles=asked, by=None, now=utc_now())
    click.echo(address_of(settings, path))


@staff.command()
@click.argument("email")
@click.option("--two-step", is_flag=True, help="The phone is lost: the link sets the second step up anew, too.")
def reset(email: str, two_step: bool) -> None:
    """Print a link to a new password; it works once, for one hour. It also ends a lock-out."""
    settings = read_settings()
    database = open_existing(settings)
    path = reset_link(database, email=email, two_step=two_step, by=None, now=utc_now())
    click.echo(address_of(settings, path))


@staff.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def list_(as_json: bool) -> None:
    """Everybody with an account."""
    people = list_people(open_existing(read_settings()))
    if as_json:
        click.echo(json.dumps([_plain(person) for person in people], ensure_ascii=False))
        return
    for person in people:
        state = "cannot sign in" if person.disabled_at else "" if person.has_two_step else "no second step yet"
        roles = ", ".join(sorted(person.user.roles))
        click.echo("  ".join(filter(None, (person.user.email, person.user.name, roles, state))))
    if not people:
        click.echo("Nobody has an account yet; `clinicbot serve` prints a link for the first person.", err=True)


@staff.command()
def setup() -> None:
    """Print a link for the first person; it works once, for a day, and only while nobody has an account."""
    settings = read_settings()
    path = setup_link(open_existing(settings), utc_now())
    if path is None:
        raise click.UsageError("Somebody has an account already: use `clinicbot staff add` or `clinicbot staff reset`.")
    click.echo(address_of(settings, path))


def _plain(person: Person) -> dict[str, object]:
    return {
        "email": person.user.email,
        "name": person.user.name,
        "roles": sorted(person.user.roles),
        "two_step": person.has_two_step,
        "since": person.since.isoformat(),
        "disabled_at": person.disabled_at.isoformat() if person.disabled_at else None,
    }
