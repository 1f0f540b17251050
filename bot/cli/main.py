"""The `clinicbot` command: its subcommands, and how errors leave the house."""

from __future__ import annotations

import sys

import click

from bot.cli.answers import ask, evaluate
from bot.cli.delivery import outbox, worker
from bot.cli.doctor import doctor
from bot.cli.foreign import export_faq, import_faq
from bot.cli.handoffs import handoffs
from bot.cli.ingest import ingest
from bot.cli.keeping import backup, restore
from bot.cli.keys import keys
from bot.cli.operate import migrate, serve, version
from bot.cli.publishing import publish
from bot.cli.records import audit, privacy_map, purge
from bot.cli.releases import releases, replay
from bot.cli.safety import safety_case, safety_test
from bot.cli.sources import sources
from bot.cli.staff import staff
from bot.cli.transfer import export, import_
from bot.errors import BrokenKnowledge, ClinicbotError, InputError, NotReady, SettingError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """A clinic's FAQ chat: approved answers only, safety first, and always back to the clinician."""


COMMANDS = (
    ask,
    evaluate,
    safety_test,
    safety_case,
    serve,
    worker,
    outbox,
    migrate,
    backup,
    restore,
    export,
    import_,
    export_faq,
    import_faq,
    ingest,
    publish,
    releases,
    replay,
    sources,
    staff,
    handoffs,
    keys,
    audit,
    purge,
    privacy_map,
    doctor,
    version,
)
for command in COMMANDS:
    cli.add_command(command)


def main() -> None:
    """Run a command. Exit code 0: done; 1: some input was rejected; 2: wrong usage or configuration."""
    try:
        cli.main(standalone_mode=True)
    except InputError as error:
        _leave(error, 1)
    except (SettingError, BrokenKnowledge, NotReady) as error:
        _leave(error, 2)
    except ClinicbotError as error:
        _leave(error, 1)


def _leave(error: ClinicbotError, code: int) -> None:
    click.echo(f"clinicbot: {error}", err=True)
    sys.exit(code)
