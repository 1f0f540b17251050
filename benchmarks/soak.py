"""A server process under mixed load for a long time: is its memory flat, and is everything stored that it acknowledged?

    python benchmarks/soak.py [--minutes 30 | --asks 1000000] [--clients 4] [--pause 0.02] [--new 0.3]
        [--questions-only] [--database postgresql://…]

Starts `clinicbot serve` in a folder of its own (shipped knowledge; SQLite, or an empty database that is named) and does
what patients do: first questions and follow-ups over the API, by the chat's script and at the kiosk, a third of them
(or another share) with a word in it that nobody typed before; suggestions while typing, pages, thanks and complaints,
messages to the clinic, cleared chats. Or only first questions and follow-ups, for a million of them. It notes the
server's memory each few seconds, ends it with SIGTERM while it is asked, and reads the database back: every turn that
was answered must be there, every message by its reference, and nothing of the chats that were cleared. Exit code 1 when
anything is missing or too much, a request failed, or memory rose by more than 5 % after the first third.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from array import array
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlencode

import sqlalchemy as sa

from bot.faq.files import load_knowledge
from bot.faq.release import Release
from bot.store.database import open_database
from bot.store.tables_handoffs import handoffs
from bot.store.tables_visits import turns

KNOWLEDGE = Path(__file__).parent.parent / "knowledge"
MIX = {  # what a patient does next, in hundredths
    "first question": 22,
    "follow-up": 24,
    "chat's script": 12,
    "kiosk": 6,
    "suggestions": 14,
    "page": 12,
    "feedback": 5,
    "message": 1,
    "cleared": 4,
}
QUESTIONS = {"first question": 80, "follow-up": 20}
_TURN = re.compile(r'name="turn" value="([^"]+)"')
_FOLLOW_UPS = ("and for how long?", "what about alcohol then?", "is that normal?", "and if it gets worse?")


class Refused(Exception):
    """The server answered with another status than it should."""


class Patient(threading.Thread):
    """Does what patients do until nobody listens any more."""

    def __init__(self, port: int, release: Release, seed: int, given: argparse.Namespace) -> None:
        super().__init__(daemon=True)
        self.rng, self.pause_s, self.new = random.Random(seed), given.pause, given.new
        self.mix = QUESTIONS if given.questions_only else MIX
        self.questions = [text for entry in release.entries for text in (entry.question, *entry.golden)]
        self.pages = ["/", "/topics", "/contact", "/kiosk", *(f"/answers/{entry.id}" for entry in release.entries)]
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.kept: dict[str, list[str]] = {}  # the conversations that are open, with their turns
        self.answered: list[str] = []
        self.unnamed: set[str] = set()  # conversations with one turn, whose reply does not name it
        self.sent_again = 0
        self.cleared: list[str] = []
        self.references: list[str] = []
        self.failures: list[str] = []
        self.took_ms: dict[str, array[float]] = defaultdict(lambda: array("f"))

    def run(self) -> None:
        """One thing after another."""
        doing: dict[str, Callable[[], None]] = {
            "first question": lambda: self._ask(None),
            "follow-up": lambda: self._ask(self._conversation()),
            "chat's script": lambda: self._form("/turns"),
            "kiosk": lambda: self._form("/kiosk/turns"),
            "suggestions": self._suggest,
            "page": lambda: self._get(self.rng.choice(self.pages)),
            "feedback": self._rate,
            "message": self._write,
            "cleared": self._clear,
        }
        while True:
            (what,) = self.rng.choices(list(self.mix), list(self.mix.values()))
            began = time.perf_counter()
            try:
                doing[what]()
            except ConnectionRefusedError:
                return
            except (OSError, http.client.HTTPException, Refused, ValueError, KeyError) as error:
                self.failures.append(f"{what}: {error!r}")
                self.connection.close()
                continue
            self.took_ms[what].append(1000 * (time.perf_counter() - began))
            time.sleep(self.pause_s)

    @property
    def asks(self) -> int:
        """How many questions were answered so far."""
        return len(self.answered) + len(self.unnamed)

    def _send(self, method: str, path: str, body: str = "", kind: str = "", ok: int = 200, **headers: str) -> str:
        said = {"Content-Type": kind, **headers} if kind else headers
        kept = self.connection.sock is not None
        try:
            self.connection.request(method, path, body.encode() or None, said)
            response = self.connection.getresponse()
        except (ConnectionResetError, BrokenPipeError, http.client.RemoteDisconnected):
            self.connection.close()
            if not kept:
                raise
            self.sent_again += 1  # the server had closed a connection that was idle: as browsers do, on a new one
            self.connection.request(method, path, body.encode() or None, said)
            response = self.connection.getresponse()
        text = response.read().decode()
        if response.status != ok:
            raise Refused(f"{method} {path.partition('?')[0]} {response.status}")
        return text

    def _post(self, path: str, sent: object, ok: int = 200, **headers: str) -> dict[str, object]:
        found = self._send("POST", path, json.dumps(sent), "application/json", ok, **headers)
        return json.loads(found) if found else {}

    def _question(self) -> str:
        question = self.rng.choice(self.questions)
        return (f"hi {self.rng.randrange(10**9)} {question}" if self.rng.random() < self.new else question)[:500]

    def _conversation(self) -> str | None:
        return self.rng.choice(list(self.kept)) if self.kept else None

    def _note(self, conversation: str, turn: str) -> None:
        self.answered.append(turn)
        self.kept.setdefault(conversation, []).append(turn)
        if len(self.kept) > 50:
            self.kept.pop(next(iter(self.kept)))

    def _ask(self, conversation: str | None) -> None:
        question = self.rng.choice(_FOLLOW_UPS) if conversation and self.rng.random() < 0.5 else self._question()
        key = f"{self.rng.getrandbits(128):032x}"
        sent = {"question": question, **({"conversation": conversation} if conversation else {})}
        for _ in range(2 if self.rng.random() < 0.05 else 1):  # now and then a bad connection sends it twice
            reply = self._post("/api/v1/ask", sent, **{"Idempotency-Key": key})
        self._note(str(reply["conversation"]), str(reply["turn"]))

    def _form(self, path: str) -> None:
        conversation = f"{self.rng.getrandbits(96):024x}"
        fields = {"question": self._question(), "conversation": conversation, "key": f"{self.rng.getrandbits(96):024x}"}
        text = self._send("POST", path, urlencode(fields), "application/x-www-form-urlencoded")
        if found := _TURN.search(text):
            self._note(conversation, found[1])
        else:
            self.unnamed.add(conversation)

    def _suggest(self) -> None:
        self._send("GET", f"/api/v1/suggest?q={quote(self.rng.choice(self.questions)[:12])}")

    def _get(self, path: str) -> None:
        self._send("GET", path)

    def _rate(self) -> None:
        if conversation := self._conversation():
            turn = self.rng.choice(self.kept[conversation])
            self._send(
                "POST", "/api/v1/feedback", json.dumps({"turn": turn, "helpful": True}), "application/json", ok=204
            )

    def _write(self) -> None:
        sent = {"name": "Zoe Soak", "contact": "zoe@example.org", "message": "Please call me.", "consent": True}
        key = f"{self.rng.getrandbits(128):032x}"
        self.references.append(
            str(self._post("/api/v1/handoffs", sent, ok=201, **{"Idempotency-Key": key})["reference"])
        )

    def _clear(self) -> None:
        if conversation := self._conversation():
            self._send("DELETE", f"/api/v1/conversations/{conversation}", ok=204)
            self.cleared += self.kept.pop(conversation)


def memory_mb(pid: int) -> float:
    """What the process holds in memory."""
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024**2


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def started(folder: Path, port: int, database: str) -> subprocess.Popen[bytes]:
    """The server, once it is ready."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("CLINICBOT_")}
    env |= {"CLINICBOT_DATA_DIR": str(folder), "CLINICBOT_PORT": str(port), "CLINICBOT_LOG_LEVEL": "warning"}
    env |= {"CLINICBOT_DATABASE_URL": database}
    env["PYTHONPATH"] = os.pathsep.join([str(KNOWLEDGE.parent), env.get("PYTHONPATH", "")])
    server = subprocess.Popen([sys.executable, "-m", "bot", "serve"], cwd=folder, env=env)
    until = time.monotonic() + 300
    while time.monotonic() < until:
        with suppress(OSError):
            ready(port)
            return server
        time.sleep(0.2)
    raise SystemExit("the server did not become ready")


