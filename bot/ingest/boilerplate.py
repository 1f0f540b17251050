"""Lines that are no content: counters, share and shop links, navigation, notices, and lines about the document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources

import yaml

LONGEST = 160  # characters; what is longer is prose, whatever words are in it

_SHORT = {
    "COUNT": r"[\d.,]+\s?[km]?\+?",
    "NETWORK": r"(?:facebook|twitter|x|instagram|linkedin|pinterest|whatsapp|reddit|youtube|tiktok|e-?mail)",
}


@cache
def _load() -> tuple[tuple[tuple[str, re.Pattern[str]], ...], Mapping[str, str]]:
    text = resources.files("bot.ingest").joinpath("data/boilerplate.yaml").read_text(encoding="utf-8")
    found = yaml.safe_load(text)
    lines = []
    for why, patterns in found["lines"].items():
        whole = "|".join(f"(?:{pattern})" for pattern in patterns)
        for short, pattern in _SHORT.items():
            whole = whole.replace(short, pattern)
        lines.append((why, re.compile(whole, re.IGNORECASE)))
    return tuple(lines), {name: why for why, names in found["names"].items() for name in names}


_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
DATE = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH},?\s+(?:19|20)\d\d|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d"
    rf"|{_MONTH}\s+(?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d|\d{{1,2}}[./]\d{{1,2}}[./](?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"(?:(?:first |originally |last )?(?:published|posted|updated|reviewed|date|issued|version|created|written"
    r"|next review(?: due)?|review due|review date)"
    rf"(?: (?:on|date|in))?\s*:?\s*)(?:{DATE.pattern})?.{{0,60}}|(?:{DATE.pattern})(?: \d\d?[:.]\d\d(?: ?[ap]m)?)?",
    re.IGNORECASE,
)
_AUTHOR = re.compile(
    r"(?:(?:written|authored|posted|medically reviewed|reviewed|published|produced|edited|approved) by|by|authors?)"
    r"\s*:?\s+"
    r"(?P<name>(?:(?:dr|prof|mr|mrs|ms)\.?\s+)?[A-Z][\w.'’-]+"
    r"(?:[ ,]+(?:[A-Z][\w.'’&-]*|and|the|of|for|&|RN|MD|PhD|MRCP|FRCP)){0,9})\b.{0,80}",
    re.IGNORECASE,
)
_NAMELIKE = re.compile(r"[A-Z][\w.'’-]+")


def why_removed(line: str) -> str:
    """Why a line that stands alone is no content, or "" where it is."""
    text = " ".join(line.split())
    if not text or len(text) > LONGEST:
        return ""
    bare = text.strip("*_|·•-–—:… ")
    if not bare:
        return "a rule"
    if bare.isdigit() and len(bare) < 8:
        return "a bare number"
    return next((why for why, pattern in _load()[0] if pattern.fullmatch(bare) or pattern.fullmatch(text)), "")


def part_names() -> Mapping[str, str]:
    """Why a part of a web page is no content, by a word of its class or id."""
    return _load()[1]


def date_in(line: str, *, anywhere: bool = False) -> str:
    """The date of the document that a line gives, or "" where the line says something else, unless `anywhere`."""
    text = " ".join(line.split()).strip("|·•-–— ")
    found = DATE.search(text)
    return found.group() if found and len(text) <= LONGEST and (anywhere or _DATED.fullmatch(text)) else ""


def author_in(line: str) -> str:
    """Who wrote the document, where a line says just that, else ""."""
    text = " ".join(line.split()).strip("|·•-–— ")
    if len(text) > LONGEST or text.endswith((".", "?", "!")):
        return ""
    found = _AUTHOR.fullmatch(text)
    if not found:
        return ""
    name = DATE.sub("", found.group("name")).strip(" ,|·")
    return name if (_NAMELIKE.match(name) and not name.isupper()) or name.count(" ") else ""
