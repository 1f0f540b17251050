"""The command that makes what is approved the live release: candidate, gates, publication."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import click

from bot.cli.account import actor
from bot.cli.existing import working_database
from bot.clock import utc_now
from bot.config import Settings, read_settings
from bot.errors import InputError
from bot.evaluate.asking import Tell, silent
from bot.faq.difference import difference
from bot.language.ahead import processors
from bot.staff.accounts import Role, User, require_able
from bot.staff.candidates import load_live, overdue, prepare
from bot.staff.gating import run_candidate, told
from bot.staff.publishing import Terms, names_of
from bot.staff.publishing import publish as publish_candidate
from bot.staff.readying import ready_with, recall_with
from bot.store.database import Database
from bot.store.releases import GateRun, load_candidate

MOST_SHOWN = 10
BAR = 30  # characters
MOST_WORKERS = 4  # each holds a bot of its own, within the bounds of memory that the server has
GENTLY = 10  # by which the gates that a server began stand back


@click.command()
@click.option("--note", default="", help="What is new, for those who read the list of releases.")
@click.option("--by", default="", help="Who publishes, by name in the staff area; else the account on this machine.")
@click.option("--waive", multiple=True, metavar="ENTRY=REASON", help="Why an entry past its review date may go out.")
@click.option("--dry-run", is_flag=True, help="Run the gates and show what they find; publish nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@click.option("--gates-only", type=int, hidden=True, help="Run the gates that were begun for this candidate.")
def publish(note: str, by: str, waive: tuple[str, ...], dry_run: bool, as_json: bool, gates_only: int | None) -> None:
    """Make a release of everything approved, run its gates, and let patients be answered from it.

    Exit code 1 when there is nothing to publish, a gate fails, or an entry past its review date was not waived.
    """
    settings = read_settings()
    waivers = dict(_waiver(text) for text in waive)
    with working_database(settings) as database:
        if gates_only is not None:
            _stand_back()
            sys.exit(0 if _passed(_run(database, settings, gates_only, silent)) else 1)
        user = publisher(database, by)
        candidate_id = prepare(database, user=user, now=utc_now())
        with database.read() as db:
            live, candidate = load_live(db), load_candidate(db, candidate_id)
        if not as_json and live and candidate:
            click.echo(f"what differs: {', '.join(names_of(difference(live, candidate)))}", err=True)
        run = _run(database, settings, candidate_id, silent if as_json else _Bar())
        late = overdue(candidate, utc_now()) if candidate else {}
        missing = {entry_id: day for entry_id, day in late.items() if entry_id not in waivers}
        number = None
        if _passed(run) and not missing and not dry_run:
            terms = Terms(note=note, waivers=waivers)
            number = publish_candidate(database, candidate_id, terms, user=user, now=utc_now())
        with database.read() as db:
            evidence = told(db, run.evidence or {})
    if as_json:
        found = {"release": number, "candidate": candidate_id, "overdue": list(missing), **evidence}
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_lines(evidence)))
        for entry_id, day in missing.items():
            click.echo(f"{entry_id} was due for review on {day}: --waive {entry_id}=REASON", err=True)
        follow = "servers follow within 5 s, once they have learnt it"
        click.echo(f"release {number} is live; {follow}" if number else "nothing was published")
    sys.exit(0 if _passed(run) and not missing else 1)


def operator(name: str) -> User:
    """Who has a shell on the server may do what an admin may; the audit names them."""
    return User(user_id=0, email="", name=name.strip() or actor(), roles=_ADMIN)


def publisher(database: Database, name: str) -> User:
    """Who publishes or rolls back: the account on this machine, or somebody by name who may.

    Raises InputError for a name that is nobody's here who may, once the clinic has accounts.
    """
    with database.read() as db:
        require_able(db, name.strip(), _MAY_PUBLISH, field="--by", who="somebody with an account here who may publish")
    return operator(name)


_ADMIN = frozenset({Role.ADMIN})
_MAY_PUBLISH = frozenset({Role.CLINICIAN, Role.ADMIN})


def _run(database: Database, settings: Settings, candidate_id: int, tell: Tell) -> GateRun:
    return run_candidate(
        database,
        candidate_id,
        ready=ready_with(settings),
        now=utc_now,
        retention=timedelta(days=settings.retention_days),
        workers=min(processors(), MOST_WORKERS),
        recall=recall_with(settings),
        tell=tell,
    )


def _stand_back() -> None:
    """Gates that a server began use what its patients leave of the processors."""
    if hasattr(os, "nice"):
        os.nice(GENTLY)


class _Bar:
    """How far the gates are, on one line of a terminal; elsewhere a line a stage."""

    def __init__(self) -> None:
        self._stage = ""
        self._is_terminal = sys.stderr.isatty()

    def __call__(self, stage: str, done: int, total: int) -> None:
        if self._is_terminal:
            filled = BAR * done // total if total else 0
            end = "\n" if total and done == total else ""
            sys.stderr.write(f"\r\x1b[K{stage:<18} {'█' * filled}{'░' * (BAR - filled)} {done}/{total}{end}")
            sys.stderr.flush()
        elif stage != self._stage:
            click.echo(f"{stage} …", err=True)
        self._stage = stage


def _waiver(text: str) -> tuple[str, str]:
    entry_id, equals, reason = text.partition("=")
    if not equals or not reason.strip():
        raise InputError(field="--waive", got=repr(text), allowed="ENTRY=REASON")
    return entry_id.strip(), reason.strip()


def _passed(run: GateRun) -> bool:
    return bool(run.evidence and run.evidence["passed"])


def _lines(evidence: Mapping[str, Any]) -> Iterator[str]:
    for gate in evidence["gates"]:
        mark = "ok  " if gate["passed"] else "FAIL"
        yield f"{mark}  {gate['name']}: {gate['checked']} checked, {gate['noted']} noted"
        yield from (f"        {failure}" for failure in gate["failures"][:MOST_SHOWN])
        if gate["noted"] > MOST_SHOWN:
            yield f"        and {gate['noted'] - MOST_SHOWN} more"
    behaviour = evidence.get("behaviour")
    if behaviour:
        different = behaviour["different"]
        yield f"{len(different)} of {behaviour['asked']} real questions would be answered differently"
        for each in different[:MOST_SHOWN]:
            before, after = _heard(each["before"]), _heard(each["after"])
            yield f"        {each['question'] or each['turn']!r}: {before} → {after} ({each['kind']})"
        if len(different) > MOST_SHOWN:
            yield f"        and {len(different) - MOST_SHOWN} more"


def _heard(heard: Mapping[str, Any]) -> str:
    return " ".join([heard["outcome"], *heard["entries"][:1]])
