"""What is meant: red flags in words that no rule knows, and harmless meaning in alarming words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.dialogue.bot import Bot
from bot.errors import NotReady
from bot.faq.files import Loaded
from bot.faq.release import Level
from bot.safety.learnt import Learnt


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("he has stopped answering me and his lips have gone a funny colour", Level.EMERGENCY),
        ("half my sight just went dark like someone pulled a blind down", Level.EMERGENCY),
        ("there would be more room in this house if I were not around any more", Level.CRISIS),
        ("the stick showed a plus and I am still on the tablets", Level.URGENT),
        ("my wee looks like cola since the weekend", Level.URGENT),
        ("would it be all right for somebody like me to leave the tablets for a fortnight", Level.DECISION),
    ],
)
def test_meaning_raises_what_no_pattern_names(bot: Bot, text: str, level: Level) -> None:
    found = bot.triage(text)

    assert found.gravest is not None
    assert found.gravest.level >= level


def test_harmless_meaning_doubts_alarming_words(bot: Bot) -> None:
    text = "choking on how huge these capsules are lol, do you have smaller ones"

    assert {found.rule_id for found in bot.triage(text, by_meaning=False).findings} >= {"emergency.anaphylaxis"}
    assert [found.rule_id for found in bot.triage(text).doubted] == ["emergency.anaphylaxis"]
    assert bot.ask(text).leading.safety is None


def test_help_stays_in_view_where_grave_words_are_doubted(bot: Bot) -> None:
    text = "choking on how huge these capsules are lol, do you have smaller ones"

    assert bot.ask(text).standing
    assert not bot.ask("what helps dry lips").standing


def test_what_staff_wrote_down_as_harmless_stays_quiet(bot: Bot) -> None:
    for text in bot.release.harmless[::60]:
        found = bot.triage(text.upper()).gravest
        assert found is None or found.level < Level.URGENT, text


def test_denied_signs_are_not_raised_by_meaning(bot: Bot) -> None:
    found = bot.triage("No chest pain, no breathlessness, I only ticked the box by mistake").gravest

    assert found is None or found.level < Level.URGENT


def test_without_the_encoder_words_still_raise_alarms(bot: Bot, small: Loaded) -> None:
    wordless = Bot(replace(small.release, rules=bot.release.rules[:12], harmless=bot.release.harmless), meaning=False)

    found = wordless.triage("my throat is swelling up and i cant breathe").gravest

    assert found is not None
    assert found.level is Level.EMERGENCY
    assert all(each.layer != "meaning" for each in wordless.triage("my throat is swelling up").findings)


def test_what_was_learnt_is_opened_as_it_was_saved(bot: Bot, tmp_path: Path) -> None:
    rules = tuple(rule for rule in bot.release.rules if rule.level >= Level.URGENT)[::6]
    encode = np.random.default_rng(3).normal(size=(4_000, 16)).astype(np.float32)
    encode /= np.linalg.norm(encode, axis=1, keepdims=True)
    harmless = bot.release.harmless[:200]
    learnt = Learnt.learn(rules, harmless, bot.vocabulary, lambda texts: encode[: len(texts)])
    learnt.save(tmp_path / "learnt.learnt")

    opened = Learnt.open(tmp_path / "learnt.learnt", rules)

    words = bot.vocabulary.read(rules[0].examples[0])
    spans = [(0, len(words) - 1)]
    before, after = (each.exemplars.compare(words, spans, spans) for each in (learnt, opened))
    assert after.likenesses == before.likenesses
    assert after.scores.tolist() == before.scores.tolist()
    assert opened.meaning is not None
    assert learnt.meaning is not None
    assert opened.meaning.starts == learnt.meaning.starts


def test_damaged_learnt_data_is_refused(bot: Bot, tmp_path: Path) -> None:
    (tmp_path / "learnt.learnt").write_bytes(b"no folder")

    with pytest.raises(NotReady, match="cannot be read"):
        Learnt.open(tmp_path / "learnt.learnt", bot.release.rules)
