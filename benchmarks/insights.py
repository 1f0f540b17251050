"""How long staff wait for the page Insights on a million turns, and whether its counts are what a recount finds.

    .venv/bin/python benchmarks/insights.py [TURNS] [DATABASE-URL]

Fills a database of the schema before counts were kept (a new SQLite file unless an empty database is named); upgrades
it, which counts what is there; counts it all again from the turns themselves; and asks for the page as staff would.
"""

from __future__ import annotations

import logging
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog
from flask.testing import FlaskClient

from bot.config import Secret, read_settings
from bot.dialogue.bot import Bot
from bot.faq.files import load_knowledge
from bot.patients.following import Follower, Shelves
from bot.patients.live import Live
from bot.patients.turns import Turns
from bot.staff.insight_tables import TABLES
from bot.staff.seeding import seed_if_empty
from bot.staff.sessions import open_session
from bot.store.database import Database, Db, upgrade_to
from bot.store.staff import add_account, find_account, update_account
from bot.store.tables_handoffs import handoff_events, handoffs
from bot.store.tables_tallies import tallies
from bot.store.tables_visits import feedback, turns
from bot.store.tallies import BANDS
from bot.store.visits import Turn, add_turns
from bot.web.app import create_app
from bot.web.opening import House

KNOWLEDGE = Path(__file__).parent.parent / "knowledge"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAYS = 730
MESSAGES = 5_000
AT_ONCE = 20_000
PAGES = ("days=7", "days=30", "days=90", "days=all", "days=all&place=kiosk", "from=2026-01-01&to=2026-06-30")
_LIKELY = {"answer": 740, "decision": 70, "clarify": 80, "no_match": 80, "urgent": 20, "emergency": 4}
_OUTCOMES = {**_LIKELY, "illicit": 3, "crisis": 3}
_CHANNELS = {"web": 62, "widget": 25, "kiosk": 11, "api": 2}
_BY_HOUR = (3, 2, 1, 1, 1, 1, 2, 4, 7, 8, 8, 7, 8, 7, 7, 7, 8, 9, 10, 12, 14, 15, 12, 7)
_RATED = 0.12
_LATER = ("likeness", "day", "hour")  # columns that were not there, or stay empty


