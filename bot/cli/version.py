"""The command that tells the version."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version

import click


@click.command()
def version() -> None:
    """Print the version."""
    try:
        click.echo(installed_version("clinicbot"))
    except PackageNotFoundError:
        click.echo("not installed (running from a checkout)")
