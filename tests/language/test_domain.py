"""The words of a release are the same read anew or kept; what is damaged is read anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.dialogue.bot import Bot
from bot.errors import NotReady
from bot.language.domain import Domain

FAQ = [{"id": "lips", "question": "What helps dry lips?", "answer": "Balm.", "phrasings": ["chapped lips"]}]


def test_kept_words_are_those_that_were_read(tmp_path: Path) -> None:
    domain = Domain.of(["my throat is swelling, u know: don't"])
    domain.save(tmp_path / "words.json")

    assert {"throat", "swelling", "you", "know", "not"} <= domain.words
    assert "swell" in domain.stems
    assert Domain.open(tmp_path / "words.json") == domain


@pytest.mark.parametrize("stored", ["", "{", "[1]", '{"words": 3, "stems": []}', '{"words": []}'])
def test_damaged_words_are_refused(tmp_path: Path, stored: str) -> None:
    (tmp_path / "words.json").write_text(stored, encoding="utf-8")

    with pytest.raises(NotReady, match="cannot be read"):
        Domain.open(tmp_path / "words.json")


def test_a_bot_reads_its_words_anew_where_they_are_damaged(tmp_path: Path) -> None:
    Bot.from_faq(FAQ, meaning=False, store=tmp_path)
    kept = next(tmp_path.glob("words-*.json"))
    kept.write_text("{", encoding="utf-8")

    assert Bot.from_faq(FAQ, meaning=False, store=tmp_path).vocabulary.knows("chapped")
    assert "chapped" in Domain.open(kept).words
