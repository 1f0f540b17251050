"""Commands about running: serve, migrate."""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import replace

import click

from bot.cli.address import address_of
from bot.clock import utc_now
from bot.config import read_settings
from bot.staff.links import setup_link
from bot.store.database import open_database
from bot.web.app import create_app
from bot.web.logs import log_to_stderr
from bot.web.opening import open_house
from bot.web.server import Server, handed_down, notify
from bot.web.starting import patience


@click.command()
@click.option("--host", help="Address to listen on (CLINICBOT_HOST; 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on (CLINICBOT_PORT; 8000).")
def serve(host: str | None, port: int | None) -> None:
    """Serve the chat until stopped."""
    settings = read_settings()
    host, port = host or settings.host, port or settings.port
    learning = "the first time, and after a change, it is learnt: up to a minute, some minutes for other texts"
    click.echo(f"Reading the knowledge … ({learning})", err=True)
    began = time.perf_counter()
    with patience(os.environ):
        house = open_house(settings, utc_now)
    live = house.live
    for fault in house.left_out:
        click.echo(f"left out: {fault}", err=True)
    if live.bot is None:
        click.echo(f"Not ready; patients see the emergency numbers only:\n{live.reason}", err=True)
    else:
        release = live.bot.release
        if not release.approved:
            click.echo("Sample content: not yet approved by this clinic.", err=True)
        if live.bot.without_meaning:
            click.echo(f"Matching by words alone: {live.bot.without_meaning}", err=True)
        took_s = time.perf_counter() - began
        click.echo(f"Release {release.number} with {len(release.entries)} entries ready in {took_s:.1f} s.", err=True)
    log_to_stderr(settings.log_level)
    house.start()
    app = create_app(settings, now=utc_now, house=house)
    try:
        sockets = handed_down(os.environ, os.getpid())
        server = Server(
            app,
            host=host,
            port=port,
            threads=settings.threads,
            sockets=sockets,
            is_behind_proxy=settings.trusted_proxies > 0,
        )
    except (OSError, ValueError) as error:  # the latter for what is no address at all
        house.close()
        click.echo(f"clinicbot: cannot listen on {host}:{port}: {getattr(error, 'strerror', None) or error}", err=True)
        sys.exit(2)
    signal.signal(signal.SIGTERM, lambda *_: _stop(server))
    signal.signal(signal.SIGINT, lambda *_: _interrupt(server))
    here = replace(settings, host=host, port=port)
    click.echo(f"The chat is at {address_of(replace(here, public_url=''), '')} (stop with Ctrl+C).", err=True)
    if (path := setup_link(house.database, utc_now())) is not None:
        click.echo(f"Set up the first staff account, once and within 24 hours: {address_of(here, path)}", err=True)
    notify(os.environ, "READY=1")
    server.run()
    house.close()
    app.extensions["clinicbot.telemetry"].close()
    lost = house.turns.given_up
    stored = f"but {lost} turns could not be stored" if lost else "and stored"
    click.echo(f"Stopped; everything that was asked is answered {stored}.", err=True)


def _stop(server: Server) -> None:
    notify(os.environ, "STOPPING=1")
    server.stop()


def _interrupt(server: Server) -> None:
    """Ctrl+C ends without notice to others; a second one ends at once."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    server.stop(notice_s=0)


@click.command()
def migrate() -> None:
    """Bring the database's schema up to date."""
    settings = read_settings()
    database = open_database(settings.database, within=settings.data_dir)
    click.echo(f"schema {database.schema()}, up to date")
    database.close()
