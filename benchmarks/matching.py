"""Our matcher beside what a clinic could pick instead: accuracy, honesty, speed, memory and size, in one run.

    pip install -r benchmarks/requirements.txt
    python benchmarks/matching.py [--sets clinc150_5,…] [--systems clinicbot,…] [--sample N]
    python benchmarks/matching.py --table

Every system meets every set in a process of its own with one thread. What fails or takes too long is written down
with the reason. Pairs that the results file has already, failed or not, are kept, so that a run can be stopped and
taken up again; `--again` measures them anew.
The measures are defined in `measures_of`, the alternatives in `alternatives.py`.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import random
import re
import string
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from alternatives import CLEAR_LINE, SYSTEMS, System
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import bot
from bot.evaluate.measures import Case, auroc, expected_calibration_error, read_cases

HERE = Path(__file__).parent
DEFAULT_SETS = "clinc150_5,clinc150_10,banking77_5,banking77_10,banking50near_10"
ONE_THREAD = {
    f"{pool}_NUM_THREADS": "1" for pool in ("OMP", "OPENBLAS", "MKL", "BLIS", "NUMEXPR", "NUMBA", "RAYON")
} | {"VECLIB_MAXIMUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
COVERAGE = 0.75
BINS = 15
SEED = 20261124
NOTHING = -math.inf  # the score of a question for which nothing was found: never answered

_LONG_WORD = re.compile(r"[^\W\d_]{5,}")


@dataclass(frozen=True, slots=True)
class Job:
    """An FAQ and the questions put to it; the first `inside` of them are in scope and asked with typos too."""

    faq: tuple[Mapping[str, Any], ...]
    questions: tuple[str, ...]
    expected: tuple[str, ...]
    inside: int
    rejected: int

    @property
    def typos(self) -> tuple[str, ...]:
        """The in-scope questions with typos, the same for every system."""
        return tuple(with_typos(question) for question in self.questions[: self.inside])


def main() -> None:
    """Run what the results file has not, or print it."""
    options = _options()
    results = json.loads(options.out.read_text(encoding="utf-8")) if options.out.exists() else []
    if options.table:
        print(tables_of(results))
        return
    known = set() if options.again else {_pair_of(result) for result in results}
    pairs = [(name, system) for name in options.sets for system in options.systems]
    for number, (name, system) in enumerate(pairs, start=1):
        head = f"[{number}/{len(pairs)}] {name}, {SYSTEMS[system].name}: "
        print(head, end="", flush=True)
        if (system, name, options.sample) in known:
            print("kept")
            continue
        began = time.perf_counter()
        result = {"system": system, "set": name, "sample": options.sample}
        result |= try_pair(system, load_job(options.data / name, options.sample), options.limit)
        results = [other for other in results if _pair_of(other) != _pair_of(result)] + [result]
        _write(options.out, results)
        head = CLEAR_LINE + head if sys.stdout.isatty() else ""
        print(f"{head}{_summary(result)} ({time.perf_counter() - began:.0f} s)", flush=True)


def load_job(folder: Path, sample: int | None) -> Job:
    """The set in `folder`; with `sample`, that many of its questions, in and out of scope in the set's proportion.

    Questions that our bot would refuse (over 500 characters, say) are put to nobody and counted in `rejected`.
    """
    faq = json.loads((folder / "knowledge.json").read_text(encoding="utf-8"))
    cases, rejected = read_cases(folder / "test.csv")
    if sample is not None and sample < len(cases):
        cases = _sampled(cases, sample)
    cases = sorted(cases, key=lambda case: not case.expected_id)
    return Job(
        faq=tuple(faq),
        questions=tuple(case.question for case in cases),
        expected=tuple(case.expected_id for case in cases),
        inside=sum(bool(case.expected_id) for case in cases),
        rejected=len(rejected),
    )


def _sampled(cases: Sequence[Case], size: int) -> list[Case]:
    chance = random.Random(SEED)
    inside = [case for case in cases if case.expected_id]
    outside = [case for case in cases if not case.expected_id]
    kept = round(size * len(inside) / len(cases))
    return [*chance.sample(inside, kept), *chance.sample(outside, size - kept)]


def with_typos(question: str) -> str:
    """The question with one random edit in half of its words of 5 letters or more: a coin is tossed for each.

    The same question always gets the same typos.
    """
    chance = random.Random(f"{SEED} {question}")
    return _LONG_WORD.sub(lambda word: _mistyped(word[0], chance) if chance.random() < 0.5 else word[0], question)


def _mistyped(word: str, chance: random.Random) -> str:
    """The word with one letter replaced, deleted or inserted, or two neighbours swapped; never unchanged."""
    edited = word
    while edited == word:
        edit = chance.choice(("replace", "delete", "insert", "swap"))
        place = chance.randrange(len(word) - (edit == "swap"))
        before, after = word[:place], word[place:]
        letter = chance.choice(string.ascii_lowercase)
        edited = {
            "replace": before + letter + after[1:],
            "delete": before + after[1:],
            "insert": before + letter + after,
            "swap": before + after[1:2] + after[:1] + after[2:],
        }[edit]
    return edited


def try_pair(system: str, job: Job, limit_s: float) -> dict[str, Any]:
    """What came of one system on one set: facts of the run, and its measures or `failed` with the reason."""
    facts = {
        "entries": len(job.faq),
        "in_scope": job.inside,
        "out_of_scope": len(job.questions) - job.inside,
        "rejected": job.rejected,
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
    }
    run = _run(system, job, limit_s)
    if "failed" in run:
        return facts | run
    own, needed = installed_bytes(SYSTEMS[system].distributions)
    versions = {name: metadata.version(name) for name in SYSTEMS[system].distributions}
    shipped = {"shipped_bytes": own, "shipped_with_dependencies_bytes": needed, "versions": versions}
    return facts | measures_of(SYSTEMS[system], job, run) | shipped


def _run(system: str, job: Job, limit_s: float) -> dict[str, Any]:
    """Try the system in a process with one thread that reaches no model hub; see `alternatives.try_system`."""
    with tempfile.TemporaryDirectory() as folder:
        job_file, run_file = Path(folder) / "job.json", Path(folder) / "run.json"
        asked = {"faq": job.faq, "questions": job.questions, "typos": job.typos}
        job_file.write_text(json.dumps(asked), encoding="utf-8")
        command = [sys.executable, str(HERE / "alternatives.py"), system, str(job_file), str(run_file)]
        environment = os.environ | ONE_THREAD | OFFLINE
        try:
            done = subprocess.run(command, env=environment, timeout=limit_s, stderr=subprocess.PIPE, check=False)
        except subprocess.TimeoutExpired:
            return {"failed": f"took over {limit_s:g} s"}
        if not run_file.exists():
            said = done.stderr.decode(errors="replace").split("\n")
            last = next((line for line in reversed(said) if line.strip()), "without a word")
            return {"failed": f"the process ended with code {done.returncode}: {last}"}
        run: dict[str, Any] = json.loads(run_file.read_text(encoding="utf-8"))
        return run


def measures_of(system: type[System], job: Job, run: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of a run. Shares are 0 to 1; a figure with nothing behind it is None.

    `accuracy_*` are over in-scope questions, answered or not. `auroc` is of the best score, in against out of scope.
    `at_coverage` takes the threshold that answers 75 % of the in-scope questions, `own_threshold` the system's own
    decision. `ece` (15 equal-count bins, all questions) is for systems whose score is meant as a probability.
    Latency is of every question as written, asked one by one.
    """
    hits = [_is_hit(ranked, expected, 1) for ranked, expected in zip(run["ranked"], job.expected, strict=True)]
    scores = [ranked[0][1] if ranked else NOTHING for ranked in run["ranked"]]
    among = [_is_hit(ranked, expected, 3) for ranked, expected in zip(run["ranked"], job.expected, strict=True)]
    inside = job.expected[: job.inside]
    mistyped = [_is_hit(ranked, expected, 1) for ranked, expected in zip(run["typo_ranked"], inside, strict=True)]
    p50, p99 = np.quantile(run["latency_ms"], [0.5, 0.99])
    return {
        "accuracy_at_1": _share(hits[: job.inside]),
        "accuracy_at_3": None if system.names_one else _share(among[: job.inside]),
        "accuracy_at_1_typos": _share(mistyped),
        "auroc": auroc(scores[: job.inside], scores[job.inside :]),
        "at_coverage": _answered(_enough(scores, job.inside), hits, job.inside),
        "own_threshold": _answered(run["answered"], hits, job.inside),
        "ece": _calibration_error(scores, hits) if system.states_probability else None,
        "latency_ms_p50": round(float(p50), 3),
        "latency_ms_p99": round(float(p99), 3),
        "load_s": round(run["load_s"], 3),
        "build_s": round(run["build_s"], 3),
        "memory_mb": round(run["memory_mb"], 1),
    }


