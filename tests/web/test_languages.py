"""Patients' pages in English and Spanish: what is chosen, what is translated, and what stays as it was approved."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import Markup

from bot.config import read_settings
from bot.dialogue.bot import Bot
from bot.faq.clinic import HelpLine
from bot.faq.entry import Region
from bot.patients.live import Live
from bot.web.app import create_app
from bot.web.languages import date_of, english_if, label_of, opening_words, said, unbroken

ROOT = Path(__file__).parent.parent.parent
CATALOGUE = ROOT / "bot" / "web" / "translations" / "es" / "LC_MESSAGES" / "messages.po"
PAGES = ("/", "/topics", "/answers/dry-lips", "/privacy", "/take-home", "/answers/nothing")


@pytest.fixture(scope="module")
def translations() -> ModuleType:
    spec = importlib.util.spec_from_file_location("translations", ROOT / "scripts" / "translations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def text(client: FlaskClient, path: str, **headers: str) -> str:
    return client.get(path, headers=headers).get_data(as_text=True)


def test_every_sentence_is_translated_and_no_translation_is_left_over(translations: ModuleType) -> None:
    wanted = {message.id for message in translations.extracted() if message.id}
    catalogue = translations.read("es")
    have = {message.id for message in catalogue if message.id}

    assert have == wanted, "run: make translations"
    assert [message.id for message in catalogue if message.id and not all(_texts(message.string))] == []
    assert not any(message.fuzzy for message in catalogue if message.id)


def test_what_is_filled_in_and_linked_is_the_same_in_the_translation(translations: ModuleType) -> None:
    pieces = re.compile(r"%\(\w+\)s|\{\w+\}|<[^>]+>")
    for message in translations.read("es"):
        for source, translated in zip(_texts(message.id), _texts(message.string), strict=True):
            if source:
                assert sorted(pieces.findall(source)) == sorted(pieces.findall(translated)), source


def test_what_is_compiled_is_what_translators_wrote(translations: ModuleType) -> None:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="es")

    assert CATALOGUE.with_suffix(".mo").read_bytes() == translations.compiled(catalogue), "run: make translations"


def test_no_script_of_patients_pages_holds_a_sentence() -> None:
    pages = [
        "chat",
        "sending",
        "recall",
        "suggest",
        "keeping",
        "taking",
        "take_home",
        "questions",
        "qr",
        "speech",
        "display",
        "printing",
        "helped",
    ]
    for name in pages:
        script = (ROOT / "bot" / "web" / "static" / "js" / f"{name}.js").read_text(encoding="utf-8")
        code = re.sub(r"//.*|/\*.*?\*/", "", script, flags=re.DOTALL if "/*" in script else 0)
        assert re.findall(r'"[A-Z][a-z]+ [a-z]', code) == [], name


@pytest.mark.parametrize("path", PAGES)
def test_pages_say_their_language(client: FlaskClient, path: str) -> None:
    assert '<html lang="en-GB">' in text(client, path)
    assert '<html lang="en-US">' in text(client, f"{path}?locale=en-US")
    spanish = text(client, f"{path}?locale=es")
    assert '<html lang="es">' in spanish
    assert "Privacidad" in spanish
    for left in ("Skip to the content", "Topics<", "Talk to a person", "Not for emergencies", "Text size"):
        assert left not in spanish


def test_a_browser_may_choose_the_language_but_not_the_region(client: FlaskClient) -> None:
    assert '<html lang="es">' in text(client, "/", **{"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"})
    assert '<html lang="en-GB">' in text(client, "/", **{"Accept-Language": "en,es;q=0.5"})
    assert '<html lang="en-GB">' in text(client, "/", **{"Accept-Language": "de"})
    american = text(client, "/", **{"Accept-Language": "en-US"})
    assert '<html lang="en-GB">' in american
    assert "tel:999" in american
    assert '<html lang="en-GB">' in text(client, "/?locale=en-GB", **{"Accept-Language": "es"})


def test_caches_are_told_that_the_language_follows_the_browser(client: FlaskClient) -> None:
    response = client.get("/", headers={"Accept-Encoding": "gzip"})

    assert {"Accept-Language", "Accept-Encoding"} <= {value.strip() for value in response.headers["Vary"].split(",")}


@pytest.mark.parametrize("locale", ["fr", "", "es-ES", "<b>", "en"])
def test_an_unknown_locale_is_the_clinics_own(client: FlaskClient, locale: str) -> None:
    page = text(client, f"/?locale={locale}")

    assert '<html lang="en-GB">' in page
    assert f'href="/topics?locale={locale}' not in page


def test_the_language_travels_along_in_every_link(client: FlaskClient) -> None:
    page = client.post("/?locale=es", data={"question": "my lips are so dry"}).get_data(as_text=True)
    own = [
        link for link in re.findall(r'(?:href|action)="(/[^"]*)"', page) if not link.startswith(("/static", "/theme"))
    ]

    assert own
    assert [link for link in own if "?locale=es" not in link and not link.startswith("/answers/")] == []


@pytest.mark.parametrize(
    ("question", "card", "translated", "partly_english"),
    [
        ("my lips are so dry", "card-answer", "Qué hacer ahora.", True),
        ("should i stop taking the capsules", "card-decision", "Por favor, no cambie el tratamiento por su cuenta.", False),
        ("my throat is closing up", "card-emergency", "Diga que alguien tiene una reacción alérgica grave.", False),
        ("i want to end my life", "card-crisis", "Enviar SHOUT por mensaje de texto al 85258", False),
        ("my eyes look yellow", "card-urgent", "Si está cerrada, llame al 111.", False),
        ("can you sell me accutane", "card-illicit", "No podemos ayudar a conseguir este medicamento sin receta.", False),
        ("what is the capital of portugal", "card-no-match", "No tengo una respuesta aprobada para eso", False),
        ("tests", "card-clarify", "¿Cuál de estas se parece más?", True),
    ],
)  # fmt: skip
def test_each_card_is_in_spanish_but_for_answers_that_are_approved_in_english_only(
    client: FlaskClient, question: str, card: str, translated: str, partly_english: bool
) -> None:
    page = client.post("/turns?locale=es", data={"question": question}).get_data(as_text=True)

    assert card in page
    assert translated in page
    assert (' lang="en"' in page) is partly_english
    said_so = "La clínica solo lo ha aprobado en inglés" in page or "Este texto solo está aprobado en inglés" in page
    assert said_so is (partly_english)


def test_an_emergency_in_spanish_has_nothing_that_competes(client: FlaskClient) -> None:
    page = client.post("/turns?locale=es", data={"question": "my throat is closing up"}).get_data(as_text=True)

    assert re.findall(r'href="(tel:[^"]+)"', page) == ["tel:999"]
    assert '<h2 tabindex="-1">Llame al 999 ahora.</h2>' in page


def test_every_safety_reply_is_in_spanish_and_names_the_same_help(bot: Bot) -> None:
    for rule in bot.release.rules:
        for region in Region:
            english, spanish = rule.replies[region], rule.reply_in("es", region)
            assert spanish[1] == "es", rule.id
            assert re.findall(r"{{.*?}}|\d+", english) == re.findall(r"{{.*?}}|\d+", spanish[0]), rule.id
            assert len(english.splitlines()) == len(spanish[0].splitlines()), rule.id


@pytest.mark.parametrize(
    "changed", [{"translations": {}}, {"replies": dict.fromkeys(Region, "Call 999 now.\n\nAnd wait.")}]
)
def test_a_safety_reply_that_is_not_translated_or_was_changed_since_is_english_and_says_so(
    bot: Bot, changed: dict[str, Any]
) -> None:
    rules = tuple(replace(rule, **changed) for rule in bot.release.rules)
    only_english = Bot(replace(bot.release, rules=rules), like=bot, beside=bot)
    patient = create_app(read_settings({}), Live(only_english)).test_client()
    page = patient.post("/turns?locale=es", data={"question": "my throat is closing up"}).get_data(as_text=True)

    assert '<h2 tabindex="-1" lang="en">Call 999 now.</h2>' in page
    assert "Este texto solo está aprobado en inglés" in page


def test_english_sentences_are_spelt_alike_on_both_sides_of_the_ocean(translations: ModuleType) -> None:
    british = re.compile(r"(colour|favour|behaviour|neighbour|centre|litre|licence|programme|grey|\w{3}is(e|ed|ing)\b)")
    allowed = {"otherwise"}
    words = {word for message in translations.extracted() for text in _texts(message.id) for word in text.split()}

    assert [word for word in words if british.search(word.lower().strip(".,:")) and word.lower() not in allowed] == []


def test_english_pages_say_nothing_about_translations(client: FlaskClient) -> None:
    page = client.post("/", data={"question": "my lips are so dry"}).get_data(as_text=True)

    assert "untranslated" not in page
    assert ' lang="en"' not in page


def test_what_is_typed_wrong_is_said_in_spanish(client: FlaskClient) -> None:
    def fault(question: str) -> str:
        return client.post("/turns?locale=es", data={"question": question}).get_data(as_text=True)

    assert "Escriba primero una pregunta." in fault("  ")
    assert "Su pregunta tiene 501 caracteres" in fault("x" * 501)


def test_the_api_takes_spanish_and_keeps_the_clinics_region(client: FlaskClient) -> None:
    asked = client.post("/api/v1/ask", json={"question": "my throat is closing up", "locale": "es"}).get_json()

    assert "Llame al 999 ahora." in asked["answer_text"]
    unknown = client.post("/api/v1/ask", json={"question": "what is the capital of portugal", "locale": "es"})
    assert "Este chat solo da respuestas" in unknown.get_json()["answer_text"]
    assert client.get("/api/v1/entries/dry-lips?locale=es").status_code == 200
    assert client.get("/api/v1/entries/dry-lips?locale=fr").status_code == 422


def test_without_a_release_help_is_named_in_spanish_too() -> None:
    broken = create_app(read_settings({}), Live(None, "no release")).test_client()
    response = broken.get("/?locale=es")

    assert response.status_code == 503
    assert "Si es una emergencia" in response.get_data(as_text=True)


@pytest.mark.parametrize(
    ("locale", "by_day", "by_night", "approved"),
    [
        ("en-GB", "Open today until 17:30", "Closed now. Opens on Monday 30 November at 08:30", "12 October 2026"),
        ("en-US", "Open today until 5:30 PM", "Closed now. Opens on Monday, November 30 at 8:30 AM", "October 12, 2026"),
        ("es", "Abierto hoy hasta las 17:30", "Cerrado ahora. Abre el lunes 30 de noviembre a las 8:30", "12 de octubre de 2026"),
    ],
)  # fmt: skip
def test_hours_and_dates_are_written_as_the_language_does(
    app: Flask, bot: Bot, locale: str, by_day: str, by_night: str, approved: str
) -> None:
    clinic = bot.release.clinic
    noon, friday_night = datetime(2026, 11, 24, 12, tzinfo=UTC), datetime(2026, 11, 27, 20, tzinfo=UTC)

    with app.test_request_context(f"/?locale={locale}"):
        assert opening_words(clinic, noon).replace("\u202f", " ") == by_day
        assert opening_words(clinic, friday_night).replace("\u202f", " ") == by_night
        assert date_of(date(2026, 10, 12)) == approved


def test_in_english_the_hours_are_those_of_the_profile(app: Flask, bot: Bot) -> None:
    clinic = bot.release.clinic
    with app.test_request_context("/?locale=en-GB"):
        for day in range(1, 29):
            for at in (time(6), time(12), time(23)):
                now = datetime.combine(date(2026, 12, day), at, UTC)
                assert opening_words(clinic, now) == clinic.open_now(now)
        shut = replace(clinic, hours={})
        assert opening_words(shut, now) == shut.open_now(now) == "Closed now"


def test_a_help_line_that_a_clinic_words_itself_is_still_a_spanish_button(app: Flask, bot: Bot) -> None:
    own = HelpLine("urgent", "0300 123", "Ring our duty doctor")
    texting = HelpLine("crisis_text", "777", "Write to HOPE", "text")
    with app.test_request_context("/?locale=es"):
        assert label_of(own) == "Llamar al 0300 123"
        assert label_of(texting) == "Enviar un mensaje de texto al 777"
        assert label_of(bot.release.clinic.line("emergency", Region.UK)) == "Llamar al 999"
        assert said("A topic of our own") == "A topic of our own"
        assert english_if("A topic of our own") == Markup(' lang="en"')
    with app.test_request_context("/?locale=en-US"):
        assert label_of(own) == "Ring our duty doctor"


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("Call us, 020 7946 0123", '<span>Call us, <span class="tel">020 7946 0123</span></span>'),
        ("Call +44 (0)20 7946-0123 now", '<span>Call <span class="tel">+44 (0)20 7946-0123</span> now</span>'),
        ("Tom's <line>", "<span>Tom&#39;s &lt;line&gt;</span>"),
        ("Nobody", "<span>Nobody</span>"),
    ],
)
def test_a_telephone_number_is_held_together(text: str, whole: str) -> None:
    assert unbroken(text) == whole


def test_staff_pages_stay_english(empty_staff_app: Flask) -> None:
    page = empty_staff_app.test_client().get("/staff/sign-in?locale=es", headers={"Accept-Language": "es"})

    assert "Privacidad" not in page.get_data(as_text=True)
    assert '<html lang="en-GB">' in page.get_data(as_text=True)


def _texts(message: object) -> tuple[str, ...]:
    return tuple(message) if isinstance(message, (tuple, list)) else (str(message or ""),)
