"""The lines of a plain text: wrapped ones put together again, lone bullets with what they mark."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from bot.ingest.lines import bullet_of, ends_sentence, is_bare_heading, is_short, is_title_case, numbered

HASHES = re.compile(r"(#{1,6})\s+(\S.*?)\s*#*$")
QUESTION = re.compile(r"(?:Q(?:uestion)?\s*\d*\s*[:.)])\s*(\S.*)", re.IGNORECASE)
REPLY = re.compile(r"(?:A(?:nswer)?\s*\d*\s*[:.)])\s+(\S.*)")
CELLS = re.compile(r"\t+|\s*\|\s*|\s{3,}")
RULE = re.compile(r"[\s|:+=_-]*[-=_]{3}[\s|:+=_-]*$")
WIDEST = 125  # a text with longer lines was not wrapped
_UNDERLINE = re.compile(r"(=|-|~|\*){3,}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line, or the lines of one paragraph joined. `alone`: nothing stands directly above or below it."""

    text: str
    number: int
    indent: int = 0
    alone: bool = False
    last: bool = False
    mark: str = ""  # "=" or "-" where it is underlined


def text_lines(text: str) -> list[Line]:
    """Its lines without empty ones; underlines are marks of the line above."""
    found: list[Line] = []
    raw = text.expandtabs(4).split("\n") if not _has_tabbed_table(text) else text.split("\n")
    for number, line in enumerate(raw, start=1):
        stripped = line.strip()
        if not stripped:
            if found:
                found[-1] = replace(found[-1], last=True)
            continue
        begins = not found or found[-1].last
        if not begins and _UNDERLINE.fullmatch(stripped) and is_short(found[-1].text):
            found[-1] = replace(found[-1], mark="=" if stripped[0] == "=" else "-", last=True)
            continue
        if RULE.fullmatch(stripped) and len(stripped) > 2 and "|" not in stripped:
            if found:
                found[-1] = replace(found[-1], last=True)
            continue
        indent = len(line) - len(line.lstrip())
        found.append(Line(text=stripped, number=number, indent=indent, alone=begins))
    if found:
        found[-1] = replace(found[-1], last=True)
    return [replace(line, alone=line.alone and line.last) for line in found]


def _has_tabbed_table(text: str) -> bool:
    return sum("\t" in line.strip() for line in text.split("\n")) >= 2


def joined_lines(lines: Sequence[Line]) -> list[Line]:
    """Lines that were wrapped at a width, put together again; lone bullets with what they mark."""
    width = _wrapped_at(lines)
    found: list[Line] = []
    open_line = False
    for line in lines:
        before = found[-1] if found else None
        if before and bullet_of(before.text) == "" and (before.last is False or open_line):
            found[-1] = replace(before, text=f"- {line.text}", last=line.last)
            open_line = bool(width) and not line.last
            continue
        if before and open_line and not _begins_anew(line.text) and not _heads(before, line, width):
            found[-1] = replace(before, text=_glued(before.text, line.text), last=line.last, alone=False)
            open_line = not line.last
            continue
        found.append(line)
        open_line = (bool(width) and not line.last and not line.mark) or bullet_of(line.text) == ""
    return found


def _wrapped_at(lines: Sequence[Line]) -> int:
    """The width at which the text was wrapped, or 0 where each line is a paragraph."""
    pairs = pairwise(lines)
    inner = [
        above
        for above, below in pairs
        if not above.last and len(above.text) > 30 and len(CELLS.split(above.text)) < 3 and not _begins_anew(below.text)
    ]
    longest = max((len(line.text) + line.indent for line in lines), default=0)
    if not inner or longest > WIDEST:
        return 0
    open_ended = sum(not ends_sentence(line.text) for line in inner)
    return longest if open_ended >= 0.5 * len(inner) and median(len(line.text) for line in inner) >= 35 else 0


def _begins_anew(text: str) -> bool:
    marks = (HASHES, QUESTION, REPLY)
    return bullet_of(text) is not None or bool(numbered(text)) or any(mark.match(text) for mark in marks)


def _heads(before: Line, line: Line, width: int) -> bool:
    """Whether the first line of a wrapped group is a heading above its paragraph."""
    short = len(before.text) < 0.6 * width and is_bare_heading(before.text)
    return short and line.text[:1].isupper() and (is_title_case(before.text) or before.text.endswith("?"))


def _glued(text: str, more: str) -> str:
    return text[:-1] + more if text.endswith("\u00ad") else f"{text} {more}"
