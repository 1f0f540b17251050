"""Kill (SIGKILL) the processes that take in and deliver messages, at random moments, while their targets misbehave.

    python benchmarks/delivery_crashes.py [--posts 1000] [--kills 100] [--workers 2] [--takers 2] [--seed 1]
        [--database postgresql://…]

Takers store messages as the web does (`submit`) and say so only once they are stored; workers deliver them by mail,
webhook, file and FHIR. All are killed again and again and started anew. The mail server and the web server hang,
answer 500, break off before or after they have taken something, and come back. In the end everything that was
acknowledged must be stored once and have arrived at every target at least once, and nothing else may have arrived;
arrivals with the same id are counted as repeats, and must hold the same.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import itertools
import json
import os
import random
import signal
import socket
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import sqlalchemy as sa
import structlog

from bot.config import Secret, read_settings
from bot.delivery.posting import Post
from bot.delivery.targets import open_targets, targets_of
from bot.delivery.worker import Pace, Worker
from bot.errors import NotReady
from bot.faq.files import load_knowledge
from bot.patients.handoffs import Origin, submit
from bot.patients.messages import message_of
from bot.store.database import Database, open_database
from bot.store.outbox import depth
from bot.store.sealing import open_sealer

KNOWLEDGE = Path(__file__).parent.parent / "knowledge"
CLINIC = load_knowledge(KNOWLEDGE, number=1, published_at=datetime.now(UTC)).release.clinic
STUCK_S = 300.0  # nothing was delivered for so long: what waits is not going to be
KEY = Secret("crash" * 10)
LEASE = timedelta(seconds=3)
STEP_S, WHOLE_S = 0.5, 1.0  # how long a target may take here; a third of the lease, as when it is real
MOODS = ("well", "well", "well", "slow", "ill", "breaks off", "hangs", "away")
LONGEST_MOOD_S = 0.8
LONGEST_LIFE_S = 0.3


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


class Hall:
    """What the servers have taken, by target and message id, and how they feel at the moment."""

    def __init__(self, seed: int) -> None:
        self.taken: dict[str, dict[str, list[str]]] = {
            name: collections.defaultdict(list) for name in ("mail", "webhook", "fhir")
        }
        self.mood = {"mail": "well", "web": "well"}
        self.over = threading.Event()
        self._chance = random.Random(seed)
        self._lock = threading.Lock()
        self.moods: collections.Counter[str] = collections.Counter()

    def take(self, target: str, message_id: str, text: str) -> None:
        """Note an arrival."""
        with self._lock:
            self.taken[target][message_id].append(text)

    def change_moods(self) -> None:
        """Change how servers feel until it is over."""
        while not self.over.wait(self._chance.uniform(0.05, LONGEST_MOOD_S)):
            for server in self.mood:
                self.mood[server] = self._chance.choice(MOODS)
                self.moods[self.mood[server]] += 1
        self.mood = dict.fromkeys(self.mood, "well")


class Web(BaseHTTPRequestHandler):
    """The webhook's and FHIR's side."""

    protocol_version = "HTTP/1.1"
    hall: Hall

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        mood = self.hall.mood["web"]
        if mood == "away":
            self.close_connection = True
            return
        if mood == "hangs":
            self.close_connection = True
            self.hall.over.wait(WHOLE_S * 2)
            return
        if mood == "ill":
            self._answer(500)
            return
        plain = json.loads(body)
        if self.path == "/fhir":  # the id stands in the resources, not in a header
            resource = plain["entry"][0]["resource"]
            message_id = resource["identifier"][0]["value"].removeprefix("urn:uuid:")
            self.hall.take("fhir", message_id, json.dumps(plain))
        else:
            self.hall.take("webhook", self.headers["webhook-id"], json.dumps(plain))
        if mood == "breaks off":  # taken, and nobody says so
            self.close_connection = True
            return
        if mood == "slow":
            time.sleep(STEP_S / 3)
        self._answer(200)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

    def handle(self) -> None:
        with contextlib.suppress(OSError):  # who asked was killed
            super().handle()

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


def serve_mail(hall: Hall, listening: socket.socket) -> None:
    """A mail server, small enough to misbehave at every step."""

    def talk(line: socket.socket) -> None:
        with line, contextlib.suppress(OSError, ValueError):
            line.settimeout(20)
            mood = hall.mood["mail"]
            if mood == "away":
                return
            if mood == "hangs":
                hall.over.wait(WHOLE_S * 2)
                return
            say = lambda text: line.sendall(f"{text}\r\n".encode())  # noqa: E731
            said = line.makefile("rb")
            say("220 here")
            while words := said.readline():
                word = words[:4].upper().strip()
                if word == b"DATA":
                    say("354 go on")
                    mail = b""
                    while (part := said.readline()) not in (b".\r\n", b""):
                        mail += part
                    if part == b"":
                        return
                    if mood == "ill":
                        say("451 later")
                        continue
                    found = message_from_bytes(mail)
                    message_id = str(found["Message-ID"]).strip("<>").partition("@")[0]
                    hall.take("mail", message_id, str(found["Subject"]))
                    if mood == "breaks off":
                        return
                    if mood == "slow":
                        time.sleep(STEP_S / 3)
                    say("250 taken")
                elif word == b"QUIT":
                    say("221 bye")
                    return
                else:
                    say("250 fine")

    while True:
        try:
            line, _ = listening.accept()
        except OSError:
            return
        threading.Thread(target=talk, args=(line,), daemon=True).start()


def take_in(url: str, values: dict[str, str], said: int, seed: int) -> None:
    """A taker: store messages for ever, and say the reference of each once it is stored."""
    settings = read_settings(values, Path("/nonexistent"))
    database = Database(url)
    sealer = open_sealer(database, KEY)
    targets = targets_of(settings)
    number = 0
    while True:
        number += 1
        message = message_of(
            name="Pat Ient",
            contact="pat@home.example",
            message=f"message {seed} {number}",
            consent=True,
            region=CLINIC.region,
        )
        with contextlib.suppress(NotReady):
            got = submit(
                database, sealer, CLINIC, message,
                request_key=f"{seed}-{number}", origin=Origin(), level="", targets=targets, now=now(),
            )  # fmt: skip
            os.write(said, f"{got.reference}\n".encode())


def deliver(url: str, values: dict[str, str], said: int, seed: int) -> None:
    """A worker: deliver for ever."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    settings = read_settings(values, Path("/nonexistent"))
    database = Database(url)
    post = Post(allowed=("127.0.0.1",), step_s=STEP_S, whole_s=WHOLE_S)
    targets = [_hurried(target, post) for target in open_targets(settings.delivery)]
    pace = Pace(lease=LEASE, looks_every_s=0.05, chance=random.Random(seed).random)
    worker = Worker(database, open_sealer(database, KEY), targets, now, pace=pace)
    worker.start()
    worker.wait()


