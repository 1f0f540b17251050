"""Encode every text of the shipped knowledge once and keep the vectors beside it, so that a first start is quick.

    .venv/bin/python scripts/keep_vectors.py [KNOWLEDGE]

To be run before a version goes out. Nothing depends on it: a text whose vector is not there is encoded at the start.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np

from bot.dialogue.bot import Bot
from bot.language.encoder import load_encoder


def main() -> None:
    """Write `vectors-<encoder>.npy`, and take away those of other encoders."""
    knowledge = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent / "knowledge"
    key = load_encoder().key
    with tempfile.TemporaryDirectory() as folder:
        Bot.from_knowledge(knowledge, store=Path(folder))
        made = [np.load(file) for file in sorted(Path(folder).glob(f"*vectors-{key}.npy"))]
    together = np.concatenate(made)
    _, first = np.unique(together["name"], return_index=True)
    for old in knowledge.glob("vectors-*.npy"):
        old.unlink()
    file = knowledge / f"vectors-{key}.npy"
    np.save(file, together[first], allow_pickle=False)
    print(f"{len(first)} vectors, {file.stat().st_size / 1e6:.1f} MB: {file.name}")


if __name__ == "__main__":
    main()
