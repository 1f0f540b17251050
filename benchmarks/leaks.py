"""Fails when a phrasing or golden question of the FAQ repeats, word for word, a question of a measuring set."""

from __future__ import annotations

import csv
import sys
from datetime import UTC, datetime
from pathlib import Path

from bot.faq.files import load_knowledge
from bot.language.normalise import plain_words

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Exit code 1 and the repeated questions, or 0."""
    release = load_knowledge(ROOT / "knowledge", number=1, published_at=datetime.now(UTC)).release
    own = {plain_words(text): entry.id for entry in release.entries for text in (*entry.wordings, *entry.golden)}
    own |= {plain_words(text): rule.id for rule in release.rules for text in (*rule.examples, *rule.hard_negatives)}
    own |= {plain_words(text): "out-of-scope" for text in release.background}
    repeated = 0
    for path in sys.argv[1:]:
        with Path(path).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                place = own.get(plain_words(row["question"]))
                if place:
                    repeated += 1
                    print(f"{path}: {row['question']!r} stands in {place}")
    print(f"{len(own)} wordings, {repeated} repeated")
    return 1 if repeated else 0


if __name__ == "__main__":
    sys.exit(main())
