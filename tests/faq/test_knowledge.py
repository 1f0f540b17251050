"""The shipped content: complete, readable, in our own words, and nothing in it twice."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from bot.dialogue.bot import Bot
from bot.evaluate.asking import Asker
from bot.evaluate.gates import judge
from bot.faq.checks import lint_entry, reading_grade
from bot.faq.entry import Region
from bot.language.normalise import plain_words

SECTIONS = 17  # the opening and the headed sections of the article


def test_every_section_of_the_article_is_cited(bot: Bot) -> None:
    cited = {source.section for entry in bot.release.entries for source in entry.citations if source.document}

    assert len(cited) == SECTIONS


def test_every_entry_can_be_found_learnt_and_checked(bot: Bot) -> None:
    for entry in bot.release.entries:
        assert len(entry.phrasings) >= 10, entry.id
        assert len(entry.golden) == 2, entry.id
        assert entry.citations, entry.id
        assert lint_entry(entry) == [], entry.id


def test_golden_questions_are_no_phrasings(bot: Bot) -> None:
    wordings = {plain_words(text) for entry in bot.release.entries for text in entry.wordings}
    golden = {plain_words(text) for entry in bot.release.entries for text in entry.golden}

    assert not wordings & golden


@pytest.mark.parametrize("region", list(Region))
def test_no_placeholder_is_left_in_any_region(bot: Bot, region: Region) -> None:
    for entry in bot.release.entries:
        part = bot.answer(entry.id, region)
        assert part is not None
        assert "{{" not in part.whole_html + part.whole_text, entry.id


def test_every_gate_passes(bot: Bot) -> None:
    with Asker((bot,)) as asker:
        verdict = judge(bot, asker)
    if kept := os.environ.get("TEST_LEARNT"):  # where somebody will write the safety case from it
        report = json.dumps(verdict.safety.to_dict(), ensure_ascii=False)
        (Path(kept) / "safety-report.json").write_text(report, encoding="utf-8")

    assert {gate.name: gate.failures for gate in verdict.gates if not gate.passed} == {}


def test_reading_grade_by_hand() -> None:
    # 5 words, 1 sentence, 5 syllables: 0.39 * 5 + 11.8 * 1 - 15.59
    assert reading_grade("Put it on your lips.") == pytest.approx(-1.84)


def test_uncertain_wording_is_noticed(bot: Bot) -> None:

    entry = bot.release.entries[0]
    spoiled = replace(entry, answer=replace(entry.answer, short="A miracle cure! You should stop now."))

    assert {fault.rule for fault in lint_entry(spoiled)} == {"wording"}
    assert len(lint_entry(spoiled)) == 4
