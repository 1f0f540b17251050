"""The house holds: rooms import only downwards, modules stay small, nothing inside imports the front door."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "bot").rglob("*.py"))
MOST_LINES = 300


def test_rooms_import_only_rooms_below() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_short_and_says_what_it_is_for(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert len(text.splitlines()) <= MOST_LINES
    assert ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_inside_imports_the_front_door(path: Path) -> None:
    imported = {
        alias.name for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Import)
        for alias in node.names
    }  # fmt: skip

    assert "bot" not in imported


def test_no_browser_is_opened_without_watching_what_it_complains_of() -> None:
    for path in sorted((ROOT / "tests" / "journeys").glob("*.py")):
        text = path.read_text(encoding="utf-8")

        assert text.count(".new_context(") <= text.count("watch(context)"), path.name


def test_no_lock_file_carries_a_host() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")

    assert "://" not in text
    assert "--" not in text
