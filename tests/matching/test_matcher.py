"""Ranking, confidence and abstaining on small FAQs made for the purpose."""

from __future__ import annotations

import numpy as np
import pytest

from bot.dialogue.bot import Bot
from bot.errors import InputError
from bot.matching.calibration import as_sure_from, fit_logistic, standing_of, threshold_for

FAQ = [
    {"id": "lips", "question": "What helps dry lips?", "answer": "Ointment.",
     "phrasings": ["cracked lips", "sore lips help", "lip balm advice", "lips are peeling", "my lips split"]},
    {"id": "sun", "question": "Can I sunbathe?", "answer": "Use sun cream.",
     "phrasings": ["sun cream factor", "beach holiday sun", "sunburn risk", "tanning allowed", "how strong sunscreen"]},
    {"id": "hours", "question": "When are you open?", "answer": "Mornings.",
     "phrasings": ["opening hours", "what time do you close", "open on saturday", "are you open today", "closing time"]},
]  # fmt: skip


@pytest.fixture(scope="module")
def small() -> Bot:
    return Bot.from_faq(FAQ)


@pytest.mark.parametrize(
    ("question", "entry_id"),
    [("my lips are cracked", "lips"), ("which suncream factor", "sun"), ("when do you open on saturdays", "hours"),
     ("craked lps", "lips")],
)  # fmt: skip
def test_the_right_entry_comes_first(small: Bot, question: str, entry_id: str) -> None:
    ranking = small.rank(question)

    assert ranking.candidates[0].entry_id == entry_id
    assert [c.confidence for c in ranking.candidates] == sorted(
        (c.confidence for c in ranking.candidates), reverse=True
    )
    assert all(0 <= candidate.confidence <= 1 for candidate in ranking.candidates)


def test_it_is_told_what_was_read_for_what_was_typed_and_nothing_else(small: Bot) -> None:
    assert small.rank("my craked lps? help").corrected == {"craked": "cracked", "lps": "lips"}
    assert small.rank("what helps dry lips?").corrected == {}


def test_the_vectors_of_all_wordings_are_there_where_meaning_has_a_say(small: Bot) -> None:
    vectors = small.matcher.some_vectors(100)

    assert vectors is not None
    assert len(vectors) == sum(1 + len(item["phrasings"]) for item in FAQ)
    assert small.matcher.by_meaning
    by_words = Bot.from_faq(FAQ, meaning=False).matcher
    assert by_words.some_vectors(100) is None
    assert not by_words.by_meaning


def test_an_unknown_subject_is_not_answered(small: Bot) -> None:
    assert not small.rank("who won the football match").is_sure
    assert small.ask("zzz qqq xxx").outcome.word == "no_match"


def test_the_same_content_gives_the_same_figures(small: Bot) -> None:
    again = Bot.from_faq(FAQ)

    assert again.release.content_hash == small.release.content_hash
    assert again.matcher.calibration == small.matcher.calibration


def test_adding_an_entry_moves_a_question_to_it(small: Bot) -> None:
    more = [*FAQ, {"id": "parking", "question": "Where can I park?", "answer": "Behind.", "phrasings": ["car park"]}]

    top = Bot.from_faq(more).rank("where do i park my car").top
    assert top is not None
    assert top.entry_id == "parking"


@pytest.mark.parametrize(
    ("faq", "field"),
    [
        ([], "faq"),
        ([{"question": "a", "answer": "b"}], "faq[0].id"),
        ([{"id": "a", "question": 5}], "faq[0].question"),
        ([{"id": "a", "question": "q", "phrasings": "x"}], "faq[0].phrasings"),
        ([FAQ[0], FAQ[0]], "faq[1].id"),
        (["text"], "faq[0]"),
    ],
)
def test_a_plain_faq_with_a_fault_is_refused_by_name(faq: list, field: str) -> None:
    with pytest.raises(InputError) as caught:
        Bot.from_faq(faq)

    assert caught.value.field == field


def test_one_entry_alone_can_be_asked() -> None:
    lonely = Bot.from_faq([{"id": "a", "question": "what helps dry lips", "answer": "b", "phrasings": []}])

    assert lonely.rank("dry lips").candidates[0].entry_id == "a"


def test_standing_by_hand() -> None:
    assert standing_of(np.array([0.2, 0.9, 0.5])) == pytest.approx(np.array([0.2 - 0.175, 0.9 + 0.1, 0.5 - 0.1]))
    assert standing_of(np.array([0.7])) == pytest.approx(np.array([0.7]))


def test_words_alone_decide_only_where_they_are_no_more_often_wrong() -> None:
    cheap = np.array([0.99, 0.95, 0.9, 0.8, 0.1])
    full_right = np.array([1.0, 1.0, 1.0, 1.0, 0.0])

    def sure_from(cheap_right: list[float], times: int) -> float:
        cheap_many, cheap_right_many = np.repeat(cheap, times), np.repeat(cheap_right, times)
        return as_sure_from(cheap_many, cheap_right_many, np.repeat(full_right, times), np.ones(5 * times))

    assert sure_from([1, 1, 1, 0, 0], 40) == 0.9
    assert sure_from([0, 0, 0, 0, 0], 40) > 1
    assert sure_from([1, 1, 1, 0, 0], 2) > 1  # too few to tell


def test_the_threshold_keeps_wrong_answers_within_the_accepted_share() -> None:
    confidence = np.array([1.0, 0.9, 0.8, 0.7, 0.6])

    assert threshold_for(confidence, np.ones(5), 0.0) == 1.0
    assert threshold_for(confidence, np.ones(5), 0.1) == 0.8  # (0 + 0.1 + 0.2) / 3
    assert threshold_for(confidence, np.ones(5), 0.15) == 0.7  # (0 + 0.1 + 0.2 + 0.3) / 4
    assert threshold_for(confidence - 0.5, np.ones(5), 0.1) == 1.0


def test_a_logistic_learns_a_clear_boundary() -> None:
    numbers = np.linspace(0, 1, 50)
    fitted = fit_logistic(numbers, (numbers > 0.5).astype(float), np.ones(50))

    assert fitted.probability(0.1) < 0.1
    assert fitted.probability(0.9) > 0.9