def _hurried(target: object, post: Post) -> object:
    """The target with the short waits of this run."""
    if target.name == "mail":
        return replace(target, step_s=STEP_S, whole_s=WHOLE_S)
    return replace(target, post=post) if target.name in ("webhook", "fhir") else target


Work = Callable[[str, dict[str, str], int, int], None]


class Process:
    """A child that works until it is killed. Whoever forks has no threads, whose locks would be held for ever."""

    def __init__(self, work: Work, url: str, values: dict[str, str], seed: int) -> None:
        self.work = work
        self._reading, writing = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.close(self._reading)
                work(url, values, writing, seed)
            finally:
                traceback.print_exc()
                os._exit(1)
        os.close(writing)
        os.set_blocking(self._reading, False)
        self._heard = b""

    def lines(self) -> list[str]:
        """What it has said so far; half a line was not said."""
        with contextlib.suppress(BlockingIOError):
            while piece := os.read(self._reading, 65536):
                self._heard += piece
        return self._heard.decode().split("\n")[:-1]

    def has_ended(self) -> bool:
        """Whether it ended although nobody killed it."""
        return os.waitpid(self.pid, os.WNOHANG)[0] != 0

    def kill(self) -> list[str]:
        """End it at once; what it had said."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        lines = self.lines()
        os.close(self._reading)
        return lines


def receive(web: ThreadingHTTPServer, mail: socket.socket, folder: Path, seed: int) -> int:
    """Start the servers' process, which writes what it has taken when it is told to end; its id."""
    pid = os.fork()
    if pid:
        return pid
    hall = Web.hall = Hall(seed)
    ended = threading.Event()
    signal.signal(signal.SIGUSR1, lambda *_: hall.over.set())
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    for serve in (lambda: web.serve_forever(0.05), lambda: serve_mail(hall, mail), hall.change_moods):
        threading.Thread(target=serve, daemon=True).start()
    while not ended.wait(0.2):
        pass
    (folder / "taken.json").write_text(json.dumps({"taken": hall.taken, "moods": hall.moods}), encoding="utf-8")
    os._exit(0)


