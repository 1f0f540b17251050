"""Commands about releases: list, compare, roll back, and say again what was said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from difflib import ndiff
from typing import Any

import click

from bot.cli.answers import readable_reply
from bot.cli.existing import working_database
from bot.cli.explanation import readable
from bot.cli.publishing import publisher
from bot.clock import utc_now
from bot.config import read_settings
from bot.faq.difference import Difference, Names, difference
from bot.faq.release import plain
from bot.staff.publishing import roll_back
from bot.staff.readying import ready_with
from bot.staff.replaying import Provenance, ask_again, provenance_of, require_release, require_turn, said
from bot.store.releases import find_live, list_publications, list_releases

NUMBER = click.IntRange(1, 2**31 - 1)  # of a release, as databases hold it

MOST_LISTED = 1_000


@click.group()
def releases() -> None:
    """What patients are and were answered from."""


@releases.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def list_(as_json: bool) -> None:
    """All releases, newest first, and which one is live."""
    with working_database(read_settings()) as database, database.read() as db:
        live, lines = find_live(db), list_releases(db, limit=MOST_LISTED)
        published = list_publications(db, limit=MOST_LISTED)
    if as_json:
        found = [
            {
                "release": line.number,
                "live": live is not None and line.number == live.number,
                "content": line.content_hash,
                "by": line.author,
                "at": line.created_at.isoformat(),
                "note": line.note,
                "published": [
                    {"kind": each.kind, "by": each.author, "at": each.published_at.isoformat(), "reason": each.reason}
                    for each in published
                    if each.number == line.number
                ],
            }
            for line in lines
        ]
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for line in lines:
        mark = "live" if live is not None and line.number == live.number else ""
        click.echo(
            f"{line.number:>5}  {mark:<4}  {line.created_at:%Y-%m-%d %H:%M}  {line.author}  {line.note}".rstrip()
        )


@releases.command()
@click.argument("old", type=NUMBER)
@click.argument("new", type=NUMBER)
@click.option("--json", "as_json", is_flag=True, help="Print the difference as JSON.")
def diff(old: int, new: int, as_json: bool) -> None:
    """In what release NEW differs from release OLD."""
    with working_database(read_settings()) as database, database.read() as db:
        found = difference(require_release(db, old), require_release(db, new))
    if as_json:
        click.echo(json.dumps({"old": old, "new": new, "difference": plain(found)}, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_lines(found)) or f"release {new} says what release {old} says")


@releases.command()
@click.argument("number", type=NUMBER)
@click.option("--reason", default="", help="Why.")
@click.option("--by", default="", help="Who does it, by name in the staff area; else the account on this machine.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def rollback(number: int, reason: str, by: str, as_json: bool) -> None:
    """Answer patients from release NUMBER again; servers follow within 5 seconds, once they have learnt it."""
    with working_database(read_settings()) as database:
        before = roll_back(database, number, reason=reason, user=publisher(database, by), now=utc_now())
    if as_json:
        click.echo(json.dumps({"release": number, "before": before.number}))
    else:
        click.echo(
            f"release {number} is live again; before it was {before.number} (to take it back: roll back to that)"
        )


@click.command()
@click.option("--turn", "turn_id", required=True, help="The turn's id, as in the staff area.")
@click.option("--release", "number", type=NUMBER, help="What that release would say, and why.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def replay(turn_id: str, number: int | None, as_json: bool) -> None:
    """What was said in a turn, word for word, and who approved it; with a release, what that one says, and why.

    Why it was said at the time is told by the release that said it.
    """
    settings = read_settings()
    with working_database(settings) as database, database.read() as db:
        turn = require_turn(db, turn_id)
        release = require_release(db, turn.release)
        provenance = provenance_of(db, turn, release)
        other = require_release(db, number) if number is not None else None
    reply = said(turn, release)
    again = ask_again(turn, ready_with(settings)(other)) if other else None
    if as_json:
        found: dict[str, Any] = {
            "turn": turn.turn_id,
            "asked_at": turn.asked_at.isoformat(),
            "question": turn.redacted,
            "release": turn.release,
            "content": release.content_hash,
            "context": dict(turn.context),
            "reply": reply.to_dict(),
            **_behind(provenance),
        }
        if again and other:
            would = {"release": other.number, "reply": again.reply.to_dict(), "why": again.why.to_dict()}
            found["would_say"] = would
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    click.echo(f"asked {turn.asked_at:%Y-%m-%d %H:%M:%S} UTC: {turn.redacted}")
    click.echo(f"release {turn.release}, content {release.content_hash[:12]}, said:\n\n{readable_reply(reply)}\n")
    for name, value in _behind(provenance).items():
        click.echo(f"{name:<9} {value}")
    if again and other:
        click.echo(f"\nrelease {other.number} would say:\n\n{readable_reply(again.reply)}\n\n{readable(again.why)}")


def _behind(found: Provenance) -> dict[str, str]:
    """Who stands behind what was said."""
    behind = {}
    if (revision := found.revision) is not None and (review := revision.review) is not None:
        behind["written"] = f"{revision.author}, revision {revision.number} of {revision.entry_id}"
        behind["approved"] = f"{review.reviewer}, {review.reviewed_at:%Y-%m-%d %H:%M} UTC"
    if found.publication is not None:
        behind["published"] = f"{found.publication.author}, {found.publication.published_at:%Y-%m-%d %H:%M} UTC"
    return behind


def _lines(found: Difference) -> Iterator[str]:
    """What differs, a line each; of an entry every field."""
    for name in (item.name for item in fields(found) if item.name not in ("changes", "facts")):
        names: Names = getattr(found, name)
        for sign, those in (("+", names.added), ("-", names.removed), ("~", names.changed)):
            yield from (f"{sign} {name}: {each}" for each in those if name != "entries" or sign != "~")
        if names.moved:
            yield f"~ {name}: another order"
    for change in found.changes:
        yield f"~ entries: {change.entry_id}"
        for each in change.changes:
            yield f"    {each.field}"
            lines = [line for line in ndiff(each.old.splitlines(), each.new.splitlines()) if line[0] != "?"]
            yield from (f"      {line}" for line in lines if line[0] != " ")
            if same := sum(line[0] == " " for line in lines):
                yield f"      ({same} more as before)"
