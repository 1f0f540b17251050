"""A server process as its operator sees it: it ends and is started anew without dropping a question."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from running import Client, Process, free_port, until

from bot.dialogue.bot import Bot
from bot.faq.files import Loaded
from bot.staff.seeding import seed_if_empty
from bot.store.database import open_database
from bot.store.tables_visits import turns

KNOWLEDGE = Path(__file__).parent.parent.parent / "knowledge"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path, small: Loaded) -> Path:
    """A data folder with a small release, ready to be served at once."""
    database = open_database(f"sqlite:///{tmp_path / 'clinicbot.db'}")
    seed_if_empty(database, small, NOON)
    Bot(small.release, store=tmp_path / "index", known=(KNOWLEDGE,))
    database.close()
    return tmp_path


@pytest.fixture
def start() -> Iterator[Callable[..., Process]]:
    """Start a server process; what is left of it is killed at the end."""
    started: list[Process] = []

    def starter(*given: object, **named: object) -> Process:
        started.append(Process(*given, **named))  # type: ignore[arg-type]
        return started[-1]

    yield starter
    for process in started:
        process.kill()


def stored(folder: Path) -> set[str]:
    """The turns in the database."""
    database = open_database(f"sqlite:///{folder / 'clinicbot.db'}")
    with database.read() as db:
        found = set(db.execute(sa.select(turns.c.turn_id)).scalars())
    database.close()
    return found


def test_a_server_that_is_told_to_stop_answers_and_stores_what_was_asked(
    folder: Path, small: Loaded, start: Callable[..., Process]
) -> None:
    server = start(folder, free_port())
    server.wait_ready()
    question = small.release.entries[0].question
    clients = [Client([server.port], question, keeps_connection=keeps) for keeps in (True, True, False, False)]
    for client in clients:
        client.start()
    until(clients, lambda client: len(client.turns) >= 10)

    code = server.stop()
    for client in clients:
        client.join(30)

    assert code == 0
    assert [client.failures for client in clients] == [[], [], [], []]
    assert all(client.refused == 1 for client in clients)
    answered = {turn for client in clients for turn, _, _ in client.turns}
    assert answered <= stored(folder)
    assert "Stopped; everything that was asked is answered and stored." in server.said[-1]


def test_a_restart_behind_a_socket_kept_open_refuses_nobody(
    folder: Path, small: Loaded, start: Callable[..., Process]
) -> None:
    """What systemd does with clinicbot.socket: questions asked between two processes wait for the next one."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        first = start(folder, port, listening)
        first.wait_ready()
        clients = [Client([port], small.release.entries[0].question) for _ in range(3)]
        for client in clients:
            client.start()
        until(clients, lambda client: len(client.turns) >= 5)

        first.stop()
        before = {client: len(client.turns) for client in clients}
        second = start(folder, port, listening)
        second.wait_ready()
        until(clients, lambda client: len(client.turns) >= before[client] + 5)
        for client in clients:
            client.live = False
            client.join(30)
        second.stop()

    assert [client.failures for client in clients] == [[], [], []]
    assert not any(client.refused for client in clients)