def ready(port: int) -> dict[str, object]:
    """What the server says of itself."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=30) as said:
        found: dict[str, object] = json.load(said)
        return found


def main() -> int:
    """Run it, print the figures, say whether they hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--asks", type=int, help="end after so many questions, however long that takes")
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--pause", type=float, default=0.02, help="seconds between a reply and the next request")
    parser.add_argument("--new", type=float, default=0.3, help="share of questions with a word nobody typed before")
    parser.add_argument("--questions-only", action="store_true", help="nothing but questions and follow-ups")
    parser.add_argument("--database", help="an empty database in place of a file")
    given = parser.parse_args()
    release = load_knowledge(KNOWLEDGE, number=1, published_at=datetime.now(UTC)).release
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        url = given.database or f"sqlite:///{folder / 'clinicbot.db'}"
        server = started(folder, port, url)
        server.send_signal(signal.SIGTERM)  # what was learnt at the first start is on disk now: begin as a restart does
        server.wait(60)
        server = started(folder, port, url)
        patients = [Patient(port, release, seed, given) for seed in range(given.clients)]
        for patient in patients:
            patient.start()
        began = time.monotonic()
        memory = watched(server.pid, patients, given.asks, given.minutes * 60)
        took_s, turns_state = time.monotonic() - began, ready(port)["turns"]
        server.send_signal(signal.SIGTERM)
        ended = time.monotonic()
        code = server.wait(120)
        end_s = time.monotonic() - ended
        for patient in patients:
            patient.join(120)
        database = open_database(url)
        with database.read() as db:
            stored = {
                row.turn_id: row.conversation for row in db.execute(sa.select(turns.c.turn_id, turns.c.conversation))
            }
            messages = set(db.execute(sa.select(handoffs.c.reference)).scalars())
        database.close()
    return told(patients, memory, stored, messages, took_s=took_s, end_s=end_s, code=code, turns_state=turns_state)


