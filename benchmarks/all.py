"""Matching, safety, speed, weight and start-up in one go, and one table of what came out.

    .venv/bin/python benchmarks/all.py [--data ../shared/data] [--out build/bench]      (make bench)

Each part is a script of its own in a process of its own, one after the other; run alone it gives more figures. What
cannot be measured here says why: `matching.py` needs question sets in DATA/faq, and benchmarks/requirements.txt for
the alternatives. It takes some ten minutes without these at rest, and wants a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
MATCHED = "clinc150_10"
SYSTEMS = {
    "fts5": "SQLite FTS5",
    "bm25": "BM25",
    "svm": "TF-IDF, linear SVM",
    "minilm": "MiniLM on torch",
    "clinicbot": "clinicbot",
}
SETS = ("independent", "unseen", "fresh")
FOUND = ("emergency", "crisis", "urgent", "illicit", "decision", "false alarms")


def main() -> None:
    """Run all parts; print the table and leave it in OUT/table.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--data", type=Path, default=Path("../shared/data"), help="a folder with clinic_dev.csv and faq/"
    )
    parser.add_argument("--out", type=Path, default=Path("build/bench"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    table = options.out / "table.md"
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    lines = [
        f"{datetime.now(UTC):%Y-%m-%d}, {machine}",
        "",
        "| measure | figure |",
        "|---|---|",
    ]
    print("\n".join(lines))
    for part in (service(), weight(), safety(options.out), matching(options.data, options.out)):
        for line in part:
            print(line, flush=True)
            lines.append(line)
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"\n{table}")


def service() -> Iterator[str]:
    """Start-up, memory, times and throughput, on questions that nobody taught."""
    yield from _lines_of("service.py", str(HERE / "questions" / "patients_b.csv"))


def weight() -> Iterator[str]:
    """What the chat page and the widget weigh."""
    yield from _lines_of("pages.py")


def safety(out: Path) -> Iterator[str]:
    """Red flags found and false alarms, beside the keyword list, on three sets that nobody taught."""
    file = out / "safety.json"
    _run("safety.py", "--out", str(file))
    results = json.loads(file.read_text(encoding="utf-8"))
    for name in SETS:
        ours, theirs = results[name]["clinicbot"], results[name]["keyword list"]
        figures = ", ".join(f"{kind} {ours[kind]:.2f} / {theirs[kind]:.2f}" for kind in FOUND)
        yield f"| red flags found, {name}: clinicbot / keyword list | {figures} |"


def matching(data: Path, out: Path) -> Iterator[str]:
    """Accuracy and honesty of the alternatives that are installed."""
    if not (data / "faq" / MATCHED / "test.csv").is_file():
        yield f"| matching | not measured: {data / 'faq' / MATCHED} is not there |"
        return
    file = out / "matching.json"
    wanted = ("--sets", MATCHED, "--systems", ",".join(SYSTEMS))
    _run("matching.py", "--again", *wanted, "--data", str(data / "faq"), "--out", str(file))
    for result in json.loads(file.read_text(encoding="utf-8")):
        name = f"matching, {MATCHED}, {SYSTEMS[result['system']]}"
        if "failed" in result:
            yield f"| {name} | not measured: {result['failed']} |"
            continue
        wrongly = result["at_coverage"]["out_of_scope_answered"]
        yield (
            f"| {name} | right first {100 * result['accuracy_at_1']:.1f} %, AUROC {100 * result['auroc']:.1f} %, "
            f"out of scope answered at 75 % coverage {100 * wrongly:.1f} %, "
            f"p50 {result['latency_ms_p50']:.2f} ms, +{result['memory_mb']:.0f} MB |"
        )


def _lines_of(script: str, *arguments: str) -> Iterator[str]:
    yield from (line for line in _run(script, *arguments).splitlines() if line.startswith("| "))


def _run(script: str, *arguments: str) -> str:
    """What the script says; the end of this run when it fails."""
    done = subprocess.run(
        [sys.executable, str(HERE / script), *arguments], stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{script} ended with code {done.returncode}; nothing was written")
    return done.stdout


if __name__ == "__main__":
    main()
