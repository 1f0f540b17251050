"""A server process asked without pause for a long time: is its memory flat, and is every turn stored?

    python benchmarks/soak.py [--minutes 30] [--clients 4] [--pause 0.02]

Starts `clinicbot serve` in a folder of its own (shipped knowledge, SQLite), asks questions that nobody asked before
mixed with popular ones, notes its memory each few seconds, ends it with SIGTERM while it is asked, and counts the turns
in the database. Exit code 1 when a turn is missing, a question failed, or memory rose by more than 5 % after the first
third.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from bot.faq.files import load_knowledge
from bot.store.database import open_database
from bot.store.tables_visits import turns

KNOWLEDGE = Path(__file__).parent.parent / "knowledge"


class Client(threading.Thread):
    """Asks until nobody listens any more."""

    def __init__(self, port: int, questions: list[str], pause_s: float, seed: int) -> None:
        super().__init__(daemon=True)
        self.port, self.questions, self.pause_s, self.rng = port, questions, pause_s, random.Random(seed)
        self.turns: list[str] = []
        self.failures: list[str] = []
        self.took_s: list[float] = []

    def run(self) -> None:
        """Ask; every third question has a word in it that nobody typed before."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        while True:
            question = self.rng.choice(self.questions)
            if self.rng.random() < 0.3:
                question = f"hi {self.rng.randrange(10**9)} {question}"
            began = time.perf_counter()
            try:
                connection.request(
                    "POST",
                    "/api/v1/ask",
                    json.dumps({"question": question[:500]}),
                    {"Content-Type": "application/json"},
                )
                response = connection.getresponse()
                text = response.read()
            except ConnectionRefusedError:
                return
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(repr(error))
                connection.close()
                continue
            if response.status != 200:
                self.failures.append(str(response.status))
                continue
            self.took_s.append(time.perf_counter() - began)
            self.turns.append(json.loads(text)["turn"])
            time.sleep(self.pause_s)


def memory_mb(pid: int) -> float:
    """What the process holds in memory."""
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024**2


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def started(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """The server, once it is ready."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("CLINICBOT_")}
    env |= {"CLINICBOT_DATA_DIR": str(folder), "CLINICBOT_PORT": str(port), "CLINICBOT_LOG_LEVEL": "warning"}
    env["PYTHONPATH"] = os.pathsep.join([str(KNOWLEDGE.parent), env.get("PYTHONPATH", "")])
    server = subprocess.Popen([sys.executable, "-m", "bot", "serve"], cwd=folder, env=env)
    until = time.monotonic() + 300
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return server
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server did not become ready")


def main() -> int:
    """Run it, print the figures, say whether they hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--pause", type=float, default=0.02, help="seconds between a reply and the next question")
    given = parser.parse_args()
    release = load_knowledge(KNOWLEDGE, number=1, published_at=datetime.now(UTC)).release
    questions = [text for entry in release.entries for text in (entry.question, *entry.golden)]
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        server = started(folder, port)
        server.send_signal(signal.SIGTERM)  # what was learnt at the first start is on disk now: begin as a restart does
        server.wait(60)
        server = started(folder, port)
        clients = [Client(port, questions, given.pause, seed) for seed in range(given.clients)]
        for client in clients:
            client.start()
        began, memory = time.monotonic(), []
        while time.monotonic() - began < given.minutes * 60:
            time.sleep(2)
            memory.append(memory_mb(server.pid))
        server.send_signal(signal.SIGTERM)
        ended = time.monotonic()
        code = server.wait(60)
        end_s = time.monotonic() - ended
        for client in clients:
            client.join(60)
        database = open_database(f"sqlite:///{folder / 'clinicbot.db'}")
        with database.read() as db:
            stored = set(db.execute(sa.select(turns.c.turn_id)).scalars())
        database.close()
    answered = [turn for client in clients for turn in client.turns]
    failures = [failure for client in clients for failure in client.failures]
    took = sorted(each for client in clients for each in client.took_s)
    missing = len(set(answered) - stored)
    third = len(memory) // 3
    early, late = statistics.median(memory[third : 2 * third]), statistics.median(memory[2 * third :])
    print(f"{len(answered)} questions in {given.minutes:g} min, {len(answered) / given.minutes / 60:.0f} a second")
    print(f"p50 {1000 * took[len(took) // 2]:.1f} ms, p99 {1000 * took[len(took) * 99 // 100]:.1f} ms")
    print(f"failed: {len(failures)} {sorted(set(failures))[:3]}; turns missing: {missing}")
    print(f"ended in {end_s:.1f} s with code {code}")
    print(f"memory MB: start {memory[0]:.0f}, second third {early:.0f}, last third {late:.0f}, most {max(memory):.0f}")
    return 1 if failures or missing or code or late > 1.05 * early else 0


if __name__ == "__main__":
    sys.exit(main())