def main() -> None:
    """Run it and print what was seen as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--takers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", default="", help="an empty PostgreSQL database instead of SQLite")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = run(options, Path(folder))
    print(json.dumps(found, indent=1))
    sys.exit(1 if found["faults"] else 0)


def run(options: argparse.Namespace, folder: Path) -> dict[str, object]:
    """The whole run; what was seen."""
    drop = folder / "drop"
    drop.mkdir()
    web = ThreadingHTTPServer(("127.0.0.1", 0), Web)
    mail = socket.create_server(("127.0.0.1", 0), backlog=200)
    values = {
        "CLINICBOT_SMTP_URL": f"smtp+plain://127.0.0.1:{mail.getsockname()[1]}",
        "CLINICBOT_MAIL_FROM": "chat@clinic.example",
        "CLINICBOT_CLINIC_MAIL": "desk@clinic.example",
        "CLINICBOT_WEBHOOK_URL": f"http://127.0.0.1:{web.server_port}/hook",
        "CLINICBOT_WEBHOOK_SECRET": "w" * 32,
        "CLINICBOT_FHIR_URL": f"http://127.0.0.1:{web.server_port}/fhir",
        "CLINICBOT_FILE_DROP_DIR": str(drop),
        "CLINICBOT_ALLOWED_TARGET_HOSTS": "127.0.0.1",
        "CLINICBOT_DIGEST_HOUR": "no",
    }
    url = options.database or f"sqlite:///{folder}/clinic.db"
    database = open_database(url)
    open_sealer(database, KEY)
    database.close()
    servers = receive(web, mail, folder, options.seed)
    began = time.monotonic()
    said, kills = _under_fire(options, url, values)
    under_fire_s = time.monotonic() - began
    os.kill(servers, signal.SIGUSR1)  # from now on they feel well
    workers = [Process(deliver, url, values, 1_000_000 + number) for number in range(options.workers)]
    database = Database(url)
    emptied_s = _wait_until_empty(database)
    for worker in workers:
        worker.kill()
    os.kill(servers, signal.SIGTERM)
    os.waitpid(servers, 0)
    heard = json.loads((folder / "taken.json").read_text(encoding="utf-8"))
    found = _seen(database, heard["taken"], drop, said)
    database.close()
    times = {"under_fire_s": round(under_fire_s), "emptied_s": round(emptied_s)}
    return {**found, "kills": kills, "moods": heard["moods"], **times}


def _under_fire(options: argparse.Namespace, url: str, values: dict[str, str]) -> tuple[list[str], dict[str, int]]:
    """Let all work, and kill one after another; what was acknowledged, and how often each kind was killed."""
    chance, seeds = random.Random(options.seed), itertools.count(1)
    kinds: list[Work] = [deliver] * options.workers + [take_in] * options.takers
    processes = [Process(work, url, values, next(seeds)) for work in kinds]
    said: list[str] = []
    kills: collections.Counter[str] = collections.Counter()
    taking = True
    while taking or kills.total() < options.kills:
        time.sleep(chance.uniform(0, LONGEST_LIFE_S))
        if any(each.has_ended() for each in processes):
            raise SystemExit("a process ended by itself")
        acknowledged = len(said) + sum(len(each.lines()) for each in processes)
        # Kills go along with posts, so that the last post is as much under fire as the first.
        if kills.total() < options.kills and kills.total() * options.posts <= acknowledged * options.kills:
            place = chance.randrange(len(processes))
            killed = processes[place]
            said += killed.kill()
            kills[killed.work.__name__] += 1
            processes[place] = Process(killed.work, url, values, next(seeds))
        if taking and acknowledged >= options.posts:
            taking = False
            for each in [each for each in processes if each.work is take_in]:
                said += each.kill()
                processes.remove(each)
    for each in processes:
        said += each.kill()
        kills[each.work.__name__] += 1
    return said, dict(kills)


def _wait_until_empty(database: Database) -> float:
    """How long it took until nothing waited any more, or nothing moved for long. What was put off is made due now."""
    began = moved = time.monotonic()
    least = sys.maxsize
    while time.monotonic() - moved < STUCK_S:
        with database.change() as db:
            db.execute(
                sa.text("UPDATE outbox SET next_at = created_at WHERE state = 'waiting' AND next_at <> created_at")
            )
            waiting = depth(db)["waiting"]
        if waiting == 0:
            break
        if waiting < least:
            least, moved = waiting, time.monotonic()
        time.sleep(1)
    return time.monotonic() - began


def _seen(database: Database, taken: dict[str, dict[str, list[str]]], drop: Path, said: list[str]) -> dict[str, object]:
    with database.read() as db:
        stored = db.execute(sa.text("SELECT reference FROM handoffs")).scalars().all()
        query = "SELECT message_id, target, reference, outbox.state FROM outbox JOIN handoffs USING (handoff_id)"
        promises = db.execute(sa.text(query)).all()
        keys = db.execute(sa.text("SELECT count(*), count(DISTINCT request_key) FROM handoffs")).one()
    files: dict[str, list[str]] = collections.defaultdict(list)
    for file in drop.glob("*.json"):
        plain = json.loads(file.read_text(encoding="utf-8"))
        files[plain["message_id"]].append(plain["reference"])
    arrived = {**taken, "file": files}
    promised = {name: {row.message_id for row in promises if row.target == name} for name in arrived}
    lost = {name: len(promised[name] - set(arrived[name])) for name in arrived}
    strange = {name: len(set(arrived[name]) - promised[name]) for name in arrived}
    repeats = {name: sum(len(each) - 1 for each in arrived[name].values()) for name in arrived}
    unlike = sum(len(set(each)) > 1 for target in arrived.values() for each in target.values())
    found: dict[str, object] = {
        "acknowledged": len(said),
        "acknowledged_and_not_stored": len(set(said) - set(stored)),
        "stored": len(stored),
        "stored_twice": keys[0] - keys[1],
        "promises": len(promises),
        "not_delivered": sum(row.state != "sent" for row in promises),
        "lost": lost,
        "arrived_unpromised": strange,
        "repeats": repeats,
        "repeats_that_differ": unlike,
        "half_files": len(list(drop.glob(".*"))),
    }
    faults = ("acknowledged_and_not_stored", "stored_twice", "not_delivered", "repeats_that_differ")
    found["faults"] = sum(int(str(found[name])) for name in faults) + sum(lost.values()) + sum(strange.values())
    return found


if __name__ == "__main__":
    main()
