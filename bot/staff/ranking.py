"""Where an entry's wordings would be found today: the rank each gets from the live bot, and what stands in its way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from weakref import WeakKeyDictionary

from bot.dialogue.bot import Bot
from bot.errors import InputError
from bot.faq.entry import Entry
from bot.faq.entry_checks import folded
from bot.faq.release import Level
from bot.matching.calibration import MOST_CHOICES
from bot.matching.matcher import Candidate, Ranking
from bot.safety.findings import Finding

NEAR = 0.1  # another entry that is as sure as this one, or so nearly, is in its way
MOST_REMEMBERED = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """Where one wording is found today. `place` counts from 1; None where the entry is not among the candidates.

    `outcome` is what becomes of the entry: it is answered, offered as a choice, or passed over. `rival` is the other
    entry in the way, with its question; `alarm` the name of the rule that speaks first. `live`: patients are answered
    by this very wording already.
    """

    wording: str
    place: int | None
    confidence: float
    outcome: Literal["answered", "offered", "passed over"] = "passed over"
    live: bool = False
    rival: str = ""
    rival_question: str = ""
    rival_confidence: float = 0.0
    alarm: str = ""


def ranks_of(bot: Bot, entry_id: str, wordings: Iterable[str]) -> tuple[Rank, ...]:
    """The rank of each wording, in order; empty and repeated ones are left out.

    A wording that was not looked at before costs 20 to 30 milliseconds, one that was costs nothing.
    """
    entry = bot.release.entry(entry_id)
    translated = [wording for each in entry.served_translations for wording in each.wordings] if entry else []
    served = {folded(wording) for wording in (*entry.wordings, *translated)} if entry else set()
    once = dict.fromkeys(wording.strip() for wording in wordings if wording.strip())
    return tuple(_rank(bot, entry_id, wording, folded(wording) in served) for wording in once)


def alarms_of(bot: Bot, wordings: Iterable[str], *, by_meaning: bool = True) -> tuple[tuple[str, str], ...]:
    """Those of the wordings whose very words raise an emergency or a crisis, each with the rule's name.

    Once it is a wording of an answer safety is taught that it is harmless, and what is like it rings no more. Where
    only their meaning is like a red flag it may well be harmless: that is for who reviews it.
    """
    found = []
    for wording in dict.fromkeys(wordings):
        try:
            findings = bot.triage(wording, by_meaning=by_meaning).findings
        except InputError:  # too long, or no words at all: other checks say so
            continue
        sure = [each for each in findings if each.level >= Level.CRISIS and each.layer in ("pattern", "exemplar")]
        found += [(wording, _name_of(bot, each)) for each in sure[:1]]
    return tuple(found)


def new_wordings(bot: Bot, entry: Entry) -> tuple[str, ...]:
    """The wordings of an entry that patients are not answered by today."""
    live = bot.release.entry(entry.id)
    served = {folded(wording) for wording in live.wordings} if live else set()
    return tuple(wording for wording in entry.wordings if folded(wording) not in served)


def _rank(bot: Bot, entry_id: str, wording: str, live: bool) -> Rank:
    looked = _look(bot, wording)
    if looked is None:
        return Rank(wording=wording, place=None, confidence=0.0, live=live)
    ranking, finding = looked
    places = {each.entry_id: place for place, each in enumerate(ranking.candidates, start=1)}
    place = places.get(entry_id)
    confidence = ranking.candidates[place - 1].confidence if place else 0.0
    rival = _rival(ranking, entry_id, confidence)
    other = bot.release.entry(rival.entry_id) if rival else None
    return Rank(
        wording=wording,
        place=place,
        confidence=confidence,
        outcome=_outcome(ranking, place),
        live=live,
        rival=rival.entry_id if rival else "",
        rival_question=other.question if other else "",
        rival_confidence=rival.confidence if rival else 0.0,
        alarm=_name_of(bot, finding) if finding else "",
    )


def _outcome(ranking: Ranking, place: int | None) -> Literal["answered", "offered", "passed over"]:
    if place == 1 and ranking.is_sure:
        return "answered"
    offers = ranking.among >= ranking.clarify_from and not ranking.is_sure
    return "offered" if place is not None and place <= MOST_CHOICES and offers else "passed over"


def _rival(ranking: Ranking, entry_id: str, confidence: float) -> Candidate | None:
    """The best other entry when it would be answered or offered, and is about as likely as this one or likelier."""
    if not (ranking.is_sure or ranking.among >= ranking.clarify_from):
        return None
    rival = next((each for each in ranking.candidates if each.entry_id != entry_id), None)
    return rival if rival and rival.confidence >= confidence - NEAR else None


def _name_of(bot: Bot, finding: Finding) -> str:
    return next((rule.name for rule in bot.release.rules if rule.id == finding.rule_id), finding.rule_id)


_Look = tuple[Ranking, Finding | None]
# By bot, so that what a bot said is forgotten with it.
_LOOKED: WeakKeyDictionary[Bot, dict[str, _Look | None]] = WeakKeyDictionary()


def _look(bot: Bot, wording: str) -> _Look | None:
    """What the bot makes of a wording, and the finding when safety would speak first; None where it can read none."""
    known: dict[str, _Look | None] = _LOOKED.setdefault(bot, {})
    if wording not in known:
        if len(known) >= MOST_REMEMBERED:
            known.clear()
        known[wording] = _looked(bot, wording)
    return known[wording]


def _looked(bot: Bot, wording: str) -> _Look | None:
    try:
        finding = bot.triage(wording).gravest
        ranking = bot.rank(wording)
    except InputError:  # too long, or no words at all: the checks of the entry say so
        return None
    return ranking, finding if finding and finding.level >= Level.URGENT else None
