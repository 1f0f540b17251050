"""Figures that pages quote are those of the benchmarks, rounded."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
QUOTED = (ROOT / "docs" / "how-it-compares.md").read_text(encoding="utf-8")
MEASURED = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
NAMES = {
    "a search box (BM25)": "BM25 (bm25s)",
    "full-text search of the database (SQLite FTS5)": "SQLite FTS5",
    "comparing letters (rapidfuzz token_set_ratio)": "rapidfuzz token_set_ratio",
    "a trained classifier (TF-IDF, linear SVM)": "TF-IDF, linear SVM",
    "ChatterBot 1.2.15": "ChatterBot 1.2.15",
    "a sentence encoder on torch (MiniLM), nearest wording": "MiniLM on torch, nearest phrasing",
    "clinicbot without its encoder": "clinicbot, words alone",
    "**clinicbot**": "**clinicbot**",
}
FLAGS = {
    "emergencies found": "emergency recall",
    "crises found": "crisis recall",
    "urgent found": "urgent recall",
    "illicit wishes found": "illicit recall",
    "personal decisions found": "decision recall",
    "harmless ones that ring (urgent or above)": "urgent or above on harmless messages",
}


def rows(page: str, name: str) -> list[list[float]]:
    """The figures of every row that has this name, without its marks."""
    lines = re.findall(rf"^\| {re.escape(name)} \|(.*)\|$", page, re.MULTILINE)
    return [[float(figure) for figure in re.findall(r"\d+(?:\.\d+)?", line)] for line in lines]


def near(quoted: Sequence[float], measured: Sequence[float]) -> bool:
    """Whether each figure is the nearest whole number; halves may go either way."""
    return len(quoted) == len(measured) and all(abs(a - b) <= 0.5 for a, b in zip(quoted, measured, strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_of_matching_was_measured(name: str) -> None:
    line = rows(MEASURED, NAMES[name])[0]
    sets = [line[4 * at : 4 * at + 4] for at in (1, 3, 4)]  # clinc150_10, banking77_10, banking50near_10
    measured = [figure for first, _, wrongly, typos in sets for figure in (first, wrongly, typos)]

    assert near(rows(QUOTED, name)[0], measured)


@pytest.mark.parametrize("name", FLAGS)
def test_what_is_said_of_red_flags_was_measured(name: str) -> None:
    looked_at, later = rows(MEASURED, FLAGS[name])[-2:]  # hard, held out, independent; typed, unseen, fresh
    measured = [*looked_at[6:9:2], *later[3:6:2], *later[6:9:2]]

    assert near(rows(QUOTED, name)[0], [100 * share for share in measured])
