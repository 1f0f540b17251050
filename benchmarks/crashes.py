"""Processes killed at random moments while they save, import and publish: the old state or the new one, never between.

    python benchmarks/crashes.py [--rounds 200] [--seed 1]

Each round forks a process, lets it work on a database for a random while, kills it (SIGKILL), and then reads the
database as the next process would: the audit chain must be whole, every draft that was acknowledged must be there, an
import must be there with all its revisions or with none, and a publication must have its release and its audit line.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.faq.files import Loaded, load_knowledge
from bot.staff.accounts import Role, User
from bot.staff.candidates import prepare
from bot.staff.editing import Seen, require_current, save_draft
from bot.staff.publishing import Terms, publish
from bot.staff.seeding import seed_if_empty
from bot.staff.transfer import import_knowledge
from bot.store import audit
from bot.store.content import find_piece, load_newest, piece_version, save_piece
from bot.store.database import Database, Db, open_database
from bot.store.drafts import drop_draft, find_draft
from bot.store.releases import (
    end_gates,
    find_live,
    last_run,
    list_publications,
    list_releases,
    load_candidate,
    load_release,
)

KNOWLEDGE = Path(__file__).parent.parent / "knowledge"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LONGEST_S = 0.6
CRASH = User(user_id=1, email="crash@clinic.test", name="crash", roles=frozenset({Role.CLINICIAN}))


def changed(loaded: Loaded, mark: str) -> Loaded:
    """The knowledge with every answer's detail changed."""
    entries = tuple(
        replace(entry, answer=replace(entry.answer, detail=f"{entry.answer.detail}\n\n{mark}"))
        for entry in loaded.release.entries
    )
    return replace(loaded, release=replace(loaded.release, entries=entries))


def import_all(database: Database, loaded: Loaded, say: Callable[[str], None]) -> None:
    """Import every entry changed, again and again."""
    for number in range(1_000):
        with database.change() as db:
            drop_draft(db, loaded.release.entries[0].id)  # an import refuses to pass over what somebody works on
        mark = f"import {os.getpid()} {number}"
        import_knowledge(database, changed(loaded, mark), by="crash", now=NOON, approved_by="Dr Bo")
        say(f"imported {number}")


def save_drafts(database: Database, loaded: Loaded, say: Callable[[str], None]) -> None:
    """Save one draft again and again, as the editor's page does."""
    entry = loaded.release.entries[0]
    for number in range(100_000):
        with database.read() as db:
            current = require_current(db, entry.id)
        seen = Seen(base=current.base, version=current.version)
        mine = replace(current.entry, owner=f"owner {os.getpid()} {number}")
        saved = save_draft(database, seen, mine, user=CRASH, now=NOON)
        say(f"saved {saved.current.base} {saved.current.version}")


def publish_releases(database: Database, loaded: Loaded, say: Callable[[str], None]) -> None:
    """Change the clinic's notes, make a candidate, pass its gates, publish it; again and again."""
    del loaded
    for number in range(10_000):
        with database.change() as db:
            background = [*find_required(db, "background"), f"crash {os.getpid()} {number}"]
            seen = piece_version(db, "background")
            save_piece(db, "background", background, author="crash", reason="", at=NOON, seen=seen)
        late = datetime.now(UTC) + timedelta(days=1)  # a run that a kill left behind must not stand in the way
        candidate_id = prepare(database, user=CRASH, now=late)
        with database.change() as db:
            run = last_run(db, candidate_id)
            evidence = {
                "passed": True,
                "gates": [],
                "live": find_live(db).number,
                "content": content_of(db, candidate_id),
            }
            end_gates(db, run.run_id, evidence, late)
        say(f"published {publish(database, candidate_id, Terms(), user=CRASH, now=NOON)}")


def find_required(db: Db, name: str) -> list[str]:
    """The newest content of a piece that is a list."""
    found = find_piece(db, name)
    return list(found.content) if found else []


def content_of(db: Db, candidate_id: int) -> str:
    """The hash of a candidate's content."""
    candidate = load_candidate(db, candidate_id)
    return candidate.content_hash if candidate else ""


WORK = {"import": import_all, "save": save_drafts, "publish": publish_releases}


def killed_while(work: str, url: str, loaded: Loaded, after_s: float) -> list[str]:
    """What a process acknowledged before it was killed."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        database = Database(url)
        os.write(write_end, b"begun\n")
        try:
            WORK[work](database, loaded, lambda text: os.write(write_end, f"{text}\n".encode()) and None)
        finally:
            traceback.print_exc()
            os._exit(1)  # nothing of the parent's, such as its folder, may be cleaned up here
    os.close(write_end)
    with os.fdopen(read_end) as said:
        said.readline()
        time.sleep(after_s)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return said.read().splitlines()


def faults(url: str, acknowledged: list[str], entries: int) -> list[str]:
    """What is not as it should be after a kill."""
    database = open_database(url)
    found = []
    with database.read() as db:
        verdict = audit.verify(db)
        if verdict.fault:
            found.append(f"audit: {verdict.fault}")
        newest = load_newest(db)
        numbers = {revision.number for revision in newest.values()}
        if len(numbers) != 1 or len(newest) != entries:
            found.append(f"an import is there in part: revisions {sorted(numbers)}")
        events = audit.list_events(db, limit=10_000)
        imports = sum(event.action == "knowledge.imported" for event in events)
        if numbers != {imports + 1}:
            found.append(f"{imports} imports in the audit, revisions {sorted(numbers)}")
        releases = {line.number for line in list_releases(db, limit=10_000)}
        published = {each.number for each in list_publications(db, limit=10_000)}
        told = {int(event.subject) for event in events if event.action.startswith("release.")}
        if not releases == published == told:
            found.append(f"releases {len(releases)}, publications {len(published)}, audit lines {len(told)}")
        live = find_live(db)
        if live is None or load_release(db, live.number) is None:
            found.append("the live release cannot be read")
        saves = [tuple(map(int, line.split()[1:])) for line in acknowledged if line.startswith("saved")]
        draft = find_draft(db, sorted(newest)[0] if saves else "")
        if saves and (draft is None or (draft.base, draft.version) < max(saves)):
            found.append(f"draft {max(saves)} was acknowledged and is lost")
        if any(int(line.split()[1]) not in published for line in acknowledged if line.startswith("published")):
            found.append("a release was acknowledged and is lost")
    database.close()
    return found


def main() -> None:
    """Run the rounds and print what was seen as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    loaded = load_knowledge(KNOWLEDGE, number=1, published_at=NOON)
    count = {"kills": 0, "acknowledged": 0, "faults": 0}
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/clinic.db"
        database = open_database(url)
        seed_if_empty(database, loaded, NOON)
        database.close()
        for number in range(options.rounds):
            work = chance.choice(sorted(WORK))
            acknowledged = killed_while(work, url, loaded, chance.uniform(0, LONGEST_S))
            found = faults(url, acknowledged, len(loaded.release.entries))
            count["kills"] += 1
            count["acknowledged"] += len(acknowledged)
            count["faults"] += len(found)
            for fault in found:
                print(f"round {number}, {work}: {fault}", file=sys.stderr)
            if sys.stderr.isatty():
                print(f"\r{number + 1} of {options.rounds}", end="", file=sys.stderr)
    print(json.dumps(count))
    sys.exit(1 if count["faults"] else 0)


if __name__ == "__main__":
    main()
