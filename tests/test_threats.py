"""What the threat model and SECURITY.md promise is held by tests that are there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROMISES = (ROOT / "docs" / "threat-model.md", ROOT / "SECURITY.md")
_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def names_in(path: Path) -> set[str]:
    """The names of a file's tests."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


@pytest.mark.parametrize("document", PROMISES, ids=lambda path: path.name)
def test_each_test_that_is_named_is_there(document: Path) -> None:
    named = _NAMED.findall(document.read_text(encoding="utf-8"))

    assert named
    missing = [
        f"{path}::{name}" for path, name in named if not (ROOT / path).is_file() or name not in names_in(ROOT / path)
    ]
    assert missing == []


def test_each_threat_names_a_test() -> None:
    text = PROMISES[0].read_text(encoding="utf-8").partition("## Threats")[2].partition("## What remains")[0]
    rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| threat |")]

    assert len(rows) > 30
    assert [row for row in rows if not _NAMED.search(row)] == []
