"""Cells of tables for others: text that no spreadsheet takes for a formula, and that is read again as it was."""

from __future__ import annotations

import re

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
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
