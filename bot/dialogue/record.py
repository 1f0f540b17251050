"""What was said, as ids of a release: enough to say the very same again, and nothing of the patient but their words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.dialogue.context import Context
from bot.faq.entry import ENGLISH
from bot.faq.release import Level
from bot.reply.types import Decision, Outcome, Reply, ReplyPart


def said_of(reply: Reply, redact: Callable[[str], str]) -> list[dict[str, Any]]:
    """The decision on each part, JSON-ready; the patient's own words go through `redact`."""
    return [_said(part, redact) for part in reply.parts]


def decided_of(said: Sequence[Mapping[str, Any]]) -> list[tuple[Decision, str]]:
    """The decisions, each with the words that it is about, from what `said_of` gave."""
    return [
        (
            Decision(
                outcome=Outcome[each["outcome"].upper()],
                entry_ids=tuple(each["entries"]),
                rule_id=each["rule"],
                matched=each["matched"],
                confidence=each["confidence"],
                is_left=each.get("left", False),
            ),
            each["asked"],
        )
        for each in said
    ]


def language_of(said: Sequence[Mapping[str, Any]]) -> str:
    """The language that was wished for, as far as anything was said in it."""
    return next((str(each["language"]) for each in said if "language" in each), ENGLISH)


def context_to_plain(context: Context, in_view: Level | None, redact: Callable[[str], str]) -> dict[str, Any]:
    """A context, and the level of the help that was in view, JSON-ready; the patient's words go through `redact`."""
    return {
        "entry": context.entry_id,
        "topic": context.topic,
        "raised": context.raised.word if context.raised else None,
        "calm_turns": context.calm_turns,
        "rules": list(context.rules),
        "led_by": context.led_by,
        "said": redact(context.said),
        "unanswered": context.unanswered,
        "in_view": in_view.word if in_view else None,
    }


def context_from_plain(plain: Mapping[str, Any]) -> tuple[Context, Level | None]:
    """What `context_to_plain` was given, as far as its version of this program told it."""
    context = Context(
        entry_id=plain["entry"],
        topic=plain["topic"],
        raised=_level(plain["raised"]),
        calm_turns=plain["calm_turns"],
        rules=tuple(plain.get("rules", [plain["rule"]] if plain.get("rule") else [])),
        led_by=plain.get("led_by"),
        said=plain.get("said", ""),
        unanswered=plain.get("unanswered", False),
    )
    return context, _level(plain["in_view"])


def _said(part: ReplyPart, redact: Callable[[str], str]) -> dict[str, Any]:
    entries = [link.id for link in part.choices] or ([part.entry.id] if part.entry else [])
    spoken = next((each.language for each in (part, part.general) if each and each.language != ENGLISH), ENGLISH)
    return {
        **({"language": spoken} if spoken != ENGLISH else {}),
        **({"left": True} if part.is_left else {}),
        "outcome": part.outcome.word,
        "entries": entries,
        "rule": part.safety.rule if part.safety else None,
        "matched": redact(part.safety.matched) if part.safety else "",
        "confidence": part.confidence,
        "asked": redact(part.asked),
    }


def _level(word: str | None) -> Level | None:
    return Level[word.upper()] if word else None
