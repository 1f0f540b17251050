"""How long the staff's list of entries takes with 1,000 entries and 100,000 turns: p50 and p95 of whole requests.

python -m benchmarks.staff_lists [--entries 1000] [--turns 100000] [--rounds 40]
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from flask.testing import FlaskClient

from bot.config import Secret, read_settings
from bot.dialogue.bot import Bot
from bot.faq.entry import Phrasing
from bot.faq.files import load_knowledge
from bot.patients.following import Follower, Shelves
from bot.patients.live import Live
from bot.patients.turns import Turns
from bot.staff.seeding import seed_if_empty
from bot.staff.sessions import open_session
from bot.store.content import add_entry, add_review, add_revision
from bot.store.database import Database, open_database
from bot.store.drafts import Draft, put_draft
from bot.store.staff import add_account, find_account, update_account
from bot.store.visits import Feedback, Turn, add_turns, give_feedback
from bot.web.app import create_app
from bot.web.opening import House

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
KNOWLEDGE = Path(__file__).parent.parent / "knowledge"
CASES = {
    "first page": "/staff/entries",
    "by asked": "/staff/entries?sort=asked",
    "search": "/staff/entries?q=lips+sore&part=list",
    "overdue": "/staff/entries?due=overdue",
    "editor": "/staff/entries/dry-lips",
}


def fill(database: Database, entries: int, turns: int) -> None:
    """A database of that size: the shipped entries over and over, a tenth with drafts, a third asked about."""
    chance = random.Random(1)
    loaded = load_knowledge(KNOWLEDGE, number=1, published_at=NOW)
    seed_if_empty(database, loaded, NOW)
    shipped = loaded.release.entries
    ids = [entry.id for entry in shipped]
    with database.change() as db:
        for place in range(entries - len(shipped)):
            model = shipped[place % len(shipped)]
            phrasings = tuple(Phrasing(f"{each.text} {place}") for each in model.phrasings)
            entry = replace(
                model, id=f"{model.id}-{place}", question=f"{model.question} ({place})", phrasings=phrasings
            )
            ids.append(entry.id)
            add_entry(db, entry.id, NOW)
            revision = add_revision(db, entry, author="Mary", reason="made", at=NOW)
            add_review(db, revision.revision_id, "approve", reviewer="Dr Lee", own=False, comment="", at=NOW)
            if place % 10 == 0:
                changed = replace(entry, owner="ward")
                put_draft(db, Draft(entry_id=entry.id, base=1, version=1, entry=changed, author="Sam", saved_at=NOW))
        for start in range(0, turns, 5000):
            add_turns(db, [_turn(chance, place, ids) for place in range(start, min(turns, start + 5000))])
        for place in range(0, turns, 50):
            bad = chance.random() < 0.4
            give_feedback(db, Feedback(turn_id=f"turn-{place}", helpful=not bad, reason="", given_at=NOW))


def _turn(chance: random.Random, place: int, ids: list[str]) -> Turn:
    answered = chance.random() < 0.8
    return Turn(
        turn_id=f"turn-{place}",
        conversation=f"conversation-{place // 4}",
        asked_at=NOW - timedelta(seconds=chance.randrange(30 * 24 * 3600)),
        redacted=f"what about my lips and number {place % 7000} of these",
        outcome="answer" if answered else "no_match",
        release=1,
        region="uk",
        channel="web",
        context={"entry": None, "topic": None, "raised": None, "calm_turns": 0, "in_view": None},
        said=[{"outcome": "answer", "entries": [], "rule": None, "matched": "", "confidence": 0.9, "asked": "lips"}],
        entry_id=chance.choice(ids) if answered else None,
        confidence=0.9,
    )


def signed_in(database: Database, folder: Path) -> FlaskClient:
    """A browser of an editor. Its bot has no safety rules, which take long to learn and no list looks at."""
    release = replace(load_knowledge(KNOWLEDGE, number=1, published_at=NOW).release, rules=())
    live = Live(Bot(release, meaning=False))
    follower = Follower(database, live, Shelves(folder / "index", (KNOWLEDGE,)))
    turns = Turns(database, lambda: NOW, timedelta(days=30))
    house = House(database=database, key=Secret("k" * 40), live=live, follower=follower, turns=turns)
    client = create_app(read_settings({}), now=lambda: NOW, house=house).test_client()
    with database.change() as db:
        no_password = "!"
        roles = frozenset({"editor"})
        user_id = add_account(db, email="mary@clinic.test", name="Mary", roles=roles, password_hash=no_password, at=NOW)
        update_account(db, user_id, confirmed_at=NOW)
        account = find_account(db, user_id)
        assert account is not None
        token = open_session(db, account, "full", NOW)
    with client.session_transaction("/staff/") as session:
        session["token"] = token
    return client


def main() -> None:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1000)
    parser.add_argument("--turns", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--url", help="an empty database instead of an SQLite file of its own")
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(options.url or f"sqlite:///{folder}/clinic.db")
        began = time.perf_counter()
        fill(database, options.entries, options.turns)
        print(f"filled in {time.perf_counter() - began:.0f} s")
        client = signed_in(database, Path(folder))
        for name, address in CASES.items():
            took = []
            for _ in range(options.rounds):
                began = time.perf_counter()
                response = client.get(address)
                took.append(1000 * (time.perf_counter() - began))
                assert response.status_code == 200, response.status
            p95 = statistics.quantiles(took, n=20)[-1]
            print(f"{name:12} first {took[0]:4.0f} ms, p50 {statistics.median(took):4.0f} ms, p95 {p95:4.0f} ms")
        database.close()


if __name__ == "__main__":
    main()
