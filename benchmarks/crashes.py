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
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot.faq.files import Loaded, load_knowledge
from bot.faq.release import content_hash_of
from bot.staff.assembly import assemble
from bot.staff.seeding import seed_if_empty
from bot.staff.transfer import import_knowledge
from bot.store import audit
from bot.store.content import load_newest
from bot.store.database import Database, open_database
from bot.store.drafts import Draft, find_draft, put_draft
from bot.store.releases import add_release, find_live, list_publications, list_releases, load_release, publish

KNOWLEDGE = Path(__file__).parent.parent / "knowledge"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LONGEST_S = 0.6


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
        import_knowledge(
            database, changed(loaded, f"import {os.getpid()} {number}"), by="crash", now=NOON, approved_by="Dr Bo"
        )
        say(f"imported {number}")


def save_drafts(database: Database, loaded: Loaded, say: Callable[[str], None]) -> None:
    """Save one draft again and again."""
    entry = loaded.release.entries[0]
    for _ in range(100_000):
        with database.change() as db:
            known = find_draft(db, entry.id)
            version = known.version + 1 if known else 1
            put_draft(db, Draft(entry_id=entry.id, base=1, version=version, entry=entry, author="crash", saved_at=NOON))
            detail = {"version": version}
            audit.record(db, at=NOON, actor="crash", action="draft.saved", subject=entry.id, detail=detail)
        say(f"saved {version}")


def publish_releases(database: Database, loaded: Loaded, say: Callable[[str], None]) -> None:
    """Publish one release after the other."""
    del loaded
    for _ in range(10_000):
        with database.change() as db:
            release = assemble(db, NOON)
            background = (*release.background, f"crash {os.getpid()} {time.monotonic_ns()}")
            release = replace(release, background=background)
            release = replace(release, content_hash=content_hash_of(release))
            number = add_release(db, release, author="crash", note="", evidence={}, at=NOON)
            publish(db, number, kind="publish", author="crash", reason="", at=NOON)
            detail = {"content": release.content_hash}
            audit.record(db, at=NOON, actor="crash", action="release.published", subject=str(number), detail=detail)
        say(f"published {number}")


WORK = {"import": import_all, "save": save_drafts, "publish": publish_releases}


def killed_while(work: str, url: str, loaded: Loaded, after_s: float) -> list[str]:
    """What a process acknowledged before it was killed."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        database = Database(url)
        os.write(write_end, b"begun\n")
        WORK[work](database, loaded, lambda text: os.write(write_end, f"{text}\n".encode()) and None)
        os._exit(0)
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
        saves = [int(line.split()[1]) for line in acknowledged if line.startswith("saved")]
        draft = next(iter(filter(None, [find_draft(db, next(iter(newest)))])), None)
        if saves and (draft is None or draft.version < max(saves)):
            found.append(f"draft {max(saves)} was acknowledged and is lost")
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
