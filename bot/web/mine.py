"""My questions in browsers without scripts: the list goes along in the forms of the pages, and is kept nowhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request
from markupsafe import Markup

from bot.faq.entry import Entry
from bot.faq.release import Release
from bot.language.normalise import MOST_CHARACTERS
from bot.web.qr import svg_of

MOST_BYTES = 3_000  # of a body: the questions that are asked and shown need room for any letters
MOST_CODE_BYTES = 779  # as the code that scripts draw: more squares are hard to read from a screen
_APPROVED, _OWN = "a", "q"  # as in the address of the take-home page
_ID = re.compile(r"[a-z0-9-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One question on the list: an approved one, or one in the patient's own words."""

    value: str
    own: str = ""
    entry: Entry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """The list as the form holds it; `full` when the last question found no room."""

    kept: tuple[Kept, ...] = ()
    full: bool = False

    def __contains__(self, value: object) -> bool:
        return any(each.value == value for each in self.kept)

    def __len__(self) -> int:
        return len(self.kept)


@dataclass(frozen=True, slots=True)
class Code:
    """The list as a square code, and how many of its questions are in it."""

    picture: Markup
    holds: int


def mine_of_form(release: Release) -> Mine:
    """The list that came with the form, with what the pressed button adds or takes away."""
    values = [*request.form.getlist("mine"), *request.form.getlist("keep")]
    dropped = request.form.get("drop")
    found: dict[str, Kept] = {}
    size = 0
    for value in values:
        kept = _read(value, release)
        if kept is None or value == dropped or value in found:
            continue
        size += len(urlencode({"mine": value}))
        if size > MOST_BYTES:
            return Mine(kept=tuple(found.values()), full=True)
        found[value] = kept
    return Mine(kept=tuple(found.values()))


def code_of(mine: Mine, at: str, title: str) -> Code | None:
    """A code that leads to the page `at` with as much of the list as fits, named `title`; None where nothing does."""
    for holds in range(len(mine.kept), 0, -1):
        pairs = [(kind, text) for kind, _, text in (each.value.partition(":") for each in mine.kept[:holds])]
        address = f"{at}#{urlencode(pairs)}"
        if len(address) <= MOST_CODE_BYTES:
            return Code(Markup(svg_of(address, title)), holds)  # noqa: S704 - drawn by us  # nosec B704
    return None


def _read(value: str, release: Release) -> Kept | None:
    kind, _, text = value.partition(":")
    if kind == _APPROVED and _ID.fullmatch(text) and (entry := release.entry(text)) is not None:
        return Kept(value=value, entry=entry)
    if kind == _OWN and text.strip() and len(text) <= MOST_CHARACTERS:
        return Kept(value=value, own=text)
    return None
