"""Spanish pages of a release in which one answer has an approved translation and the others have none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from bot.config import read_settings
from bot.dialogue.bot import Bot
from bot.dialogue.record import decided_of, language_of, said_of
from bot.faq.entry import Translation
from bot.faq.files import Loaded
from bot.patients.live import Live
from bot.reply.types import Decision, Outcome
from bot.staff.assembly import with_entries
from bot.web.app import create_app

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
NOTICE = "La clínica solo lo ha aprobado en inglés"


@pytest.fixture(scope="module")
def bot_of_two_languages(small: Loaded) -> Bot:
    first, *others = small.release.entries
    spanish = Translation(
        question="¿Qué es este chat?", short="Palabras de prueba.", detail="Más.", next_step="Paso.", made_of=first.mark
    )
    return Bot(with_entries(small.release, [replace(first, translations={"es": spanish}), *others]))


@pytest.fixture
def patient(bot_of_two_languages: Bot) -> FlaskClient:
    return create_app(read_settings({}), Live(bot_of_two_languages), now=lambda: NOON).test_client()


def test_an_answers_page_is_spanish_where_that_is_approved(patient: FlaskClient, bot_of_two_languages: Bot) -> None:
    first, second, *_ = bot_of_two_languages.release.entries
    translated = patient.get(f"/answers/{first.id}?locale=es").get_data(as_text=True)
    other = patient.get(f"/answers/{second.id}?locale=es").get_data(as_text=True)

    assert '<h1 tabindex="-1">¿Qué es este chat?</h1>' in translated
    assert "<span>Paso.</span>" in translated
    assert NOTICE not in translated
    assert '"inLanguage": "es"' in translated
    assert '<meta property="og:locale" content="es">' in translated
    assert '"inLanguage": "en-GB"' in other
    assert f'<h1 tabindex="-1" lang="en">{second.question}' in other
    assert NOTICE in other
    assert "Palabras de prueba" not in patient.get(f"/answers/{first.id}").get_data(as_text=True)


def test_the_chat_answers_in_spanish_and_says_when_it_cannot(patient: FlaskClient, bot_of_two_languages: Bot) -> None:
    second = bot_of_two_languages.release.entries[1]
    translated = patient.post("/turns?locale=es", data={"question": "What is this chat?"}).get_data(as_text=True)
    other = patient.post("/turns?locale=es", data={"question": second.question}).get_data(as_text=True)

    assert "Palabras de prueba." in translated
    assert NOTICE not in translated
    assert NOTICE in other


def test_questions_to_choose_from_are_in_spanish_where_that_is_approved(
    patient: FlaskClient, bot_of_two_languages: Bot
) -> None:
    first, second, *_ = bot_of_two_languages.release.entries
    topics = patient.get("/topics?locale=es").get_data(as_text=True)
    decision = Decision(outcome=Outcome.CLARIFY, entry_ids=(first.id,), because="test")
    both = Decision(outcome=Outcome.CLARIFY, entry_ids=(first.id, second.id), because="test")

    assert f'<li><a href="/answers/{first.id}?locale=es">¿Qué es este chat?</a></li>' in topics
    assert f'<li lang="en"><a href="/answers/{second.id}?locale=es">' in topics
    assert not any(topic.description in topics for topic in bot_of_two_languages.release.topics)
    assert bot_of_two_languages.say_again([(decision, "?")], language="es").parts[0].language == "es"
    assert bot_of_two_languages.say_again([(both, "?")], language="es").parts[0].language == "en"


def test_the_listed_questions_are_in_spanish_where_that_is_approved(
    patient: FlaskClient, bot_of_two_languages: Bot
) -> None:
    def listed(query: str) -> dict[str, tuple[str, str]]:
        topics = patient.get(f"/api/v1/topics{query}").get_json()["topics"]
        return {each["id"]: (each["question"], each["language"]) for topic in topics for each in topic["entries"]}

    first, second, *_ = bot_of_two_languages.release.entries

    assert listed("?locale=es")[first.id] == ("¿Qué es este chat?", "es")
    assert listed("?locale=es")[second.id] == (second.question, "en")
    assert listed("")[first.id] == (first.question, "en")
    assert patient.get("/api/v1/topics?locale=fr").status_code == 422


def test_suggestions_are_in_spanish_where_that_is_approved(patient: FlaskClient, bot_of_two_languages: Bot) -> None:
    def suggested(typed: str, locale: str) -> list[dict[str, str]]:
        found = patient.get("/api/v1/suggest", query_string={"q": typed, "locale": locale}).get_json()["suggestions"]
        assert isinstance(found, list)
        return found

    first, second, *_ = bot_of_two_languages.release.entries
    spanish = {"id": first.id, "question": "¿Qué es este chat?", "language": "es"}

    assert suggested("que es este cha", "es") == [spanish]
    assert suggested("¿Qué es", "es")[0] == spanish
    assert suggested(first.question, "es")[0] == spanish
    assert {"id": second.id, "question": second.question, "language": "en"} in suggested(second.question, "es")
    assert {each["language"] for each in suggested(first.question, "en-GB")} == {"en"}
    assert suggested("que es este", "en-US") == []


def test_the_greeting_says_in_what_languages_there_are_answers(patient: FlaskClient, bot_of_two_languages: Bot) -> None:
    release = bot_of_two_languages.release
    bare = with_entries(release, [replace(entry, translations={}) for entry in release.entries])
    without = create_app(read_settings({}), Live(Bot(bare)), now=lambda: NOON).test_client()

    assert "Algunas respuestas aprobadas están en español" in patient.get("/?locale=es").get_data(as_text=True)
    assert "Las respuestas aprobadas están en inglés" in without.get("/?locale=es").get_data(as_text=True)


def test_what_safety_finds_rests_on_no_translation(bot_of_two_languages: Bot, small_bot: Bot) -> None:
    assert bot_of_two_languages.safety_key == small_bot.safety_key
    assert bot_of_two_languages.matching_key != small_bot.matching_key


def test_a_spanish_question_is_answered_in_the_language_of_the_page(patient: FlaskClient) -> None:
    asked = {"question": "qué es este chat"}
    spanish = patient.post("/turns?locale=es", data=asked).get_data(as_text=True)
    english = patient.post("/turns", data=asked).get_data(as_text=True)

    assert "Palabras de prueba." in spanish
    assert 'data-outcome="answer"' in english
    assert "Palabras de prueba." not in english


@pytest.mark.parametrize("question", ["no puedo respirar", "me quiero suicidar"])
def test_spanish_red_flags_ring_with_translations_too(patient: FlaskClient, question: str) -> None:
    shown = patient.post("/turns?locale=es", data={"question": question}).get_data(as_text=True)

    assert 'data-outcome="emergency"' in shown or 'data-outcome="crisis"' in shown


def test_the_same_key_in_another_language_is_another_message(patient: FlaskClient, bot_of_two_languages: Bot) -> None:
    asked = {"question": bot_of_two_languages.release.entries[0].question}
    headers = {"Idempotency-Key": "k" * 20}
    english = patient.post("/api/v1/ask", json=asked, headers=headers)
    spanish = patient.post("/api/v1/ask", json={**asked, "locale": "es"}, headers=headers)

    assert (english.status_code, spanish.status_code) == (200, 409)
    again = patient.post("/api/v1/ask", json={**asked, "locale": "es"}).get_json()
    assert "Palabras de prueba." in again["answer_text"]
    assert again["entry"]["question"] == asked["question"]


def test_what_was_said_in_spanish_can_be_said_again(bot_of_two_languages: Bot) -> None:
    asked = bot_of_two_languages.release.entries[0].question
    reply = bot_of_two_languages.ask(asked, language="es")
    said = said_of(reply, str)

    assert language_of(said) == "es"
    assert bot_of_two_languages.say_again(decided_of(said), language=language_of(said)).parts[0].headline == (
        reply.parts[0].headline
    )
    assert language_of(said_of(bot_of_two_languages.ask(asked), str)) == "en"
