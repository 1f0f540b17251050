"""What safety finds in a message to the clinic, which may be longer than a question, and what has to be said to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.dialogue.bot import Bot
from bot.dialogue.decide import decide
from bot.errors import InputError
from bot.faq.clinic import HelpLine
from bot.faq.entry import ENGLISH, Region
from bot.faq.release import Level
from bot.language.normalise import MOST_CHARACTERS
from bot.matching.matcher import NOTHING
from bot.reply.types import Decision, Outcome, ReplyPart
from bot.safety.findings import Triage

MOST_IN_PIECE = MOST_CHARACTERS - 50  # normalising may lengthen a text a little
MOST_LOOKED_AT = 16_000  # characters of a text that is too long, which safety looks at all the same
OVERLAP = 120  # what is said in fewer characters stands whole in one of the pieces
_UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # they must not hide what stands around them
_GAPS = re.compile(r"[^\S\n]+|\n{2,}")
_END = re.compile(r"[.!?;\n]\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """What was found in a message: `parts` say it in the release's words, gravest first.

    `standing` is help that stays in view where grave words were found but doubted; then there may be no `parts`.
    """

    level: Level | None
    parts: tuple[ReplyPart, ...]
    standing: tuple[HelpLine, ...]

    @property
    def comes_first(self) -> bool:
        """Whether it is said before the message may be sent; anything less is said with the receipt."""
        return self.level is not None and self.level >= Level.CRISIS


def alarm_of(bot: Bot, message: str, region: Region | None = None, language: str = ENGLISH) -> Alarm | None:
    """What has to be said to this message, in `language` where that is translated; None when nothing urgent is in it.

    May raise NotReady.
    """
    first: dict[Level, tuple[Decision, str]] = {}
    doubted: list[Level] = []
    for piece, triage in looked_at(bot, message):
        doubted += [found.level for found in triage.doubted if found.level >= Level.CRISIS]
        if triage.gravest is not None and triage.gravest.level >= Level.URGENT:
            for decision in decide(triage, NOTHING):
                first.setdefault(Level[decision.outcome.name], (decision, piece))
    if not first and not doubted:
        return None
    level = max(first, default=None)
    shown = [each for each in sorted(first, reverse=True) if each >= Level.CRISIS or each is level]
    decided = [first[each] for each in shown] or [(Decision(outcome=Outcome.NO_MATCH), "")]
    reply = bot.say_again(decided, region, max(doubted, default=None), language)
    return Alarm(level=level, parts=reply.parts if shown else (), standing=reply.standing)


def gravest_piece(bot: Bot, text: str) -> str | None:
    """Of a text that cannot be a question, for it is too long or holds what cannot be read, the piece with the gravest
    alarm in it, which can be; None when nothing urgent is in it. May raise NotReady.
    """
    gravest: tuple[Level, str] | None = None
    for piece, triage in looked_at(bot, text[:MOST_LOOKED_AT]):
        found = triage.gravest
        if found is not None and found.level >= Level.URGENT and (gravest is None or found.level > gravest[0]):
            gravest = found.level, piece
    return gravest[1] if gravest else None


def looked_at(bot: Bot, message: str, *, by_meaning: bool = True) -> Iterator[tuple[str, Triage]]:
    """The pieces of a message that can be read, each with what safety says of it; lazily."""
    for piece in pieces_of(message):
        try:
            triage = bot.triage(piece, by_meaning=by_meaning)
        except InputError:  # nothing in it can be read: there is nothing to find
            continue
        yield piece, triage


def pieces_of(message: str) -> Iterator[str]:
    """The message in pieces as long as a question may be, which overlap; they begin and end between words."""
    text = _UNREADABLE.sub(" ", message)
    text = _GAPS.sub(lambda gap: "\n" if "\n" in gap.group() else " ", text).strip()
    start = 0
    while len(text) - start > MOST_IN_PIECE:
        end = _last_gap(text, start + MOST_IN_PIECE // 2, start + MOST_IN_PIECE)
        yield text[start:end]
        start = _next_start(text, start, end)
    if text[start:].strip():
        yield text[start:]


def _last_gap(text: str, least: int, most: int) -> int:
    gap = max(text.rfind(" ", least, most), text.rfind("\n", least, most))
    return gap if gap > 0 else most


def _next_start(text: str, start: int, end: int) -> int:
    """Where a sentence begins, early enough to overlap; else between two words."""
    latest = end - OVERLAP
    ends = [match.end() for match in _END.finditer(text, start + 1, latest)]
    if ends and ends[-1] > start + MOST_IN_PIECE // 4:
        return ends[-1]
    gap = max(text.rfind(" ", start + 1, latest), text.rfind("\n", start + 1, latest))
    return gap + 1 if gap > start else latest
