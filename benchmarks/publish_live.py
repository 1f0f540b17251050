"""A release published while two server processes answer: how soon each serves it, and whether a request was dropped.

    python benchmarks/publish_live.py [--rounds 5]

Two `clinicbot serve` processes share one database. Four clients ask both without pause. In each round a release with
one changed answer and one more wording is made ready (its index built, as the gates do), published, and rolled back.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot.dialogue.bot import Bot
from bot.faq.release import content_hash_of
from bot.staff.assembly import assemble
from bot.store.database import Database, open_database
from bot.store.releases import add_release, load_release, publish

KNOWLEDGE = Path(__file__).parent.parent / "knowledge"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def ask(connection: http.client.HTTPConnection) -> int:
    """The release that a question was answered from."""
    body = json.dumps({"question": "my lips are so dry"})
    connection.request("POST", "/api/v1/ask", body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    text = response.read()
    if response.status != 200:
        raise ValueError(f"status {response.status}")
    return int(json.loads(text)["release"])


class Client(threading.Thread):
    """Asks one server without pause; notes when each release was first seen, and every failure."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.port, self.seen, self.failures, self.asked, self.live = port, 0, [], 0, True
        self.changes: list[tuple[int, float]] = []

    def run(self) -> None:
        """Ask until told to stop."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        while self.live:
            try:
                number = ask(connection)
            except (OSError, ValueError, http.client.HTTPException) as error:
                self.failures.append(repr(error))
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
                continue
            self.asked += 1
            if number != self.seen:
                self.changes.append((number, time.monotonic()))
                self.seen = number
            time.sleep(0.01)


def made_ready(database: Database, index: Path, mark: str) -> int:
    """A new release with one changed answer, its index on disk; not yet published."""
    now = datetime.now(UTC)
    with database.read() as db:
        release = assemble(db, now)
    entries = tuple(
        replace(entry, answer=replace(entry.answer, short=f"{entry.answer.short} {mark}"))
        if entry.id == "dry-lips"
        else entry
        for entry in release.entries
    )
    release = replace(release, entries=entries)
    release = replace(release, content_hash=content_hash_of(release))
    Bot(release, store=index, known=(KNOWLEDGE,))
    with database.change() as db:
        return add_release(db, release, author="bench", note="", evidence={}, at=now)


def main() -> None:
    """Run the rounds and print what was seen as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "CLINICBOT_DATA_DIR": folder, "CLINICBOT_LOG_LEVEL": "error"}
        ports = [free_port(), free_port()]
        servers = []
        for port in ports:
            command = [sys.executable, "-m", "bot", "serve", "--port", str(port)]
            servers.append(subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL))
            wait_for(port)
        database = open_database(f"sqlite:///{folder}/clinicbot.db")
        clients = [Client(port) for port in (*ports, *ports)]
        for client in clients:
            client.start()
        delays = []
        for number in range(rounds):
            made = made_ready(database, Path(folder) / "index", f"Round {number}.")
            for target, kind in ((made, "publish"), (1, "rollback")):
                delays += switched(database, clients, target, kind)
        for client in clients:
            client.live = False
        with database.read() as db:
            assert load_release(db, 1) is not None
        failures = [failure for client in clients for failure in client.failures]
        for server in servers:
            server.terminate()
            server.wait(30)
    asked = sum(client.asked for client in clients)
    figures = {"asked": asked, "failures": len(failures), "switches": len(delays)}
    print(json.dumps({**figures, "median_s": round(statistics.median(delays), 2), "slowest_s": round(max(delays), 2)}))
    sys.exit(1 if failures else 0)


def switched(database: Database, clients: list[Client], number: int, kind: str) -> list[float]:
    """Publish, and how long it took until each client was answered from it; at most a minute."""
    with database.change() as db:
        publish(db, number, kind=kind, author="bench", reason="", at=datetime.now(UTC))  # type: ignore[arg-type]
    began = time.monotonic()
    while any(client.seen != number for client in clients) and time.monotonic() - began < 60:
        time.sleep(0.05)
    return [client.changes[-1][1] - began for client in clients]


def wait_for(port: int) -> None:
    """Until the server answers; a minute at most."""
    for _ in range(600):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit("the server does not start")


if __name__ == "__main__":
    main()
