"""Speed, start-up, memory and throughput of the bot and its API, with the alternative beside them in the same run.

    .venv/bin/python benchmarks/service.py [QUESTIONS.csv]

Without a file the FAQ's own golden questions are asked. Ratios are what to quote: machines differ.
"""

from __future__ import annotations

import csv
import http.client
import json
import logging
import resource
import statistics
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import structlog
import waitress
from flask import Flask, jsonify, request

from bot.config import read_settings
from bot.dialogue.bot import Bot
from bot.patients.live import Live
from bot.web.app import create_app

KNOWLEDGE = Path(__file__).parent.parent / "knowledge"
CLIENTS = 4
REQUESTS = 1500
ROUNDS = 3


def main() -> None:
    """Print one table."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    before_mb = _peak_mb()
    began = time.perf_counter()
    bot = Bot.from_knowledge(KNOWLEDGE)
    build_s = time.perf_counter() - began
    questions = _questions(bot)
    print(f"entries {len(bot.release.entries)}, wordings {sum(len(e.wordings) for e in bot.release.entries)}")
    print(f"start-up of the bot: {build_s:.2f} s; memory: +{_peak_mb() - before_mb:.0f} MB (peak {_peak_mb():.0f} MB)")
    cold = _timed(bot.ask, questions)
    print(f"bot.ask, each question new: p50 {_at(cold, 0.5):.2f} ms, p99 {_at(cold, 0.99):.2f} ms (n={len(cold)})")
    warm = _timed(bot.ask, questions * 3)
    print(f"bot.ask, words met before: p50 {_at(warm, 0.5):.2f} ms, p99 {_at(warm, 0.99):.2f} ms (n={len(warm)})")
    alarm = _timed(bot.triage, [(text * 9)[:200] for text in questions])
    print(f"triage alone, 200 characters: p50 {_at(alarm, 0.5):.2f} ms, p99 {_at(alarm, 0.99):.2f} ms")
    _throughput(bot, questions)


def _throughput(bot: Bot, questions: list[str]) -> None:
    empty = Flask("empty")
    empty.add_url_rule("/api/v1/ask", "ask", lambda: jsonify(ok=bool(request.get_json())), methods=["POST"])
    ours = create_app(read_settings({}), Live(bot))
    numbered = [f"{text} {number}"[:500] for number, text in enumerate(questions * (REQUESTS // len(questions) + 1))]
    ratios = {"each question new": [], "the same questions again": []}
    rates = []
    with _Served(empty) as plain, _Served(ours) as real:
        for _ in range(ROUNDS):
            base = _rate(plain, numbered)
            fresh = _rate(real, numbered)
            again = _rate(real, questions * (REQUESTS // len(questions) + 1))
            ratios["each question new"].append(fresh / base)
            ratios["the same questions again"].append(again / base)
            rates.append((base, fresh, again))
    shown = ", ".join(f"{base:.0f}/{fresh:.0f}/{again:.0f}" for base, fresh, again in rates)
    print(f"requests a second, empty endpoint/new/again, {CLIENTS} clients, rounds: {shown}")
    for name, values in ratios.items():
        print(f"POST /api/v1/ask against an empty JSON endpoint, {name}: {statistics.median(values):.2f}")


class _Served:
    """An app under waitress on this machine."""

    def __init__(self, app: Flask) -> None:
        self._server = waitress.create_server(app, host="127.0.0.1", port=0, threads=CLIENTS)

    def __enter__(self) -> int:
        threading.Thread(target=self._server.run, daemon=True).start()
        return int(self._server.effective_port)

    def __exit__(self, *_: object) -> None:
        self._server.close()


def _rate(port: int, questions: list[str]) -> float:
    """Requests a second with CLIENTS connections kept open."""
    share = REQUESTS // CLIENTS

    def work(first: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        for question in questions[first : first + share]:
            connection.request(
                "POST", "/api/v1/ask", json.dumps({"question": question}), {"Content-Type": "application/json"}
            )
            connection.getresponse().read()
        connection.close()

    began = time.perf_counter()
    threads = [threading.Thread(target=work, args=(number * share,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return share * CLIENTS / (time.perf_counter() - began)


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
