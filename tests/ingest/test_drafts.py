"""Drafts: what a section could become, what covers it already, and that none of it is an answer."""

from __future__ import annotations

import pytest
from documents import FOLDER

from bot.dialogue.bot import Bot
from bot.ingest.blocks import Block, Kind
from bot.ingest.claims import checked
from bot.ingest.drafts import analyse
from bot.ingest.questions import Subject, phrasings_of, questions_of
from bot.ingest.readers import read_bytes
from bot.ingest.sandbox import silent
from bot.ingest.sections import Section

SUBJECT = Subject("nasafree", frozenset())


def section(heading: str) -> Section:
    blocks = (Block(kind=Kind.PARAGRAPH, text="Some words."),)
    return Section(number=1, level=1, heading=heading, path=(heading,), blocks=blocks, place="line 1")


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("What Is Nasafree?", "What is nasafree?"),
        ("How Nasafree Works", "How does nasafree work?"),
        ("Side Effects of Nasafree", "What are the side effects of nasafree?"),
        ("Common Side Effects", "What are the common side effects of nasafree?"),
        ("1. Shrinks the Lining", "How does nasafree shrink the lining?"),
        ("2. Carries Water Away", "How does nasafree carry water away?"),
        ("Nasafree's Lasting Relief", "What is nasafree's lasting relief?"),
        ("How to use your spray", "How do I use your spray?"),
        ("When to call us", "When should I call us?"),
        ("Storing the bottle", "How do I store the bottle?"),
        ("Stopping nasafree", "How do I stop nasafree?"),
        ("What to do if you sneeze it out", "What should I do if you sneeze it out?"),
        ("Before you start", "What should I know before I start?"),
        ("Alcohol", "What should I know about alcohol with nasafree?"),
        ("Missed dose", "What should I do about a missed dose?"),
        ("Lifestyle Tips While on Nasafree", "What can I do to help myself with nasafree?"),
    ],
)
def test_a_heading_becomes_a_question(heading: str, question: str) -> None:
    assert questions_of(section(heading), SUBJECT)[0] == question


@pytest.mark.parametrize("heading", ["Introduction", "Conclusion", "References", "Summary"])
def test_parts_that_answer_nothing_ask_nothing(heading: str) -> None:
    assert questions_of(section(heading), SUBJECT) == ()


def test_other_wordings_differ_from_the_question_and_from_each_other() -> None:
    wordings = phrasings_of("What are the side effects of nasafree?")

    assert len(wordings) >= 3
    assert len({wording.lower() for wording in wordings}) == len(wordings)
    assert "does nasafree have side effects" in wordings


def test_a_section_that_an_entry_answers_says_which_and_how_surely(bot: Bot) -> None:
    text = b"# Isotretinoin\n\n## Can I drink alcohol?\n\nLess is safer.\n\n## Parking\n\nBehind the house.\n"
    found = analyse(checked(read_bytes("a.md", text, silent)), bot)

    alcohol = next(draft for draft in found.drafts if "alcohol" in draft.question)
    assert alcohol.covered_by is not None
    assert alcohol.covered_by.entry_id == "alcohol"
    assert 0.5 < alcohol.covered_by.confidence <= 1
    assert alcohol.topic == "living"
    assert not alcohol.is_new


def test_how_far_the_comparing_is_can_be_told(bot: Bot) -> None:
    told: list[tuple[int, int]] = []

    analyse(
        checked(read_bytes("a.md", b"# A\n\nWords.\n\n## B\n\nMore words.\n", silent)),
        bot,
        lambda done, total: told.append((done, total)),
    )

    assert told == [(1, 2), (2, 2)]


def test_a_draft_quotes_its_section_and_answers_nothing(bot: Bot) -> None:
    found = analyse(checked(read_bytes("a.txt", (FOLDER / "copied-article.txt").read_bytes(), silent)), bot)
    data = found.to_dict("a.txt")

    first = data["drafts"][0]
    assert set(first) >= {"question", "topic", "section", "covered_by", "phrasings", "missing", "approved", "source"}
    assert first["approved"] is False
    assert first["source"].splitlines()[-1] == "> - Sneezing that spoils work or sleep"
    assert "a short answer in your own words" in first["missing"]
    assert [section["heading"] for section in data["sections"]][:2] == ["Introduction", "What Is Nasafree?"]
    questions = [draft["question"] for draft in data["drafts"]]
    assert len(questions) == len(set(questions))


def test_proposed_wordings_stand_in_no_entry_yet(bot: Bot) -> None:
    text = b"# Isotretinoin\n\n## What is isotretinoin?\n\nA capsule.\n"
    taken = {wording.lower() for entry in bot.release.entries for wording in entry.wordings}

    for draft in analyse(checked(read_bytes("a.md", text, silent)), bot).drafts:
        assert not taken & {phrasing.lower() for phrasing in draft.phrasings}
