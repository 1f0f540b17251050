"""A server killed (SIGKILL) at random moments while messages to the clinic come in: acknowledged = stored, once.

    python benchmarks/handoff_crashes.py [--kills 50] [--posts 2000] [--senders 6] [--seed 1] [--url DATABASE_URL]

Senders post without a pause, as many as `--senders` at the same time, each message under an Idempotency-Key of its own;
when the connection breaks they send the same message again until they hear back. Meanwhile the server is killed and
started anew. At the end every acknowledged reference must be in the database, say what was sent, be there once, and
have the two deliveries that were promised with it; nothing may be there that nobody sent; the audit must be whole.
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import os
import random
import signal
import socket
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Event
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa
import waitress

from bot.config import Secret, read_settings
from bot.dialogue.bot import Bot
from bot.faq.files import load_knowledge
from bot.patients.following import Follower, Shelves
from bot.patients.live import Live
from bot.patients.turns import Turns
from bot.staff.seeding import seed_if_empty
from bot.store import audit
from bot.store.database import Database, open_database
from bot.store.sealing import open_sealer
from bot.store.tables_handoffs import handoff_events, handoffs, outbox
from bot.web.allowances import Limiter
from bot.web.app import create_app
from bot.web.contact import Counter as ContactCounter
from bot.web.opening import House
from bot.web.stamps import Stamps

KNOWLEDGE = Path(__file__).parent.parent / "knowledge"
KEY = Secret("benchmark " * 4)
TARGETS = ("mail", "webhook")
LONGEST_S = 2.0


def serve(url: str, bot: Bot, port: int) -> None:
    """Serve as `clinicbot serve` does, until killed. The bot matches by words alone: it is forked, not loaded anew."""
    now = lambda: datetime.now(UTC)  # noqa: E731
    database, live = open_database(url), Live(bot)
    house = House(
        database=database,
        key=KEY,
        live=live,
        follower=Follower(database, live, Shelves()),
        turns=Turns(database, now, timedelta(days=30)),
        sealer=open_sealer(database, KEY),
    )
    app = create_app(read_settings({}), now=now, house=house)
    assert house.sealer is not None
    app.extensions["clinicbot.contact"] = ContactCounter(
        sealer=house.sealer, limiter=Limiter(time.monotonic), stamps=Stamps(KEY), targets=TARGETS
    )
    waitress.serve(app, host="127.0.0.1", port=port, threads=8, ident=None)


def forked(url: str, bot: Bot, port: int) -> int:
    """The process id of a server."""
    child = os.fork()
    if child == 0:
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # its log
            serve(url, bot, port)
        except BaseException:  # noqa: BLE001 - the edge of a forked process
            traceback.print_exc()
        finally:
            os._exit(1)
    return child


def message_of(key: str) -> dict[str, object]:
    """What is sent under a key."""
    return {"name": f"Name {key}", "contact": f"{key}@example.org", "message": f"Please answer {key}.", "consent": True}


def post_until_heard(port: int, key: str, tries: Counter[str]) -> str:
    """Send a message, again and again until it is acknowledged; its reference."""
    body, headers = json.dumps(message_of(key)), {"Content-Type": "application/json", "Idempotency-Key": key}
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            connection.request("POST", "/api/v1/handoffs", body, headers)
            answer = connection.getresponse()
            told = json.loads(answer.read())
            connection.close()
            tries[str(answer.status)] += 1
            if answer.status == 201:
                return str(told["reference"])
            if answer.status not in (429, 503):
                raise SystemExit(f"{answer.status}: {told}")
        except (OSError, http.client.HTTPException, ValueError):
            tries["broken off"] += 1
        time.sleep(0.01)


def send_all(port: int, posts: int, senders: int, out: str, done: Event) -> None:
    """Post from several threads until there were enough and the kills are over; write what was acknowledged."""
    numbers = iter(range(10**9))
    lock, tries, lines = threading.Lock(), Counter[str](), []
    ack_s: list[float] = []

    def one() -> None:
        while True:
            with lock:
                number = next(numbers)
            if number >= posts and done.is_set():
                return
            key = f"key-{os.getpid()}-{number:08d}"
            began = time.perf_counter()
            reference = post_until_heard(port, key, tries)
            with lock:
                ack_s.append(time.perf_counter() - began)
                lines.append((key, reference))
                tries["between kills"] += not done.is_set()

    threads = [threading.Thread(target=one) for _ in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ack_s.sort()
    between = tries.pop("between kills")
    told = {
        "acknowledged": lines,
        "between_kills": between,
        "tries": dict(tries),
        "median_s": ack_s[len(ack_s) // 2],
        "longest_s": ack_s[-1],
    }
    Path(out).write_text(json.dumps(told), encoding="utf-8")


def faults(url: str, acknowledged: Mapping[str, str]) -> list[str]:
    """What is not as it should be at the end."""
    database = open_database(url)
    sealer = open_sealer(database, KEY)
    found = []
    with database.read() as db:
        rows = {row.reference: row for row in db.execute(sa.select(handoffs))}
        promised = Counter(db.execute(sa.select(outbox.c.handoff_id)).scalars())
        events = Counter(db.execute(sa.select(handoff_events.c.handoff_id)).scalars())
        if verdict := audit.verify(db).fault:
            found.append(f"audit: {verdict}")
    database.close()
    sent = {reference: key for key, reference in acknowledged.items()}
    if len(sent) != len(acknowledged):
        found.append("two messages were given the same reference")
    found += [f"{reference} was acknowledged and is lost" for reference in sent if reference not in rows]
    found += [f"{reference} is there and nobody was told" for reference in rows if reference not in sent]
    for reference, row in rows.items():
        key = sent.get(reference, "")
        if key and sealer.unseal(row.sealed)["message"] != message_of(key)["message"]:
            found.append(f"{reference} says something else")
        if promised[row.handoff_id] != len(TARGETS) or events[row.handoff_id] != 1:
            found.append(f"{reference}: {promised[row.handoff_id]} deliveries, {events[row.handoff_id]} events")
    if len(promised) != len(rows):
        found.append(f"{len(promised)} messages have deliveries, and there are {len(rows)}")
    return found


def main() -> None:
    """Kill and post, check, print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--posts", type=int, default=2000)
    parser.add_argument("--senders", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--url", default="", help="An empty database; default: an SQLite file of its own.")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        url = options.url or f"sqlite:///{folder}/clinic.db"
        prepare(url)
        bot = Bot.from_knowledge(KNOWLEDGE, meaning=False)
        out, done = f"{folder}/acknowledged.json", multiprocessing.Event()
        sending = (port, options.posts, options.senders, out, done)
        sender = multiprocessing.get_context("fork").Process(target=send_all, args=sending)
        sender.start()
        began = time.perf_counter()
        for number in range(options.kills):
            server = forked(url, bot, port)
            time.sleep(chance.uniform(0.05, LONGEST_S))
            os.kill(server, signal.SIGKILL)
            os.waitpid(server, 0)
            if sys.stderr.isatty():
                print(f"\r{number + 1} of {options.kills}", end="", file=sys.stderr)
        done.set()
        server = forked(url, bot, port)
        sender.join()
        os.kill(server, signal.SIGKILL)
        os.waitpid(server, 0)
        told = json.loads(Path(out).read_text(encoding="utf-8"))
        found = faults(url, dict(told["acknowledged"]))
    for fault in found[:20]:
        print(fault, file=sys.stderr)
    figures = {
        "database": urlsplit(url).scheme,
        "kills": options.kills,
        "acknowledged": len(told["acknowledged"]),
        "acknowledged_between_kills": told["between_kills"],
        "answers": told["tries"],
        "median_s": round(told["median_s"], 3),
        "longest_s": round(told["longest_s"], 2),
        "took_s": round(time.perf_counter() - began),
        "faults": len(found),
    }
    print(json.dumps(figures))
    sys.exit(1 if found else 0)


def prepare(url: str) -> None:
    """The database, seeded, so that servers have only to open it."""
    database: Database = open_database(url)
    now = datetime.now(UTC)
    seed_if_empty(database, load_knowledge(KNOWLEDGE, number=1, published_at=now), now)
    database.close()


if __name__ == "__main__":
    main()
