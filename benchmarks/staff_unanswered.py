"""How long staff wait for the page of open questions, and how well alike ones come together.

    .venv/bin/python benchmarks/staff_unanswered.py [TURNS]

Builds a database with 100,000 turns of one month, a tenth of them without an answer, in some 2,000 wordings.
"""

from __future__ import annotations

import csv
import itertools
import logging
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
import structlog
from flask import Flask

from bot.config import Secret, read_settings
from bot.dialogue.bot import Bot
from bot.faq.files import load_knowledge
from bot.patients.following import Follower, Shelves
from bot.patients.live import Live
from bot.patients.turns import Turns
from bot.staff.clustering import cluster
from bot.staff.deciding import Asked, set_aside
from bot.staff.seeding import seed_if_empty
from bot.staff.sessions import open_session
from bot.staff.unanswered import common_of
from bot.store.database import open_database
from bot.store.open_questions import OpenQuestion, list_open, words_of
from bot.store.staff import add_account, find_account, update_account
from bot.store.visits import Feedback, Turn, add_turns, give_feedback
from bot.web.app import create_app
from bot.web.opening import House
from bot.web.staff_unanswered import PER_PAGE

KNOWLEDGE = Path(__file__).parent.parent / "knowledge"
QUESTIONS = Path(__file__).parent / "questions"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MONTH = timedelta(days=30)
WORDINGS = 2_000
OPEN_SHARE = 0.1
UNHELPFUL_SHARE = 0.02
_TAILS = ("", "please", "today", "at work", "in summer", "for my son", "on holiday", "in the evening", "thanks")
_ADDRESS = "/staff/unanswered"


