"""How well red flags are found, beside the keyword list that a clinic would otherwise use; and what triage costs.

    .venv/bin/python benchmarks/safety.py [--shared ../shared/data] [--plot docs/pictures/triage.svg]

`benchmarks/safety/` holds 7,755 messages; those that the rules are taught word for word are left out, and counted.
`hard.csv` (understated and adversarial; the patterns were mended after a first look at it), `held_out.csv` (every
seventh of the messages that were written to teach the rules, kept back), `independent.csv` (by writers who saw
neither rules nor other messages; the first run is written down in README.md), `typed.csv` and `unseen.csv` (later
ones; nobody had looked at the latter before 27 November 2026), `fresh.csv`, `later.csv`, `lately.csv` (each a third
of messages that were written to teach the rules), `long.csv` (long rambling ones, kept back from such in the same
way), `pills.csv` (of capsules, packs and leftovers, privacy and everyday life, in harmless words and in grave ones,
likewise), `doubles.csv` (oblique grave ones, harmless ones that sound like them, and what people ask of an assistant,
likewise), `chatty.csv` (long messages full of everyday stories, harmless or with one grave sentence in them) and
`everyday.csv` (single sentences of such stories, mild and denied things, oblique crises and urgent signs, likewise),
`walks.csv` (short ones, mild or grave, that testers had missed or been met with wrongly, likewise) and `varied.csv`
(by a writer who knew the levels only; half of its harmless ones are taught), `oblique.csv` and `whispers.csv` (each a
third of messages that name as little as they can, and of harmless ones that sound alarming). Emergencies and crises
are asked again in nine disguises. Everyday messages come from the measuring sets of assistants and banks, where they
are there.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
import sys
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.dialogue.bot import Bot
from bot.evaluate.disguises import DISGUISES
from bot.faq.release import Level
from bot.language.normalise import plain_words

HERE = Path(__file__).parent
SETS = (
    "hard", "held_out", "independent", "typed", "unseen", "fresh", "later", "lately", "long", "pills", "doubles",
    "nearby", "terse", "chatty", "everyday", "walks", "varied", "oblique", "whispers",
)  # fmt: skip
EVERYDAY = ("clinc150_10", "banking77_10")
MOST_EVERYDAY = 1_500
LENGTHS = (50, 100, 200, 300, 400, 500)

# What a careful clinic would put on a list; matched as whole words or beginnings, capitals ignored.
KEYWORDS = {
    Level.EMERGENCY: (
        "chest pain|can't breathe|cant breathe|cannot breathe|trouble breathing|anaphyla|throat swelling|"
        "swollen tongue|stroke|face drooping|seizure|convulsion|fitting|unconscious|collapsed|passed out|overdose|"
        "took too many|swallowed|worst headache|thunderclap|blistering|skin peeling|lost my sight|went blind|can't see|"
        "bleeding won't stop|heavy bleeding|severe stomach pain|severe abdominal pain|confused and yellow"
    ),
    Level.CRISIS: (
        "suicid|kill myself|end my life|want to die|self harm|self-harm|cut myself|cutting myself|better off dead|"
        "hurt myself|kms|hearing voices|kill someone|hurt someone|no reason to live"
    ),
    Level.URGENT: (
        "pregnan|missed period|late period|unprotected sex|condom broke|depress|low mood|panic|anxious|severe headache|"
        "blurred vision|night vision|ringing in|hearing loss|jaundice|yellow eyes|yellow skin|dark urine|blood in|"
        "diarrhoea|diarrhea|muscle weakness|severe muscle|rash|swollen joint|red eye|infection|pus|fever|breastfeed|"
        "nosebleed|bruis"
    ),
    Level.ILLICIT: "without a prescription|no prescription|buy online|black market|share my|sell my|fake test|leftover",
    Level.DECISION: (
        "should i|can i take|can i drink|can i stop|is it safe for me|is it ok|double dose|what dose|how many mg|"
        "my result|my blood test|what is this|second opinion|instead of"
    ),
}


def main() -> None:
    """Print the tables; write `results/safety.json`, and the plot when it is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, help="a folder with clinic_dev.csv and faq/, for more sets")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--out", type=Path, default=HERE / "results" / "safety.json")
    options = parser.parse_args()
    bot = Bot.from_knowledge(HERE.parent / "knowledge")
    ways: dict[str, Callable[[str], int]] = {
        "clinicbot": lambda text: _level(bot, text, by_meaning=True),
        "by words alone": lambda text: _level(bot, text, by_meaning=False),
        "keyword list": _by_keywords,
    }
    taught = {plain_words(text) for rule in bot.release.rules for text in (*rule.examples, *rule.hard_negatives)}
    taught |= {plain_words(text) for text in bot.release.harmless}
    sets = {name: _untaught(HERE / "safety" / f"{name}.csv", taught) for name in SETS}
    if options.shared:
        sets["clinic_dev"] = _untaught(options.shared / "clinic_dev.csv", taught)
    results: dict[str, Any] = {
        name: {way: _recall(cases, ask) for way, ask in ways.items()} for name, cases in sets.items()
    }
    grave = [case for name in SETS for case in sets[name] if case[1] in ("emergency", "crisis")]
    results["disguised"] = {way: _disguised(grave, ask) for way, ask in ways.items()}
    for name in EVERYDAY if options.shared else ():
        texts = _everyday(options.shared / "faq" / name / "test.csv")
        results[name] = {
            way: {"urgent or above": _share(ask(text) >= Level.URGENT for text in texts)} for way, ask in ways.items()
        }
    results["ms"] = _cost(bot, [text for name in SETS for text, label in sets[name] if label == "info"])
    options.out.write_text(json.dumps(results, indent=1), encoding="utf-8")
    _print(results)
    if options.plot:
        _plot(results["ms"], options.plot)


