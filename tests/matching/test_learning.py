"""What is learnt and left out in closed form, against doing it the long way; and what staff say of questions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from bot.dialogue.bot import Bot
from bot.faq.entry import Phrasing
from bot.faq.plain import release_of_plain
from bot.faq.release import Correction, Release, content_hash_of
from bot.matching.fusion import BY_MEANING, Grouping
from bot.matching.learning import Refused, fit

OWNERS = np.array([0, 0, 1, 1, 1, 2, 2])
NONE_REFUSED = Refused(np.empty(0, dtype=int), np.empty(0, dtype=int))


def vectors() -> np.ndarray:
    rows = np.random.default_rng(5).normal(size=(7, 4)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def scores_of(question: int, kept: np.ndarray) -> np.ndarray:
    """Scores of a question with only the `kept` wordings written, entries 0 to 2 (-inf for one without any)."""
    rows = vectors()
    present = np.unique(OWNERS[kept])
    cosines = rows[kept] @ rows[kept].T
    grouping = Grouping.of(np.searchsorted(present, OWNERS[kept]), len(present))
    fitted = fit(
        np.zeros_like(cosines), cosines, np.searchsorted(present, OWNERS[kept]), grouping, BY_MEANING, NONE_REFUSED
    )
    similar = rows[kept] @ rows[question]
    warm = 8 * np.exp(2 * (similar - 1))
    scores = np.full(3, -np.inf)
    scores[present] = (
        warm @ fitted.alpha
        + BY_MEANING.nearest * np.maximum(grouping.best(similar), 0)
        + BY_MEANING.centroid * grouping.sums(similar) / fitted.norms
    )
    return scores


def test_left_out_scores_are_those_of_a_release_without_the_wording() -> None:
    cosines = vectors() @ vectors().T
    fitted = fit(np.zeros_like(cosines), cosines, OWNERS, Grouping.of(OWNERS, 3), BY_MEANING, NONE_REFUSED)

    for question in range(len(OWNERS)):
        kept = np.flatnonzero(np.arange(len(OWNERS)) != question)
        assert fitted.left_out[question] == pytest.approx(scores_of(question, kept), abs=2e-3)


def test_scores_without_the_entry_are_those_of_a_release_without_it() -> None:
    cosines = vectors() @ vectors().T
    fitted = fit(np.zeros_like(cosines), cosines, OWNERS, Grouping.of(OWNERS, 3), BY_MEANING, NONE_REFUSED)

    for question in range(len(OWNERS)):
        kept = np.flatnonzero(OWNERS[question] != OWNERS)
        others = np.arange(3) != OWNERS[question]
        wanted = scores_of(question, kept)
        assert fitted.without_entry[question][others] == pytest.approx(wanted[others], abs=2e-3)
        assert fitted.without_entry[question][~others] == -np.inf


FAQ = [
    {"id": "lips", "question": "what helps dry lips", "phrasings": ["cracked lips", "lip balm", "my lips split"]},
    {"id": "skin", "question": "what helps dry skin", "phrasings": ["itchy arms", "flaky face", "which moisturiser"]},
    {
        "id": "hours",
        "question": "when are you open",
        "phrasings": ["opening hours", "open on saturday", "closing time"],
    },
]
ASKED = "something for the corners of my mouth"


def release(**changes: object) -> Release:
    made = release_of_plain([{**item, "answer": "…"} for item in FAQ], published_at=datetime.now(UTC))
    made = replace(made, **changes)
    return replace(made, content_hash=content_hash_of(made))


def confidence(bot: Bot, question: str, entry_id: str) -> float:
    return next((each.confidence for each in bot.rank(question).candidates if each.entry_id == entry_id), 0.0)


def test_a_confirmed_phrasing_raises_its_entry_for_wordings_like_it() -> None:
    lips = release().entries[0]
    taught = replace(lips, phrasings=(*lips.phrasings, Phrasing("the corners of my mouth hurt", "patient")))
    before, after = Bot(release()), Bot(release(entries=(taught, *release().entries[1:])))

    assert confidence(after, ASKED, "lips") > confidence(before, ASKED, "lips")


def test_a_correction_lowers_the_wrong_entry_and_raises_the_right_one() -> None:
    question = "my face is flaky round the lips"
    corrected = release(corrections=(Correction(question=question, wrong="lips", right="skin"),))
    before, after = Bot(release()), Bot(corrected)

    assert confidence(after, question, "skin") > confidence(before, question, "skin")
    assert confidence(after, question, "lips") < confidence(before, question, "lips")


def test_a_question_corrected_to_no_entry_is_not_answered() -> None:
    question = "when is the library open"
    after = Bot(release(corrections=(Correction(question=question, wrong="hours"),)))

    assert not after.rank(question).is_sure
    assert after.rank(question).unanswered == question


def test_the_same_content_gives_the_same_model_bytes(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        Bot(release(corrections=(Correction(question="x y z", wrong="lips"),)), store=folder)
    first, second = (
        {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
        for folder in folders
    )

    assert first == second
    assert any(name.endswith("alpha_both.npy") for name in first)
