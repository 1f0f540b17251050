"""Cells of tables for others: text that no spreadsheet takes for a formula, and that is read again as it was."""

from __future__ import annotations

import re
from collections.abc import Iterable

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_ESCAPED = re.compile(r"[\\|]")
_UNESCAPED = re.compile(r"\\([\\|])")
_BETWEEN = re.compile(r"(?:\\.|[^\\|]|\\$)+", re.DOTALL)
_GUARD = re.compile(rf"^'(?=[{re.escape(''.join(_FORMULA))}])")


def safe_cell(value: object) -> str:
    """The value as a cell: text that a spreadsheet would compute is kept as text by an apostrophe before it.

    Source: OWASP, CSV injection.
    """
    text = "" if value is None else str(value)
    is_number = isinstance(value, int | float)
    return f"'{text}" if text.startswith(_FORMULA) and not is_number else text


def text_of_cell(cell: str) -> str:
    """The text that `safe_cell` was given."""
    return _GUARD.sub("", cell, count=1)


def list_cell(texts: Iterable[str]) -> str:
    """Texts as one cell, parted by |; a | or backslash within a text has a backslash before it."""
    escaped = [_ESCAPED.sub(r"\\\g<0>", text) for text in texts]
    # A mark after a text that stands alone tells that it is one, whatever signs it holds.
    return " | ".join(escaped) + (" |" if len(escaped) == 1 and re.search(r"[;\\]", escaped[0]) else "")


def texts_of_list(cell: str) -> list[str]:
    """The texts that `list_cell` was given."""
    return [_UNESCAPED.sub(r"\1", text) for each in _BETWEEN.findall(cell) if (text := each.strip())]