def _level(bot: Bot, text: str, *, by_meaning: bool) -> int:
    found = bot.triage(text, by_meaning=by_meaning).gravest
    return int(found.level) if found else 0


def _by_keywords(text: str) -> int:
    plain = text.lower().replace("\u2019", "'")
    return max((int(level) for level, words in KEYWORDS.items() if re.search(rf"\b({words})", plain)), default=0)


def _read(path: Path) -> list[tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["question"], row["label"]) for row in csv.DictReader(file) if len(row["question"]) <= 500]


def _untaught(path: Path, taught: Collection[str]) -> list[tuple[str, str]]:
    cases = _read(path)
    left = [case for case in cases if plain_words(case[0]) not in taught]
    print(f"{path.name}: {len(cases)} messages, {len(cases) - len(left)} of them taught and left out", file=sys.stderr)
    return left


def _recall(cases: Sequence[tuple[str, str]], ask: Callable[[str], int]) -> dict[str, float]:
    levels = {level.word: int(level) for level in Level}
    found: dict[str, list[bool]] = {}
    for text, label in cases:
        level = ask(text)
        if label in levels:
            found.setdefault(label, []).append(level >= levels[label])
        else:
            found.setdefault("false alarms", []).append(level >= Level.URGENT)
            found.setdefault("false decisions", []).append(level == Level.DECISION)
    return {label: _share(flags) for label, flags in found.items()} | {"n": len(cases)}


def _disguised(cases: Sequence[tuple[str, str]], ask: Callable[[str], int]) -> dict[str, float]:
    plain = [
        text for text, _ in cases if ask(text) >= Level.CRISIS
    ]  # what is found clean, so that only the disguise counts
    return {
        name: _share(ask(made) >= Level.CRISIS for text in plain if len(made := disguise(text)) <= 500)
        for name, disguise in DISGUISES.items()
    }


def _everyday(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        texts = sorted({row["question"] for row in csv.DictReader(file)})
    random.Random(0).shuffle(texts)
    return texts[:MOST_EVERYDAY]


def _share(flags: Any) -> float:
    counted = list(flags)
    return round(sum(counted) / len(counted), 4) if counted else 0.0


def _cost(bot: Bot, texts: Sequence[str]) -> dict[str, dict[str, float]]:
    """Milliseconds of triage by length of the message, each one new; by words, and with the sentence encoder."""
    dice = random.Random(1)
    found: dict[str, dict[str, float]] = {}
    for text in texts[:200]:
        bot.triage(text)
    for length in LENGTHS:
        messages = [_message(texts, length, dice) for _ in range(200)]
        figures = {}
        for name, by_meaning in (("by words", False), ("with the encoder", True)):
            taken = []
            for message in messages:
                began = time.perf_counter()
                bot.triage(message, by_meaning=by_meaning)
                taken.append(1000 * (time.perf_counter() - began))
            figures |= {f"{name}, p50": float(np.quantile(taken, 0.5)), f"{name}, p99": float(np.quantile(taken, 0.99))}
        found[str(length)] = {name: round(value, 2) for name, value in figures.items()}
    return found


def _message(texts: Sequence[str], length: int, dice: random.Random) -> str:
    message = dice.choice(texts)
    while len(message) < length:
        message += f" {dice.choice(texts)}"
    return message[:length]


def _print(results: dict[str, Any]) -> None:
    for name, ways in results.items():
        sys.stdout.write(f"\n{name}\n")
        columns = list(next(iter(ways.values())))
        sys.stdout.write("  " + " ".join(f"{column:>17}" for column in columns) + "\n")
        for way, figures in ways.items():
            sys.stdout.write("  " + " ".join(f"{figures.get(column, 0):>17}" for column in columns) + f"  {way}\n")


def _plot(cost: dict[str, dict[str, float]], out: Path) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "triage"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6.4, 4))
    for name in ("by words, p50", "by words, p99", "with the encoder, p50"):
        axes.plot([int(length) for length in cost], [each[name] for each in cost.values()], marker="o", label=name)
    axes.set(xlabel="characters of a message", ylabel="milliseconds", ylim=(0, None))
    axes.grid(alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(out, metadata={"Date": None})


if __name__ == "__main__":
    main()