def _is_hit(ranked: Sequence[Sequence[Any]], expected: str, within: int) -> bool:
    return bool(expected) and expected in [entry_id for entry_id, _ in ranked[:within]]


def _enough(scores: Sequence[float], inside: int) -> list[bool] | None:
    """Which questions reach the highest threshold that answers 75 % of the in-scope ones; None if no threshold does.

    Where many scores are alike it answers more than 75 %; the coverage beside the figures tells.
    """
    if not inside:
        return None
    threshold = sorted(scores[:inside], reverse=True)[math.ceil(COVERAGE * inside) - 1]
    return None if threshold == NOTHING else [score >= threshold for score in scores]


def _answered(answered: Sequence[bool] | None, hits: Sequence[bool], inside: int) -> dict[str, float | None] | None:
    """Coverage, precision of all answers (one out of scope is a wrong one), share of out-of-scope answered."""
    if answered is None:
        return None
    given = [hit for hit, is_given in zip(hits, answered, strict=True) if is_given]
    return {
        "coverage": _share(answered[:inside]),
        "precision": _share(given),
        "out_of_scope_answered": _share(answered[inside:]),
    }


def _calibration_error(scores: Sequence[float], hits: Sequence[bool]) -> float | None:
    if len(scores) < BINS:
        return None
    confidence = np.array([0.0 if score == NOTHING else score for score in scores])
    return round(expected_calibration_error(confidence, np.array(hits, dtype=float), BINS), 4)


