"""Speed, start-up, memory and throughput of the bot and its API, with the alternative beside them in the same run.

    .venv/bin/python benchmarks/service.py [QUESTIONS.csv]

Without a file the FAQ's own golden questions are asked. Turns are stored, as by a clinic's server. Ratios are what to
quote: machines differ.
"""

from __future__ import annotations

import csv
import http.client
import json
import logging
import multiprocessing
import random
import resource
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import sqlalchemy as sa
import structlog
import waitress
from flask import Flask, jsonify, request

from bot.clock import utc_now
from bot.config import read_settings
from bot.dialogue.bot import Bot
from bot.store.tables_visits import turns
from bot.web.app import create_app
from bot.web.opening import House, open_house

KNOWLEDGE = Path(__file__).parent.parent / "knowledge"
CLIENTS = 4
REQUESTS = 1500
NEW_SHARE = 0.3  # of the mix; the rest are the popular questions, drawn by Zipf's law
ROUNDS = 3


def main() -> None:
    """Print one table."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    before_mb = _peak_mb()
    with tempfile.TemporaryDirectory() as name:
        kept = Path(name) / "index"  # where a server keeps it in its data folder
        bot, nothing_s = _started(kept)
        questions = _questions(bot)
        size = f"{len(bot.release.entries)} entries, {sum(len(e.wordings) for e in bot.release.entries)} wordings"
        show(f"start-up of the bot, {size}, nothing kept", f"{nothing_s:.1f} s")
        show("memory while learning", f"+{_peak_mb() - before_mb:.0f} MB, peak {_peak_mb():.0f} MB")
        show("start-up, what was learnt found", f"{_started(kept)[1]:.1f} s")
        for text in questions[::10]:
            bot.ask(f"well {text}")
        show("`bot.ask`, each question new", _spread(_timed(bot.ask, questions)))
        lexical = Bot.from_knowledge(KNOWLEDGE, meaning=False)
        show("`bot.ask`, each question new, by words alone", _spread(_timed(lexical.ask, questions)))
        show("`bot.ask`, asked before", _spread(_timed(bot.ask, questions * 3)))
        house = open_house(read_settings({"CLINICBOT_DATA_DIR": name}), utc_now)
        house.start()
        _throughput(house, questions)
        house.close()


def show(measure: str, figure: str) -> None:
    """One line of the table."""
    print(f"| {measure} | {figure} |", flush=True)


def _started(store: Path) -> tuple[Bot, float]:
    """The bot, and how many seconds it took to be ready."""
    began = time.perf_counter()
    return Bot.from_knowledge(KNOWLEDGE, store=store), time.perf_counter() - began


def _spread(taken: list[float]) -> str:
    return f"p50 {_at(taken, 0.5):.2f} ms, p99 {_at(taken, 0.99):.2f} ms (of {len(taken)})"


def _throughput(house: House, questions: list[str]) -> None:
    empty = Flask("empty")
    empty.add_url_rule("/api/v1/ask", "ask", lambda: jsonify(ok=bool(request.get_json())), methods=["POST"])
    ours = create_app(read_settings({}), now=utc_now, house=house)
    ratios: dict[str, list[float]] = {
        "every question new": [],
        "a mix with repeats": [],
        "only what was asked before": [],
    }
    rates = []
    rng = random.Random(0)
    shares = [1 / (place + 3) for place in range(len(questions))]
    with _Served(empty) as plain, _Served(ours) as real:
        for turn in range(ROUNDS):
            fresh = [_reworded(question, turn, rng) for question in rng.choices(questions, k=REQUESTS)]
            popular = rng.choices(questions, shares, k=REQUESTS)
            mixed = [_reworded(text, turn, rng) if rng.random() < NEW_SHARE else text for text in popular]
            base, new, mix, again = _rate(plain, fresh), _rate(real, fresh), _rate(real, mixed), _rate(real, popular)
            for found, rate in zip(ratios.values(), (new, mix, again), strict=True):
                found.append(rate / base)
            rates.append(f"{base:.0f} / {new:.0f} / {mix:.0f} / {again:.0f}")
    show(f"requests a second, empty endpoint / new / mix / before, {CLIENTS} clients, each round", ", ".join(rates))
    house.turns.flush()
    with house.database.read() as db:
        kept = db.execute(sa.select(sa.func.count()).select_from(turns)).scalar_one()
    show("turns stored, of so many asked", f"{kept:,} of {3 * ROUNDS * (REQUESTS // CLIENTS) * CLIENTS:,}")
    for name, values in ratios.items():
        show(f"`POST /api/v1/ask` against an empty JSON endpoint, {name}", f"{statistics.median(values):.2f}")


def _reworded(question: str, turn: int, rng: random.Random) -> str:
    """The question as nobody asked it before: a number and a word put before it."""
    opening = rng.choice(["hi", "hello", "question", "please", "sorry", "quick one", "hey"])
    return f"{opening} {turn}{rng.randrange(10**6)} {question}"[:500]


class _Served:
    """An app under waitress on this machine."""

    def __init__(self, app: Flask) -> None:
        self._server = waitress.create_server(app, host="127.0.0.1", port=0, threads=CLIENTS)

    def __enter__(self) -> int:
        threading.Thread(target=self._server.run, daemon=True).start()
        return int(self._server.effective_port)

    def __exit__(self, *_: object) -> None:
        self._server.task_dispatcher.shutdown()
        self._server.close()


def _rate(port: int, questions: list[str]) -> float:
    """Requests a second of CLIENTS connections kept open, from a process of their own."""
    share = len(questions) // CLIENTS
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as apart:
        taken = apart.submit(_ask_all, port, [questions[at : at + share] for at in range(0, share * CLIENTS, share)])
        return share * CLIENTS / taken.result()


def _ask_all(port: int, shares: list[list[str]]) -> float:
    """Seconds until each share was asked, all at the same time."""

    def work(questions: list[str]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        for question in questions:
            connection.request(
                "POST", "/api/v1/ask", json.dumps({"question": question}), {"Content-Type": "application/json"}
            )
            connection.getresponse().read()
        connection.close()

    threads = [threading.Thread(target=work, args=(share,)) for share in shares]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


def _timed(ask: Callable[[str], object], questions: list[str]) -> list[float]:
    taken = []
    for question in questions:
        began = time.perf_counter()
        ask(question)
        taken.append(1000 * (time.perf_counter() - began))
    return sorted(taken)


def _at(taken: list[float], share: float) -> float:
    return taken[min(len(taken) - 1, int(share * len(taken)))]


def _questions(bot: Bot) -> list[str]:
    if len(sys.argv) > 1:
        with Path(sys.argv[1]).open(encoding="utf-8", newline="") as file:
            return [row["question"] for row in csv.DictReader(file)]
    return [question for entry in bot.release.entries for question in entry.golden]


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