def main() -> None:
    """Print one line a figure."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    bot = Bot.from_knowledge(KNOWLEDGE)
    _together(bot)
    with tempfile.TemporaryDirectory() as folder:
        house = _filled(Path(folder), bot, count)
        app = create_app(read_settings({}), now=lambda: NOW, house=house)
        client = _signed_in(app, house)
        _pages(client, house)
        house.turns.close()


def _together(bot: Bot) -> None:
    """How well wordings of one entry come together, and wordings of different ones stay apart."""
    found = [(row["question"], row["topic"]) for row in _rows() if row["topic"]]
    found += [(text, entry.id) for entry in bot.release.entries for text in entry.wordings[::4]]
    topics = {words_of(text): topic for text, topic in found}
    questions = [_open(bot, text) for text in {words_of(text): text for text, _ in found}.values()]
    _pairs("by meaning and words", questions, topics, bot)
    _pairs("by words alone", [replace(each, likeness=None) for each in questions], topics, bot)


def _pairs(name: str, questions: list[OpenQuestion], topics: dict[str, str], bot: Bot) -> None:
    clusters = cluster(questions, common_of(bot))
    sets = [[topics[words_of(member.wording)] for member in each.members] for each in clusters]
    together = [one == other for members in sets for one, other in itertools.combinations(members, 2)]
    sizes = Counter(topics.values()).values()
    wanted = sum(size * (size - 1) // 2 for size in sizes)
    right = sum(together)
    print(
        f"{name}: {len(questions)} wordings of {len(sizes)} entries in {len(clusters)} clusters; "
        f"{right / max(1, len(together)):.0%} of the pairs that come together belong together, "
        f"{right / wanted:.0%} of those that belong together come together"
    )


def _pages(client: Any, house: House) -> None:
    began = time.perf_counter()
    assert client.get(_ADDRESS).status_code == 200
    print(f"first page after the start, everything grouped: {1000 * (time.perf_counter() - began):.0f} ms")
    found = _read(house)
    reading = _timed(lambda _: _read(house), range(10))
    print(f"reading {len(found)} wordings: {_shown(reading)}")
    bot = house.live.require()
    grouping = _timed(lambda _: cluster(found, common_of(bot)), range(10))
    clusters = cluster(found, common_of(bot))
    print(f"grouping {len(found)} wordings into {len(clusters)} clusters: {_shown(grouping)}")
    pages = range(1, len(clusters) // PER_PAGE + 1)
    order = random.Random(0).sample(pages, len(pages))
    print(f"a page not looked at before: {_shown(_timed(lambda page: client.get(f'{_ADDRESS}?page={page}'), order))}")
    again = random.Random(1).choices(pages, k=200)
    print(f"a page looked at before: {_shown(_timed(lambda page: client.get(f'{_ADDRESS}?page={page}'), again))}")
    with _counted(house) as statements:
        client.get(f"{_ADDRESS}?page=2")
    print(f"queries for a page, signing in among them: {len(statements)}")

    def decided(place: int) -> None:
        user = _user(house)
        set_aside(house.database, Asked(wordings=(clusters[place].leading.wording,), user=user, now=NOW))
        client.get(_ADDRESS)

    print(f"a decision and the page after it: {_shown(_timed(decided, range(30)))}")

    def asked_anew(place: int) -> None:
        with house.database.change() as db:
            new = _turn(
                10_000_000 + place, random.Random(place), [f"something new, number {place}"], [None], [1.0], [""]
            )
            add_turns(db, [replace(new, outcome="no_match", entry_id=None)])
        client.get(_ADDRESS)

    print(f"a new question and the page after it, grouped anew: {_shown(_timed(asked_anew, range(30)))}")
    print(f"the page Today: {_shown(_timed(lambda _: client.get('/staff/'), range(50)))}")


def _read(house: House) -> tuple[OpenQuestion, ...]:
    with house.database.read() as db:
        return list_open(db, since=NOW - MONTH, limit=WORDINGS)


def _filled(folder: Path, bot: Bot, count: int) -> House:
    database = open_database(f"sqlite:///{folder / 'clinic.db'}")
    loaded = load_knowledge(KNOWLEDGE, number=1, published_at=NOW)
    seed_if_empty(database, loaded, NOW - MONTH)
    live = Live(bot)
    follower = Follower(database, live, Shelves(folder / "index", (KNOWLEDGE,)))
    turns = Turns(database, lambda: NOW, MONTH)
    house = House(database=database, key=Secret("k" * 40), live=live, follower=follower, turns=turns)
    rng = random.Random(0)
    texts = list(itertools.islice(_texts(bot), WORDINGS))
    vectors = [_open(bot, text).likeness for text in texts]
    weights = [1 / (place + 3) for place in range(len(texts))]
    ids = [entry.id for entry in bot.release.entries]
    began = time.perf_counter()
    with database.change() as db:
        for start in range(0, count, 1000):
            batch = [_turn(number, rng, texts, vectors, weights, ids) for number in range(start, start + 1000)]
            add_turns(db, batch)
            for turn in batch:
                if turn.outcome == "answer" and rng.random() < UNHELPFUL_SHARE:
                    given = Feedback(turn_id=turn.turn_id, helpful=False, reason="", given_at=turn.asked_at)
                    give_feedback(db, given)
    print(f"{count} turns stored in {time.perf_counter() - began:.0f} s")
    return house


def _turn(
    number: int,
    rng: random.Random,
    texts: list[str],
    vectors: list[bytes | None],
    weights: list[float],
    ids: list[str],
) -> Turn:
    is_open = rng.random() < OPEN_SHARE
    place = rng.choices(range(len(texts)), weights)[0]
    return Turn(
        turn_id=f"turn-{number:07}",
        conversation=f"talk-{number // 3:07}",
        asked_at=NOW - timedelta(seconds=rng.randrange(30 * 24 * 3600 - 7200)),
        redacted=texts[place],
        outcome="no_match" if is_open else rng.choices(("answer", "decision", "clarify", "urgent"), (80, 10, 8, 2))[0],
        release=1,
        region="uk",
        channel="web",
        context={},
        said=[],
        entry_id=None if is_open else rng.choice(ids),
        likeness=vectors[place] if is_open else None,
    )


def _texts(bot: Bot) -> Iterator[str]:
    """Wordings that differ: patients' questions and the release's own, with something said after them."""
    known = [row["question"] for row in _rows()]
    known += [text for entry in bot.release.entries for text in entry.wordings]
    seen = set()
    for tail, text in itertools.product(_TAILS, known):
        wording = f"{text.rstrip('?!. ')} {tail}".strip()
        if words_of(wording) not in seen:
            seen.add(words_of(wording))
            yield wording


def _rows() -> Iterator[dict[str, str]]:
    for file in sorted(QUESTIONS.glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as opened:
            yield from csv.DictReader(opened)


def _open(bot: Bot, text: str) -> OpenQuestion:
    vector = bot.vector(text[:500])
    likeness = None if vector is None else vector.astype(np.float16).tobytes()
    return OpenQuestion(wording=text, count=1, unhelpful=0, last_asked_at=NOW, likeness=likeness)


def _signed_in(app: Flask, house: House) -> Any:
    with house.database.change() as db:
        person = {"email": "ada@clinic.test", "name": "Ada", "password_hash": "!"}
        user_id = add_account(db, **person, roles=frozenset({"editor"}), at=NOW)
        update_account(db, user_id, confirmed_at=NOW)
        account = find_account(db, user_id)
        assert account is not None
        token = open_session(db, account, "full", NOW)
    client = app.test_client()
    with client.session_transaction("/staff/") as session:
        session["token"] = token
    return client


def _user(house: House) -> Any:
    with house.database.read() as db:
        account = find_account(db, 1)
    assert account is not None
    return account


@contextmanager
def _counted(house: House) -> Iterator[list[str]]:
    found: list[str] = []

    def count(_db: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement != "BEGIN":
            found.append(statement)

    sa.event.listen(house.database.engine, "before_cursor_execute", count)
    yield found
    sa.event.remove(house.database.engine, "before_cursor_execute", count)


def _timed(run: Callable[[int], object], over: Any) -> list[float]:
    times = []
    for each in over:
        began = time.perf_counter()
        run(each)
        times.append(1000 * (time.perf_counter() - began))
    return sorted(times)


def _shown(times: list[float]) -> str:
    last = times[min(len(times) - 1, int(0.95 * len(times)))]
    return f"p50 {statistics.median(times):.0f} ms, p95 {last:.0f} ms (n={len(times)})"


if __name__ == "__main__":
    main()
