"""How deep a page is nested, told by its tags before anything parses it: parsers take the square of the depth."""

from __future__ import annotations

import re

from bot.errors import InputError

MOST_DEEP = 25_000  # elements within elements; browsers themselves stop at 512
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,40})\b[^<>]*>")
# What holds nothing, and what the next one of its kind ends: however many of these stand open, none is in another.
_NEVER_DEEP = frozenset(
    [
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"),
        *("p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "colgroup", "option", "optgroup"),
        *("a", "button", "nobr", "rp", "rt", "html", "head", "body"),
    ]
)  # fmt: skip


def refuse_deep(page: str) -> None:
    """Raises InputError for a page that no reader could get to the bottom of in the time it has."""
    if page.count("<") <= MOST_DEEP:
        return
    depth = 0
    for tag in _TAG.finditer(page):
        if tag[2].lower() in _NEVER_DEEP or tag[0].endswith("/>"):
            continue
        depth = max(0, depth - 1) if tag[1] else depth + 1
        if depth > MOST_DEEP:
            raise InputError(
                field="file", got="one with parts within parts beyond measure", allowed="an ordinary document"
            )
