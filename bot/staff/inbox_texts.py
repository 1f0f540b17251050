"""Texts to begin a reply with: a few come along, staff change them, and each is filled in for one message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.errors import InputError
from bot.faq.clinic import ClinicProfile
from bot.staff.accounts import User
from bot.store import audit
from bot.store.content import find_piece, save_piece
from bot.store.database import Database, Db

PIECE = "reply_texts"
MOST_TEXTS, LONGEST_TITLE, LONGEST_TEXT = 30, 80, 4000
OWN = ("name", "reference", "staff", "answer")  # besides the clinic's facts; `answer` is left for a person to fill in
_PLACEHOLDER = re.compile(r"\{\{\s*([\w.]*)\s*\}\}")


@dataclass(frozen=True, slots=True)
class ReplyText:
    """A text to begin a reply with, its placeholders not yet filled in."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyTexts:
    """All of them; `version` is 0 while nobody has changed those that came along."""

    texts: tuple[ReplyText, ...]
    version: int


_GREETING = "Dear {{ name }},\n\nthank you for your message (reference {{ reference }})."
_CLOSING = "Kind regards\n{{ staff }}\n{{ clinic.name }}"
SHIPPED = (
    ReplyText("An answer", f"{_GREETING}\n\n{{{{ answer }}}}\n\n{_CLOSING}"),
    ReplyText(
        "Please call us",
        f"{_GREETING} We would like to talk with you about it. Please call us on {{{{ clinic.phone }}}} and give the "
        f"reference. We are open {{{{ clinic.opening_hours }}}}.\n\n{_CLOSING}",
    ),
    ReplyText(
        "Please book an appointment",
        f"{_GREETING} This is best looked at in an appointment. Please call {{{{ clinic.phone }}}} to book one. We are "
        f"open {{{{ clinic.opening_hours }}}}.\n\n{_CLOSING}",
    ),
    ReplyText(
        "It takes longer",
        f"{_GREETING} We have read it, and we need more time to answer. You will hear from us again.\n\n{_CLOSING}",
    ),
)


def load_texts(db: Db) -> ReplyTexts:
    """The texts as they stand."""
    piece = find_piece(db, PIECE)
    if piece is None:
        return ReplyTexts(texts=SHIPPED, version=0)
    texts = tuple(ReplyText(each["title"], each["text"]) for each in piece.content)
    return ReplyTexts(texts=texts, version=piece.version)


def save_texts(
    database: Database, texts: tuple[ReplyText, ...], known: frozenset[str], *, seen: int, user: User, now: datetime
) -> None:
    """Keep the texts, those without title and text left out. `known` are the clinic's placeholders.

    Raises InputError, its field "title.2" or "text.2" for the second; and Conflict when somebody else saved meanwhile.
    """
    tidy = tuple(ReplyText(" ".join(each.title.split()), each.text.replace("\r\n", "\n").strip()) for each in texts)
    for place, each in enumerate(tidy, 1):
        _check(each, place, known)
    kept = [{"title": each.title, "text": each.text} for each in tidy if each.title]
    if len(kept) > MOST_TEXTS:
        raise InputError(field="texts", got=str(len(kept)), allowed=f"at most {MOST_TEXTS}")
    with database.change() as db:
        version = save_piece(db, PIECE, kept, author=user.name, reason="reply texts", at=now, seen=seen)
        detail = {"version": version, "texts": len(kept)}
        audit.record(db, at=now, actor=user.name, action="settings.saved", subject=PIECE, detail=detail)


def filled(text: str, clinic: ClinicProfile, own: Mapping[str, str]) -> str:
    """The text with every placeholder that is known filled in; others stay, and a reply with one is not sent."""
    values = {f"clinic.{name}": value for name, value in clinic.placeholders(clinic.region).items()} | dict(own)
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def _check(each: ReplyText, place: int, known: frozenset[str]) -> None:
    if not each.title and not each.text:
        return
    if not each.title or len(each.title) > LONGEST_TITLE:
        got = f"{len(each.title)} characters" if each.title else "nothing"
        raise InputError(field=f"title.{place}", got=got, allowed=f"1 to {LONGEST_TITLE} characters")
    if not each.text or len(each.text) > LONGEST_TEXT:
        got = f"{len(each.text)} characters" if each.text else "nothing"
        raise InputError(field=f"text.{place}", got=got, allowed=f"1 to {LONGEST_TEXT} characters")
    allowed = {f"clinic.{name}" for name in known} | set(OWN)
    for name in _PLACEHOLDER.findall(each.text):
        if name not in allowed:
            raise InputError(field=f"text.{place}", got=f"{{{{ {name} }}}}", allowed=", ".join(sorted(allowed)))