def watched(pid: int, patients: list[Patient], asks: int | None, longest_s: float) -> list[float]:
    """The server's memory, each two seconds, until it was asked enough."""
    began, said, memory = time.monotonic(), 0.0, []
    while True:
        time.sleep(2)
        memory.append(memory_mb(pid))
        done, took_s = sum(patient.asks for patient in patients), time.monotonic() - began
        if took_s - said >= 60:
            said = took_s
            print(f"{took_s / 60:5.1f} min  {done:9,} questions  {memory[-1]:6.0f} MB", file=sys.stderr)
        if done >= asks if asks else took_s >= longest_s:
            return memory
        if not any(patient.is_alive() for patient in patients):
            raise SystemExit("the server stopped answering")


def told(
    patients: list[Patient],
    memory: list[float],
    stored: dict[str, str],
    messages: set[str],
    *,
    took_s: float,
    end_s: float,
    code: int,
    turns_state: object,
) -> int:
    """Print the table; 1 when something does not hold."""
    answered = {turn for patient in patients for turn in patient.answered}
    cleared = {turn for patient in patients for turn in patient.cleared}
    sent = {reference for patient in patients for reference in patient.references}
    failures = [failure for patient in patients for failure in patient.failures]
    unnamed = {conversation for patient in patients for conversation in patient.unnamed}
    lost = len(answered - cleared - stored.keys()) + len(unnamed - set(stored.values()))
    back, sent_again = len(cleared & stored.keys()), sum(patient.sent_again for patient in patients)
    # Answered, and the server ended before the client had read it.
    unread = sum(turn not in answered and conversation not in unnamed for turn, conversation in stored.items())
    lost_messages = len(sent - messages)
    third = max(1, len(memory) // 3)
    early, late = statistics.median(memory[third : 2 * third] or memory), statistics.median(memory[2 * third :])
    print("| what | requests | p50 ms | p99 ms | most ms |")
    print("|---|---|---|---|---|")
    for what in MIX:
        took = sorted(each for patient in patients for each in patient.took_ms[what])
        if took:
            middle, high = took[len(took) // 2], took[len(took) * 99 // 100]
            print(f"| {what} | {len(took):,} | {middle:.1f} | {high:.1f} | {took[-1]:.0f} |")
    print()
    asks = len(answered) + len(unnamed)
    print(f"{asks:,} questions in {took_s / 60:.1f} min, {asks / took_s:.0f} a second; turns {turns_state}")
    print(f"requests failed: {len(failures)} {sorted(set(failures))[:5]}; sent again on a new connection: {sent_again}")
    print(f"turns lost: {lost}; cleared: {len(cleared):,}, of them still there: {back}; stored but not read: {unread}")
    print(f"messages acknowledged: {len(sent):,}; lost: {lost_messages}; not acknowledged: {len(messages - sent)}")
    print(f"ended in {end_s:.1f} s with code {code}")
    print(f"memory MB: start {memory[0]:.0f}, second third {early:.0f}, last third {late:.0f}, most {max(memory):.0f}")
    too_many = unread > len(patients) or len(messages - sent) > len(patients)
    return 1 if failures or lost or back or lost_messages or too_many or code or late > 1.05 * early else 0


if __name__ == "__main__":
    sys.exit(main())