def main() -> None:
    """Print one line a figure."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        url = sys.argv[2] if len(sys.argv) > 2 else f"sqlite:///{folder}/clinic.db"
        database = Database(url)
        upgrade_to(database, "0006")
        entries = [entry.id for entry in load_knowledge(KNOWLEDGE, number=1, published_at=NOW).release.entries]
        took = _timed(lambda: fill(database, count, entries))
        print(f"{count:,} turns of {DAYS} days and {MESSAGES:,} messages stored in {took:.0f} s")
        print(f"upgrade, with the turns that are there counted: {_timed(database.migrate):.1f} s")
        _recounted(database)
        house, client = open_as_staff(database, Path(folder))
        _pages(client)
        _storing(database)
        house.turns.close()
        database.close()


def fill(database: Database, count: int, entries: list[str]) -> None:
    """Turns and messages at random, but always the same."""
    rng = random.Random(0)
    begun = 0
    while begun < count:
        rows = [_turn(rng, number, entries) for number in range(begun, min(count, begun + AT_ONCE))]
        rated = [_rating(rng, row) for row in rows if rng.random() < _RATED]
        _store(database, turns, rows)
        _store(database, feedback, rated)
        begun += len(rows)
    with database.change() as db:
        _messages(db, rng)


def _turn(rng: random.Random, number: int, entries: list[str]) -> dict[str, Any]:
    outcome = rng.choices(tuple(_OUTCOMES), tuple(_OUTCOMES.values()))[0]
    is_answer = outcome in ("answer", "decision")
    surety = rng.betavariate(9, 1) if is_answer else rng.random() * 0.6
    day = int(DAYS * rng.random() ** 0.8)
    hour = rng.choices(range(24), _BY_HOUR)[0]
    at = NOW.replace(hour=0) - timedelta(days=day + 1) + timedelta(hours=hour, seconds=rng.randrange(3600))
    entry = entries[min(int(rng.expovariate(6 / len(entries))), len(entries) - 1)]
    return {
        "turn_id": f"turn-{number:08}",
        "conversation": f"talk-{number // 3:08}",
        "asked_at": at,
        "redacted": "a question of some forty letters or so, which is usual",
        "words_key": f"{number % 5000:032}",
        "outcome": outcome,
        "entry_id": entry if is_answer or outcome == "urgent" else None,
        "rule_id": None,
        "confidence": surety if outcome in ("answer", "decision", "clarify", "no_match") else None,
        "release": 1,
        "region": "uk",
        "channel": rng.choices(tuple(_CHANNELS), tuple(_CHANNELS.values()))[0],
        "context": "{}",
        "said": "[]",
    }


def _rating(rng: random.Random, turn: dict[str, Any]) -> dict[str, Any]:
    helpful = rng.random() < (turn["confidence"] or 0.5) - 0.04
    return {"turn_id": turn["turn_id"], "helpful": helpful, "reason": "", "given_at": turn["asked_at"]}


def _store(database: Database, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """Add rows as fast as the database takes them."""
    columns = [column for column in table.columns if column.name not in _LATER]
    names = [column.name for column in columns]
    with database.change() as db:
        if database.is_sqlite:
            earlier = sa.table(table.name, *(sa.column(column.name, column.type) for column in columns))
            db.execute(sa.insert(earlier), rows)
            return
        with (
            db.connection.cursor() as cursor,
            cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row([row[name] for name in names])


def _messages(db: Db, rng: random.Random) -> None:
    found, events = [], []
    for number in range(1, MESSAGES + 1):
        at = NOW - timedelta(minutes=rng.randrange(60 * 24 * 90))
        state = rng.choices(("answered", "closed", "new"), (85, 10, 5))[0]
        found.append(
            {
                "handoff_id": number,
                "reference": f"R{number:08}",
                "request_hash": "",
                "received_at": at,
                "state": state,
                "sealed": b"x" * 400,
                "level": "",
                "channel": rng.choices(tuple(_CHANNELS), tuple(_CHANNELS.values()))[0],
                "locale": "en-GB",
                "version": 1,
                "changed_at": at,
            }
        )
        if state == "answered":
            after = timedelta(hours=rng.expovariate(1 / 12))
            events.append({"handoff_id": number, "at": at + after, "author": "Ada", "kind": "answered"})
    db.execute(handoffs.insert(), found)
    db.execute(handoff_events.insert(), events)


def _recounted(database: Database) -> None:
    """Count all turns again, and hold the counts that are kept against that."""
    found: set[tuple[Any, ...]] = set()

    def recount() -> None:
        with database.read() as db:
            for kind, value in _values().items():
                found.update((kind, *row) for row in db.execute(_recount(kind, value)))

    took = _timed(recount)
    with database.read() as db:
        kept = {tuple(row) for row in db.execute(sa.select(tallies))}
    same = "the same" if kept == found else f"DIFFERENT in {len(kept ^ found)}"
    print(f"recount of all turns: {took:.1f} s; {len(kept):,} counts are kept, {same}")


def _values() -> dict[str, sa.ColumnElement[Any]]:
    band = sa.case(*((turns.c.confidence >= each, str(each)) for each in reversed(BANDS[1:])), else_=str(BANDS[0]))
    hour = sa.cast(turns.c.hour, sa.String)
    return {
        "outcome": turns.c.outcome,
        "hour": sa.case((turns.c.hour < 10, "0" + hour), else_=hour),
        "entry": turns.c.entry_id,
        "surety": sa.case((turns.c.confidence.is_not(None), turns.c.outcome + " " + band)),
    }


def _recount(kind: str, value: sa.ColumnElement[Any]) -> sa.Select[Any]:
    rated = [sa.func.sum(sa.case((feedback.c.helpful == said, 1), else_=0)) for said in (True, False)]
    helped = [sa.literal(0), sa.literal(0)] if kind == "hour" else rated
    query = sa.select(turns.c.day, turns.c.channel, value, sa.func.count(), *helped).where(value.is_not(None))
    joined = turns.outerjoin(feedback, feedback.c.turn_id == turns.c.turn_id)
    return query.select_from(joined).group_by(turns.c.day, turns.c.channel, value)


def open_as_staff(database: Database, folder: Path) -> tuple[House, FlaskClient]:
    """The application on a filled database, and somebody signed in."""
    bot = Bot.from_knowledge(KNOWLEDGE)
    seed_if_empty(database, load_knowledge(KNOWLEDGE, number=1, published_at=NOW), NOW)
    live = Live(bot)
    follower = Follower(database, live, Shelves(folder / "index", (KNOWLEDGE,)))
    written = Turns(database, lambda: NOW, timedelta(days=DAYS + 30))
    house = House(database=database, key=Secret("k" * 40), live=live, follower=follower, turns=written)
    app = create_app(read_settings({}), now=lambda: NOW, house=house)
    with database.change() as db:
        person = {"email": "ada@clinic.test", "name": "Ada", "password_hash": "!"}
        user_id = add_account(db, **person, roles=frozenset({"editor"}), at=NOW)
        update_account(db, user_id, confirmed_at=NOW)
        account = find_account(db, user_id)
        assert account is not None
        token = open_session(db, account, "full", NOW)
    client = app.test_client()
    with client.session_transaction("/staff/") as session:
        session["token"] = token
    return house, client


def _pages(client: FlaskClient) -> None:
    for query in PAGES:
        address = f"/staff/insights?{query}"
        first = _timed(lambda address=address: _asked(client, address))
        began = time.process_time()
        times = [_timed(lambda address=address: _asked(client, address)) for _ in range(20)]
        worked = (time.process_time() - began) / len(times)
        print(
            f"page, {query}: first {1000 * first:.0f} ms, then {_shown(times)}; "
            f"{1000 * worked:.0f} ms of a processor each, in this process"
        )
    times = [_timed(lambda name=name: _asked(client, f"/staff/insights/{name}.csv?days=all")) for name in TABLES]
    print(f"each CSV of everything: {_shown(times)}")


def _asked(client: FlaskClient, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 200
    response.get_data()


def _storing(database: Database) -> None:
    """What storing a batch costs now."""
    batches = list(_batches())
    times = [_timed(lambda batch=batch: _add(database, batch)) for batch in batches]
    print(f"storing and counting 50 turns: {_shown(times)}")


def _batches() -> Iterator[list[Turn]]:
    rng = random.Random(1)
    for start in range(0, 1000, 50):
        rows = [_turn(rng, 90_000_000 + number, ["dry-lips", "alcohol"]) for number in range(start, start + 50)]
        for row in rows:
            row.update(context={}, said=[])
            del row["words_key"]
        yield [Turn(**row) for row in rows]


def _add(database: Database, batch: list[Turn]) -> None:
    with database.change() as db:
        add_turns(db, batch)


def _timed(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def _shown(times: list[float]) -> str:
    ordered = sorted(1000 * each for each in times)
    last = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return f"p50 {statistics.median(ordered):.0f} ms, p95 {last:.0f} ms (n={len(ordered)})"


if __name__ == "__main__":
    main()
