"""Make the rooms that find answers wrong on purpose, here and there, and count how often a test notices.

    python benchmarks/mutation.py [--rooms language safety …] [--each 42] [--seed 20261126] [--out build/mutation]
    python benchmarks/mutation.py --again build/mutation/mutants.json      what survived, with the tests of now
    python benchmarks/mutation.py --report build/mutation/mutants.json     the table

Needs `pip install 'cosmic-ray>=8.7' 'coverage>=7'` beside what the tests need. All mutants would take days, so each
room gives a sample of its own, each module by its size, and each mutant meets the quick tests that reach its line,
those of its own module and the shortest first. What is learnt of the shipped knowledge is learnt before anything is
made wrong, and opened from then on: a fault in the learning is noticed only where a test learns for itself. Nothing is
changed in place but in a copy of the tree, in a temporary folder. Which test reaches what is found out once and kept in
OUT/watched.json; after changes of tests the changed files alone are watched anew.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import json
import os
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # before numpy is imported

from mutants import Mutant, draw, mutants_of, shares
from mutation_runs import OPENED, ROOT, Copy, Tried, Watched, warm_up

ROOMS = ("language", "safety", "matching", "reply", "dialogue", "faq")
CROSS = (
    "evaluate/test_measures.py",
    "evaluate/test_quick_gates.py",
    "evaluate/test_remembering.py",
    "patients/test_alarms.py",
    "patients/test_expecting.py",
    "staff/test_settings.py",
)  # none that starts processes: these do not like to be forked themselves
QUICK_S = 2.0  # a test that takes longer is not used
BUDGET_S, EACH_S = 6.0, 0.03  # what the tests of one mutant may take together, undisturbed; what each takes beside
ENDLESS = 10**6  # lines
PATIENCE, LEAST_WAIT_S = 8.0, 90  # how many times as long is waited before it is a time-out, and how long at least


def main() -> None:
    """Draw, try, and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rooms", nargs="+", default=ROOMS, choices=ROOMS, metavar="ROOM")
    parser.add_argument("--each", type=int, default=42, help="mutants of each room")
    parser.add_argument("--seed", type=int, default=20261126)
    parser.add_argument("--out", type=Path, default=Path("build/mutation"))
    parser.add_argument("--again", type=Path, help="try what survived in this file once more")
    parser.add_argument("--report", type=Path, help="print the table of this file")
    options = parser.parse_args()
    if options.report:
        print(table(json.loads(options.report.read_text(encoding="utf-8"))["mutants"]))
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the copy is taken away as well
    options.out.mkdir(parents=True, exist_ok=True)
    before = json.loads(options.again.read_text(encoding="utf-8")) if options.again else None
    if before:  # the same sample
        options.rooms, options.each, options.seed = before["rooms"], before["each"], before["seed"]
    done: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory(prefix="mutation") as folder:
        copy = Copy(Path(folder))
        watched = _watched(copy, options.out / "watched.json")
        warm_up(watched.libraries)
        _learn(copy, watched, options.out)
        sample = list(_sample(options.rooms, options.each, options.seed))
        known = {_key(each): each for each in before["mutants"]} if before else {}
        for number, (mutant, text) in enumerate(sample, 1):
            row = _row(mutant, text)
            former = known.get(_key(row))
            if former and former["outcome"] == "killed":
                done.append(former)
                continue
            row |= asdict(_tried(copy, watched, mutant, text))
            done.append(row)
            print(f"[{number:3}/{len(sample)}] {row['seconds']:5} s {row['outcome']:9} "
                  f"{mutant.module}:{mutant.first} {mutant.operator} {row['by']}", flush=True)  # fmt: skip
            _write(options, done)
    _write(options, done)
    print(table(done))


def table(rows: Sequence[dict[str, object]]) -> str:
    """What came out, by room, in Markdown."""
    lines = ["| room | mutants | killed | timed out | survived | score |", "|---|---|---|---|---|---|"]
    rooms = [room for room in ROOMS if any(row["room"] == room for row in rows)]
    for room in (*rooms, "all"):
        count = Counter(row["outcome"] for row in rows if room in (row["room"], "all"))
        caught = count["killed"] + count["timed out"]
        lines.append(
            f"| {room} | {count.total()} | {count['killed']} | {count['timed out']} | {count['survived']} | "
            f"{caught / count.total():.1%} |"
        )
    return "\n".join(lines)


def _modules(room: str) -> list[str]:
    return [str(file.relative_to(ROOT)) for file in sorted((ROOT / "bot" / room).rglob("*.py"))]


def _sample(rooms: Sequence[str], each: int, seed: int) -> Iterator[tuple[Mutant, str]]:
    """By room, by module: the mutants and their texts."""
    for room in rooms:
        texts = {module: (ROOT / module).read_text(encoding="utf-8") for module in _modules(room)}
        places = {
            module: len({(mutant.start, mutant.end) for mutant in mutants_of(module, text)})
            for module, text in texts.items()
        }
        for module, wanted in shares(places, each).items():
            yield from draw(module, texts[module], wanted, seed)