def _share(flags: Sequence[bool]) -> float | None:
    return round(sum(flags) / len(flags), 4) if flags else None


def installed_bytes(distributions: Iterable[str]) -> tuple[int, int]:
    """The installed size of the distributions themselves, and with all that they need; without numpy and bytecode.

    Of ours it is the `bot` folder, wherever that lies.
    """
    own = {canonicalize_name(name) for name in distributions}
    needed = _with_dependencies(own)
    return sum(map(_bytes_of, own)), sum(map(_bytes_of, needed))


def _with_dependencies(names: Iterable[str]) -> set[str]:
    waiting = [Requirement(name) for name in names]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        wanted = waiting.pop()
        key = (canonicalize_name(wanted.name), frozenset(wanted.extras))
        if key in seen or key[0] == "numpy":
            continue
        seen.add(key)
        needs = [Requirement(text) for text in metadata.requires(wanted.name) or ()]
        waiting += [need for need in needs if _applies(need, wanted.extras)]
    return {name for name, _ in seen}


def _applies(need: Requirement, extras: Iterable[str]) -> bool:
    return need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in ("", *extras))


def _bytes_of(distribution: str) -> int:
    if distribution == "clinicbot":
        places = list(Path(bot.__file__).parent.rglob("*"))
    else:
        files = metadata.files(distribution) or ()
        places = [Path(str(file.locate())) for file in files]
    return sum(place.stat().st_size for place in places if place.is_file() and place.suffix != ".pyc")


COLUMNS: Mapping[str, tuple[str, float, int]] = {  # heading: (where it stands, factor, decimals)
    "accuracy@1 %": ("accuracy_at_1", 100, 1),
    "@3 %": ("accuracy_at_3", 100, 1),
    "@1 with typos %": ("accuracy_at_1_typos", 100, 1),
    "AUROC %": ("auroc", 100, 1),
    "coverage %": ("at_coverage.coverage", 100, 1),
    "precision there %": ("at_coverage.precision", 100, 1),
    "out-of-scope answered there %": ("at_coverage.out_of_scope_answered", 100, 1),
    "ECE": ("ece", 1, 3),
    "p50 ms": ("latency_ms_p50", 1, 2),
    "p99 ms": ("latency_ms_p99", 1, 2),
    "load s": ("load_s", 1, 2),
    "build s": ("build_s", 1, 2),
    "memory +MB": ("memory_mb", 1, 0),
    "itself MB": ("shipped_bytes", 1e-6, 1),
    "with dependencies MB": ("shipped_with_dependencies_bytes", 1e-6, 1),
}


