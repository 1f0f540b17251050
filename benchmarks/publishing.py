"""How long publishing takes, from "check" to live, for an FAQ of many entries, by what was edited.

    .venv/bin/python benchmarks/publishing.py [--entries 1000] [--folder DIR] [--out benchmarks/results/publishing.json]

The FAQ is made of the shipped entries, again and again, each time at another occasion ("in winter", "at school"), with
ten phrasings an entry and two more as its golden questions, and the shipped safety rules; 400 questions were asked of
it lately. A clinic's first release of it is published once, which encodes every text and is not counted, but told. Then
single entries are edited, and `clinicbot publish` runs as people run it: a process of its own from its start to its
end, candidate, gates, publication. Wall time and processor time are told, for on a busy machine only the second one
means anything. With a `--folder` that is kept, the first release is there the next time.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.dialogue.bot import Bot
from bot.faq.entry import Entry, Phrasing
from bot.faq.files import Loaded, load_knowledge
from bot.faq.release import content_hash_of
from bot.staff.seeding import seed_if_empty
from bot.store.content import add_review, add_revision, find_revision
from bot.store.database import Database, open_database
from bot.store.visits import Turn, add_turns

ROOT = Path(__file__).resolve().parent.parent
OCCASIONS = (
    "", "at school", "in winter", "on holiday", "at work", "while swimming", "before a wedding", "on a train",
    "as a student", "in hot weather", "at the gym", "with a new job", "during exams", "at sea", "in the mountains",
    "at night", "in the morning", "after lunch", "with friends", "on a farm", "in an office", "on a ship",
)  # fmt: skip
PHRASINGS, GOLDEN, ASKED = 10, 2, 400


def at(occasion: str, text: str) -> str:
    """The text asked of that occasion."""
    mark = text[-1] if text[-1] in "?." else ""
    return f"{text.rstrip('?.')} {occasion}{mark}" if occasion else text


def entries_of(shipped: tuple[Entry, ...], count: int) -> Iterator[Entry]:
    """So many entries."""
    made = 0
    for number, occasion in enumerate(OCCASIONS):
        for entry in shipped:
            if made == count:
                return
            made += 1
            texts = [at(occasion, each.text) for each in entry.phrasings[: PHRASINGS + GOLDEN]]
            yield replace(
                entry,
                id=f"{entry.id}-{number}",
                question=at(occasion, entry.question),
                phrasings=tuple(map(Phrasing, texts[:PHRASINGS])),
                golden=tuple(texts[PHRASINGS:]),
                related=(),
            )


def prepare(folder: Path, count: int) -> float:
    """A database with the first release of that FAQ, everything learnt; seconds that this took, 0 when it was there."""
    if (folder / "ready").exists():
        return 0.0
    began = time.perf_counter()
    now = datetime.now(UTC)
    loaded = load_knowledge(ROOT / "knowledge", number=1, published_at=now)
    topics = tuple(replace(topic, featured=()) for topic in loaded.release.topics)
    release = replace(loaded.release, entries=tuple(entries_of(loaded.release.entries, count)), topics=topics)
    release = replace(release, corrections=())
    release = replace(release, content_hash=content_hash_of(release))
    database = open_database(f"sqlite:///{folder / 'clinicbot.db'}")
    seed_if_empty(database, Loaded(release, ()), now)
    step = max(1, count // ASKED)
    asked = [entry.golden[0] + " please" for entry in release.entries[::step]][:ASKED]
    with database.change() as db:
        add_turns(db, [_turn(number, text, now) for number, text in enumerate(asked)])
    database.close()
    Bot(release, store=folder / "index", known=(ROOT / "knowledge",))
    (folder / "ready").touch()
    return time.perf_counter() - began


def _turn(number: int, text: str, now: datetime) -> Turn:
    return Turn(
        turn_id=f"t{number}", conversation="c", asked_at=now, redacted=text, outcome="answer", release=1, region="uk",
        channel="web", context={}, said=[],
    )  # fmt: skip


def edit(database: Database, place: int, change: Callable[[Entry], Entry]) -> str:
    """One entry edited and approved; its id."""
    now = datetime.now(UTC)
    with database.change() as db:
        entry_id = f"{('dry-lips', 'dry-skin', 'alcohol-limits', 'nosebleeds')[place % 4]}-{1 + place // 4}"
        known = find_revision(db, entry_id) or find_revision(db, f"dry-lips-{2 + place}")
        assert known is not None
        made = add_revision(db, change(known.entry), author="Edda", reason="benchmark", at=now)
        add_review(db, made.revision_id, "approve", reviewer="Cleo", own=False, comment="", at=now)
        return known.entry_id


def publish(folder: Path) -> dict[str, Any]:
    """`clinicbot publish`, timed."""
    environ = {**os.environ, "CLINICBOT_DATA_DIR": str(folder), "PYTHONPATH": str(ROOT)}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "bot", "publish", "--by", "benchmark", "--json"]
    done = subprocess.run(command, env=environ, cwd=ROOT, capture_output=True, text=True, check=False)
    wall_s, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    processor_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if not done.stdout:
        raise SystemExit(done.stderr)
    found = json.loads(done.stdout)
    failed = [gate["name"] for gate in found["gates"] if not gate["passed"]]
    return {
        "wall_s": round(wall_s, 1),
        "processor_s": round(processor_s, 1),
        "gates_s": found["seconds"],
        "stages_s": found.get("stages"),
        "published": found["release"],
        "failed": failed,
        "asked": sum(gate["checked"] for gate in found["gates"]),
        "real_questions": found["behaviour"]["asked"],
        "different": len(found["behaviour"]["different"]),
    }


def _answer(entry: Entry) -> Entry:
    return replace(entry, answer=replace(entry.answer, short=f"{entry.answer.short} Tell us how it goes."))


def _known_words(entry: Entry) -> Entry:
    return replace(entry, phrasings=(*entry.phrasings, Phrasing("please tell me what helps my lips in winter at sea")))


def _new_word(entry: Entry) -> Entry:
    return replace(entry, phrasings=(*entry.phrasings, Phrasing("is lanolinwax any good for lips in winter")))


def _question(entry: Entry) -> Entry:
    return replace(entry, question=f"{entry.question.rstrip('?.')}, please?")


EDITS: tuple[tuple[str, Callable[[Entry], Entry]], ...] = (
    ("first time, an answer", _answer),
    ("an answer", _answer),
    ("a phrasing of known words", _known_words),
    ("a phrasing with a new word", _new_word),
    ("a question", _question),
    ("an answer, after those", _answer),
)


def main() -> None:
    """Publish after each kind of edit, and tell how long it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "publishing.json")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = given.folder or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        first_s = prepare(folder, given.entries)
        print(f"{given.entries} entries, first release ready in {first_s:.1f} s", flush=True)
        database = open_database(f"sqlite:///{folder / 'clinicbot.db'}")
        found = []
        for place, (name, change) in enumerate(EDITS):
            edit(database, place, change)
            found.append({"edit": name, **publish(folder)})
            print(found[-1], flush=True)
        database.close()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    facts = {"entries": given.entries, "processors": os.cpu_count(), "load": load, "first_s": round(first_s, 1)}
    given.out.write_text(json.dumps({**facts, "edits": found}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