def _learn(copy: Copy, watched: Watched, out: Path) -> None:
    """Have what is learnt of the shipped knowledge learnt while nothing is wrong, or take it from an earlier run."""
    files = [
        file for name in ("bot", "knowledge") for file in sorted((ROOT / name).rglob("*.[pym]*")) if file.is_file()
    ]
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files if file.suffix != ".pyc")).hexdigest()
    kept = out / f"learnt-{digest[:12]}"
    if kept.exists():
        shutil.copytree(kept, copy.learnt)
        return
    using = [test for test, fixtures in watched.fixtures.items() if OPENED in fixtures]
    first = min(using, key=watched.seconds.__getitem__)
    if not copy.learnt.exists() and copy.trial([first], limit_s=600).outcome != "survived":
        raise RuntimeError(f"{first} fails though nothing is wrong")
    shutil.copytree(copy.learnt, kept)


def _tried(copy: Copy, watched: Watched, mutant: Mutant, text: str) -> Tried:
    tests, seconds = _chosen(watched, mutant)
    if not tests:
        return Tried("survived", "no quick test reaches it", 0.0)
    with copy.wrong(mutant.module, text):
        return copy.trial(tests, limit_s=LEAST_WAIT_S + PATIENCE * seconds)


def _chosen(watched: Watched, mutant: Mutant) -> tuple[list[str], float]:
    """The tests to try, and how long they take: those of the module, then of the room, the shortest first.

    Where no test is known to reach the line (Python leaves out some `break`), those that reach the module are tried.
    """
    first, last = (0, ENDLESS) if mutant.at_import else (mutant.first, mutant.last)
    reaching = watched.reaching(mutant.module, first, last) & watched.seconds.keys()
    reaching = reaching or watched.reaching(mutant.module, 0, ENDLESS) & watched.seconds.keys()
    _, room, name = mutant.module.split("/", 2)
    own, near = f"tests/{room}/test_{Path(name).stem}", f"tests/{room}/"
    ranked = sorted(
        reaching, key=lambda test: (not test.startswith(own), not test.startswith(near), watched.seconds[test], test)
    )
    quick = [test for test in ranked if watched.seconds[test] <= QUICK_S]
    chosen, total = [], 0.0
    for test in quick or ranked[:1]:
        if not chosen or total + watched.seconds[test] + EACH_S <= BUDGET_S:
            chosen.append(test)
            total += watched.seconds[test] + EACH_S
    return chosen, total


def _watched(copy: Copy, kept: Path) -> Watched:
    """What is known of the tests; files that are new or changed since are watched now."""
    modules = [module for room in ROOMS for module in _modules(room)]
    places = [ROOT / "tests" / name for name in (*ROOMS, *CROSS)]
    found = [file for place in places for file in ([place] if place.is_file() else sorted(place.glob("test_*.py")))]
    files = [str(file.relative_to(ROOT)) for file in found]
    digests = {name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in sorted({*files, *modules})}
    stored = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {"digests": {}, "watched": {}}
    watched = Watched(**stored["watched"])
    if any(stored["digests"].get(module) != digests[module] for module in modules):
        watched, stored = Watched(), {"digests": {}}  # lines have moved
    changed = [name for name in files if stored["digests"].get(name) != digests[name]]
    if changed:
        watched = watched.joined(copy.watch(changed, modules, limit_s=3600))
        kept.write_text(json.dumps({"digests": digests, "watched": asdict(watched)}), encoding="utf-8")
    return watched.within(files)


def _row(mutant: Mutant, text: str) -> dict[str, object]:
    right = (ROOT / mutant.module).read_text(encoding="utf-8").splitlines()
    changed = list(difflib.unified_diff(right, text.splitlines(), n=0, lineterm=""))[2:]
    return {
        "room": mutant.module.split("/")[1], "module": mutant.module, "operator": mutant.operator,
        "occurrence": mutant.occurrence, "line": mutant.start[0], "change": changed,
    }  # fmt: skip


def _key(row: dict[str, object]) -> str:
    return json.dumps([row["module"], row["operator"], row["occurrence"], row["change"]])


def _write(options: argparse.Namespace, rows: Sequence[dict[str, object]]) -> None:
    told = {"seed": options.seed, "each": options.each, "rooms": list(options.rooms), "mutants": list(rows)}
    file = options.out / "mutants.json"
    file.with_suffix(".part").write_text(json.dumps(told, indent=1, ensure_ascii=False), encoding="utf-8")
    file.with_suffix(".part").replace(file)
    (options.out / "table.md").write_text(table(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