def tables_of(results: Sequence[Mapping[str, Any]]) -> str:
    """The results as Markdown, one table for each set and sample size, systems in the order of `SYSTEMS`."""
    groups = dict.fromkeys((result["set"], result["sample"]) for result in results)
    order = list(SYSTEMS)
    parts = []
    for name, sample in groups:
        mine = [result for result in results if (result["set"], result["sample"]) == (name, sample)]
        mine.sort(key=lambda result: order.index(result["system"]))
        parts.append(_table(name, sample, mine))
    return "\n\n".join(parts)


def _table(name: str, sample: int | None, results: Sequence[Mapping[str, Any]]) -> str:
    first = results[0]
    title = f"### {name}{f', sample of {sample}' if sample else ''}"
    size = f"{first['entries']} entries, {first['in_scope']} questions in scope, {first['out_of_scope']} out of scope."
    rows = [["system", *COLUMNS], ["---", *("--:" for _ in COLUMNS)]]
    rows += [[SYSTEMS[result["system"]].name, *_cells(result)] for result in results]
    lines = [title, "", size, "", *(f"| {' | '.join(row)} |" for row in rows), ""]
    return "\n".join([*lines, *filter(None, map(_note, results))]).rstrip()


def _cells(result: Mapping[str, Any]) -> list[str]:
    return [_number(_find(result, path), factor, decimals) for path, factor, decimals in COLUMNS.values()]


def _find(result: Mapping[str, Any], path: str) -> float | None:
    """The figure at a dotted path; None where there is none."""
    found: Any = result
    for key in path.split("."):
        found = found.get(key) if found else None
    return None if found is None else float(found)


def _number(value: float | None, factor: float = 100, decimals: int = 1) -> str:
    return "–" if value is None else f"{factor * value:.{decimals}f}"


def _note(result: Mapping[str, Any]) -> str | None:
    """What the columns cannot say: why there are no figures, or those at the system's own threshold."""
    name = SYSTEMS[result["system"]].name
    if "failed" in result:
        return f"- {name}: not measured: {result['failed']}"
    own = result["own_threshold"]
    if own is None:
        return None
    figures = ", ".join(f"{measure.replace('_', ' ')} {_number(share)} %" for measure, share in own.items())
    return f"- {name} at its own threshold: {figures}"


def _summary(result: Mapping[str, Any]) -> str:
    if "failed" in result:
        return f"not measured: {result['failed']}"
    return f"accuracy@1 {_number(result['accuracy_at_1'])} %, p50 {result['latency_ms_p50']:.2f} ms"


def _pair_of(result: Mapping[str, Any]) -> tuple[str, str, int | None]:
    return result["system"], result["set"], result["sample"]


def _write(path: Path, results: Sequence[Mapping[str, Any]]) -> None:
    """In one step, so that a run that is stopped leaves a whole file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    fresh.replace(path)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", default=DEFAULT_SETS, help="names of sets, with commas (default: %(default)s)")
    parser.add_argument("--systems", default=",".join(SYSTEMS), help="with commas (default: %(default)s)")
    parser.add_argument("--data", type=Path, default=Path("../shared/data/faq"), help="the folder of the sets")
    parser.add_argument("--out", type=Path, default=HERE / "results" / "matching.json", help="the results file")
    parser.add_argument("--sample", type=int, help="ask so many questions of each set only (default: all)")
    parser.add_argument("--limit", type=float, default=900, help="seconds for a system on a set (default: 900)")
    parser.add_argument("--again", action="store_true", help="measure anew what the results file has already")
    parser.add_argument("--table", action="store_true", help="print the results file as Markdown and stop")
    options = parser.parse_args()
    options.sets, options.systems = options.sets.split(","), options.systems.split(",")
    for system in options.systems:
        if system not in SYSTEMS:
            parser.error(f"--systems: {system!r} is none of {', '.join(SYSTEMS)}")
    if options.sample is not None and options.sample < 1:
        parser.error("--sample: at least 1")
    missing = [name for name in options.sets if not (options.data / name / "test.csv").is_file()]
    if missing and not options.table:
        parser.error(f"--sets: {', '.join(missing)} not in {options.data}")
    return options


if __name__ == "__main__":
    main()
