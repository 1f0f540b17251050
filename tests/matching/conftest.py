"""What the tests of matching share: FAQs made from the shipped entries, and their questions kept apart."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.bot import Bot

MOST_WORDINGS = 27  # of an entry: learning costs the cube of how many there are, and is done a dozen times


@dataclass(frozen=True)
class HeldOut:
    """A plain FAQ, and questions that were left out of it with their right entry."""

    faq: tuple[dict[str, Any], ...]
    questions: tuple[tuple[str, str], ...]

    def without(self, ids: set[str]) -> list[dict[str, Any]]:
        """The FAQ less some entries."""
        return [item for item in self.faq if item["id"] not in ids]


@pytest.fixture(scope="session")
def held_out(bot: Bot) -> HeldOut:
    """Every third of the first wordings of every entry is kept as a question."""
    faq, questions = [], []
    for entry in bot.release.entries:
        wordings = [entry.question, *(phrasing.text for phrasing in entry.phrasings)][:MOST_WORDINGS]
        questions += [(text, entry.id) for text in wordings[2::3]]
        kept = [text for place, text in enumerate(wordings) if place % 3 != 2]
        faq.append({"id": entry.id, "question": kept[0], "answer": "…", "phrasings": kept[1:]})
    return HeldOut(tuple(faq), tuple(questions))


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where vectors met once are kept for all tests of matching."""
    return tmp_path_factory.mktemp("index")
