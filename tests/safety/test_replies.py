"""What a safety reply may say: approved wording, general information, and the way to the clinician."""

from __future__ import annotations

import re

import pytest

from bot.dialogue.bot import Bot
from bot.faq.entry import Region
from bot.faq.release import Level
from bot.reply.types import Outcome, ReplyPart

_VERDICT = re.compile(r"^(yes|no|yep|nope|sure|of course|certainly|absolutely)\b", re.IGNORECASE)
_DOSE = re.compile(
    r"\byou(?:r dose)? (?:should|can|may|must|could) (?:take|stop|start|skip|double|halve|restart)\b", re.I
)


def approved(bot: Bot, region: Region) -> set[str]:
    """Every paragraph that a release approves for a region, as plain text."""
    paragraphs: set[str] = set()
    for entry in bot.release.entries:
        part = bot.answer(entry.id, region)
        assert part is not None
        paragraphs |= _paragraphs(part)
    return paragraphs


def _paragraphs(part: ReplyPart) -> set[str]:
    return {
        piece for text in (part.headline, part.answer_text, part.detail_text) for piece in text.split("\n\n") if piece
    }


@pytest.mark.parametrize("region", list(Region))
def test_no_decision_reply_answers_for_the_patient(bot: Bot, region: Region) -> None:
    general = approved(bot, region)
    asked = 0
    for rule in bot.release.rules:
        if rule.level is not Level.DECISION:
            continue
        for text in rule.examples[::13]:
            part = bot.ask(text, region=region).leading
            if part.outcome is not Outcome.DECISION:
                continue
            asked += 1
            own = [part.headline, part.answer_text]
            assert not any(_VERDICT.match(words) or _DOSE.search(words) for words in own), (text, own)
            assert part.contacts, text
            if part.general is not None:
                assert _paragraphs(part.general) <= general, text
    assert asked > 50


@pytest.mark.parametrize("region", list(Region))
def test_a_rules_reply_is_the_approved_one_whatever_was_written(bot: Bot, region: Region) -> None:
    for rule in bot.release.rules:
        replies = {
            (part.headline, part.answer_text)
            for text in rule.examples[::45]
            for part in bot.ask(text, region=region).parts
            if part.safety is not None and part.safety.rule == rule.id
        }
        assert len(replies) <= 1, rule.id
