"""How opening an index and asking it grow with the number of phrasings.

    .venv/bin/python benchmarks/scale.py [--sizes 150,1000,10000,100000] [--out benchmarks/results/scale.json]

For each size an FAQ of that many phrasings (ten an entry, made of random English words in ten forms) is built and
kept; then another process opens it, asks 400 questions in forms that were not written down, and states its own
memory. `find` is the time to find and weigh the entries, `full` that and the sentence encoder's, `ask` that of the
whole `bot.ask`, where words may decide alone; `memory` is that of the whole process. With `--plot` the results are
drawn as SVG (needs matplotlib).
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

FORMS = (
    "what is a {0} {1}",
    "does the {0} help with {1}",
    "can i have {1} together with {0}",
    "how long until {0} and {1} get better",
    "{0} {1} what do i do",
    "is it normal that my {1} feels {0}",
    "where do i get the {0} for {1}",
    "why is {0} so {1}",
    "my son has {0} on his {1}",
    "tell me about {0} in the {1}",
)
UNWRITTEN = ("i would like to know more on {0} {1}", "{1} and {0} pls", "any advice for a {0} with {1}")
ASKED = 400
REMEMBERED_MS = 0.05  # quicker than any encoder: few pairs, so that the vectors were remembered
DEFAULT_OUT = Path(__file__).parent / "results" / "scale.json"


def faq_of(phrasings: int) -> list[dict[str, Any]]:
    """An FAQ of that many phrasings; the same each time."""
    text = resources.files("bot.language").joinpath("data/english.txt").read_text(encoding="utf-8")
    words = [word for word in text.split()[500:20_000] if len(word) > 3]
    dice = random.Random(phrasings)
    faq = []
    for number in range(phrasings // len(FORMS)):
        pair = dice.sample(words, 2)
        written = [form.format(*pair) for form in FORMS]
        faq.append({"id": f"entry-{number}", "question": written[0], "answer": "…", "phrasings": written[1:]})
    return faq


def build(size: int, folder: Path) -> dict[str, float]:
    """Build and keep the index; seconds, and its megabytes on disk."""
    from bot.dialogue.bot import Bot

    began = time.perf_counter()
    Bot.from_faq(faq_of(size), store=folder)
    build_s = time.perf_counter() - began
    kept = next(place for place in folder.iterdir() if place.is_dir())
    return {"build_s": build_s, "disk_mb": sum(file.stat().st_size for file in kept.iterdir()) / 1e6}


def ask(size: int, folder: Path) -> dict[str, float]:
    """Open the kept index in this process and ask; milliseconds and megabytes."""
    from bot.dialogue.bot import Bot
    from bot.language.encoder import load_encoder
    from bot.matching.engines import engine_of
    from bot.matching.index import Index

    kept = next(place for place in folder.iterdir() if place.is_dir())
    began = time.perf_counter()
    engine_of(Index.open(kept))
    open_ms = 1000 * (time.perf_counter() - began)
    faq = faq_of(size)
    began = time.perf_counter()
    bot = Bot.from_faq(faq, store=folder)
    start_s = time.perf_counter() - began
    index = Index.open(kept)
    engine, space = engine_of(index), index.space
    bot.ask("warm up")
    dice = random.Random(7)
    find_ms, ask_ms, full_ms, hits = [], [], [], 0
    chosen = [dice.choice(faq) for _ in range(ASKED)]
    del faq
    for item in chosen:
        pair = item["question"].removeprefix("what is a ").split()
        question = dice.choice(UNWRITTEN).format(*pair)
        began = time.perf_counter()
        bot.ask(f"please {question}")  # other words than below, since vectors are remembered
        ask_ms.append(1000 * (time.perf_counter() - began))
        words = bot.vocabulary.read(question)
        began = time.perf_counter()
        bot.matcher.rank(words, in_full=True)
        full_ms.append(1000 * (time.perf_counter() - began))
        top = bot.rank(question).top
        hits += bool(top and top.entry_id == item["id"])
        vector = load_encoder().encode(bot.vocabulary.plain(words))
        began = time.perf_counter()
        engine.find(space.vector(bot.vocabulary.terms(words)), vector, question)
        find_ms.append(1000 * (time.perf_counter() - began))
    figures = {"open_ms": open_ms, "start_s": start_s, "accuracy_at_1": hits / ASKED, "memory_mb": _memory_mb()}
    for name, taken in (("find", find_ms), ("full", full_ms), ("ask", ask_ms)):
        figures |= {f"{name}_ms_p50": float(np.quantile(taken, 0.5)), f"{name}_ms_p99": float(np.quantile(taken, 0.99))}
    return figures


def plot(results: list[dict[str, float]], out: Path) -> None:
    """Cost of a question by number of phrasings, both logarithmic, beside what linear growth would be."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "scale"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6.4, 4))
    sizes = [each["phrasings"] for each in results]
    for name, label in (
        ("find_ms_p50", "find, median"),
        ("find_ms_p99", "find, p99"),
        ("full_ms_p50", "with encoder, median"),
    ):
        shown = [each for each in results if each[name] > REMEMBERED_MS]
        axes.plot([each["phrasings"] for each in shown], [each[name] for each in shown], marker="o", label=label)
    first = results[0]["find_ms_p50"]
    axes.plot(sizes, [first * size / sizes[0] for size in sizes], linestyle=":", color="grey", label="linear growth")
    axes.set(xscale="log", yscale="log", xlabel="phrasings", ylabel="milliseconds a question", ylim=(0.05, 100))
    axes.grid(alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(out, metadata={"Date": None})


def _memory_mb() -> float:
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def _apart(step: str, size: int, folder: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--step", step, "--sizes", str(size), "--folder", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Measure every size in processes of its own, and print a table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sizes", default="150,1000,10000,100000")
    asked.add_argument("--out", type=Path, default=DEFAULT_OUT)
    asked.add_argument("--plot", type=Path)
    asked.add_argument("--step", choices=["build", "ask"], help=argparse.SUPPRESS)
    asked.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = asked.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    if options.step:
        print(json.dumps({"build": build, "ask": ask}[options.step](sizes[0], options.folder)))
        return
    results = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            figures = {"phrasings": size, **_apart("build", size, Path(folder)), **_apart("ask", size, Path(folder))}
        results.append(figures)
        print("  ".join(f"{name} {value:,.2f}" for name, value in figures.items()), flush=True)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    if options.plot:
        plot(results, options.plot)


if __name__ == "__main__":
    main()
