"""The `clinicbot` command: its subcommands, and how errors leave the house."""

from __future__ import annotations

import errno
import sys
from collections.abc import Mapping
from importlib import import_module

import click
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import BrokenKnowledge, ClinicbotError, InputError, NotReady, SettingError

COMMANDS: Mapping[str, str] = {  # by name, where each stands; in the order in which they are listed
    "ask": "answers:ask",
    "eval": "answers:evaluate",
    "safety-test": "safety:safety_test",
    "safety-case": "safety:safety_case",
    "serve": "operate:serve",
    "worker": "delivery:worker",
    "outbox": "delivery:outbox",
    "migrate": "operate:migrate",
    "backup": "keeping:backup",
    "restore": "keeping:restore",
    "export": "transfer:export",
    "import": "transfer:import_",
    "export-faq": "foreign:export_faq",
    "import-faq": "foreign:import_faq",
    "ingest": "ingest:ingest",
    "publish": "publishing:publish",
    "releases": "releases:releases",
    "replay": "releases:replay",
    "sources": "sources:sources",
    "staff": "staff:staff",
    "handoffs": "handoffs:handoffs",
    "keys": "keys:keys",
    "audit": "records:audit",
    "purge": "records:purge",
    "privacy-map": "records:privacy_map",
    "doctor": "doctor:doctor",
    "version": "version:version",
}


class _Commands(click.Group):
    """Loads a command when it is asked for: `ask` need not wait for all that `serve` is made of."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f"bot.cli.{module}"), name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """A clinic's FAQ chat: approved answers only, safety first, and always back to the clinician."""


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
    except SQLAlchemyError as error:  # its text may hold the address, a password or somebody's words
        _leave(NotReady(f"the database broke off or refused ({type(error).__name__}); what was begun is taken back"), 2)
    except OSError as error:
        if error.errno not in _DISK_TROUBLE:
            raise
        click.echo(f"clinicbot: {error.filename or 'what this prints'} cannot be written: {error.strerror}", err=True)
        _leave_without_flushing(2)


_DISK_TROUBLE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)


def _leave_without_flushing(code: int) -> None:
    """What could not be printed would be tried once more at the end, and fail with a traceback."""
    sys.stdout = None
    sys.exit(code)


def _leave(error: ClinicbotError, code: int) -> None:
    click.echo(f"clinicbot: {error}", err=True)
    sys.exit(code)
