"""The kiosk's routes: one page with everything approved, answers without a way out, nothing kept, and its installation."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.config import read_settings
from bot.dialogue.bot import Bot
from bot.faq.files import Loaded
from bot.faq.release import Level
from bot.patients.live import Live
from bot.store.visits import list_turns
from bot.web.app import create_app
from bot.web.opening import House
from bot.web.qr import svg_of

TALK = "kiosk-visit-0001"
OUTCOMES = {
    "answer": "my lips are so dry",
    "decision": "should i stop taking the capsules",
    "urgent": "my eyes look yellow",
    "emergency": "my throat is closing up",
    "crisis": "i want to end my life",
    "illicit": "can you sell me accutane",
    "clarify": "tests",
    "no_match": "what is the capital of portugal",
}


def ask(client: FlaskClient, question: str, conversation: str = TALK, **headers: str) -> tuple[int, str]:
    answer = client.post("/kiosk/turns", data={"question": question, "conversation": conversation}, headers=headers)
    return answer.status_code, answer.get_data(as_text=True)


def version_of(client: FlaskClient) -> str:
    found = client.get("/kiosk/state").get_json()["version"]
    assert isinstance(found, str)
    return found


def test_the_page_holds_every_approved_answer_and_its_code(client: FlaskClient, bot: Bot) -> None:
    page = client.get("/kiosk").get_data(as_text=True)

    for entry in bot.release.entries:
        assert f'data-answer="{entry.id}"' in page
        assert f'src="/kiosk/codes/{entry.id}.svg"' in page
    assert page.startswith("<!doctype html>")


def test_nothing_on_the_page_leads_away_but_into_answers(client: FlaskClient) -> None:
    page = client.get("/kiosk").get_data(as_text=True)

    assert {link for link in re.findall(r"<a\b[^>]*", page) if 'href="/answers/' not in link} == set()
    assert not re.search(r"tel:|sms:|mailto:|<form|<iframe|target=", page)


def test_it_keeps_to_a_policy_of_its_own_and_is_not_stored(client: FlaskClient) -> None:
    answer = client.get("/kiosk")
    policy = answer.headers["Content-Security-Policy"]

    assert answer.headers["Cache-Control"] == "no-store"
    assert "manifest-src 'self'" in policy
    assert "worker-src 'self'" in policy
    assert not re.search(r"unsafe|data:|http|\*", policy)
    assert "manifest-src" not in client.get("/").headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_reply_is_a_piece_without_a_way_out(client: FlaskClient, outcome: str) -> None:
    status, piece = ask(client, OUTCOMES[outcome])

    assert status == 200
    assert f'data-outcome="{outcome}"' in piece
    assert not re.search(r"tel:|sms:|mailto:|<form", piece)
    assert {link for link in re.findall(r"<a\b[^>]*", piece) if 'href="/answers/' not in link} == set()


def test_grave_replies_show_numbers_and_stand_alone(client: FlaskClient) -> None:
    for outcome in ("emergency", "crisis"):
        _, piece = ask(client, OUTCOMES[outcome], f"kiosk-{outcome}")
        assert "999" in piece
        assert "at the desk now" in piece
        assert "You asked" not in piece
        assert "<button" not in piece


def test_help_stays_in_view_after_a_crisis(client: FlaskClient) -> None:
    ask(client, OUTCOMES["crisis"], "kiosk-standing")
    _, piece = ask(client, OUTCOMES["answer"], "kiosk-standing")
    page = client.get("/kiosk").get_data(as_text=True)

    assert 'data-in-view="crisis"' in piece
    kept = re.search(r'<p[^>]*data-standing="crisis"[^>]*>(.*?)</p>', page, re.DOTALL)
    assert kept
    assert "Help is still here" in kept[1]
    assert "116 123" in kept[1]


@pytest.mark.parametrize("outcome", ["urgent", "emergency", "crisis"])
def test_the_page_keeps_the_card_of_every_alarm(client: FlaskClient, bot: Bot, outcome: str) -> None:
    rule = re.search(r'data-rule="([^"]+)"', ask(client, OUTCOMES[outcome])[1])
    page = client.get("/kiosk?locale=es").get_data(as_text=True)

    assert rule
    assert page.count(f'data-card-of="{rule[1]}"') == 1
    grave = [each for each in bot.release.rules if each.level >= Level.URGENT and each.replies]
    assert page.count("data-card-of=") == len(grave)


@pytest.mark.parametrize("question", ["", "   ", "x" * 501, "\x00"])
def test_what_cannot_be_a_question_is_refused_in_words(client: FlaskClient, question: str) -> None:
    status, piece = ask(client, question)

    assert status == 422
    assert "Please type it again" in piece


def test_grave_words_are_answered_in_what_is_too_long_to_be_a_question(client: FlaskClient) -> None:
    status, piece = ask(client, "I want to kill myself tonight. " + "It rained and I stayed in. " * 20)

    assert status == 200
    assert "116 123" in piece


@pytest.mark.parametrize("conversation", ["", "short", "no spaces allowed", "x" * 65])
def test_a_conversation_needs_a_name(client: FlaskClient, conversation: str) -> None:
    assert ask(client, "dry lips", conversation)[0] == 422


def test_only_its_own_page_may_ask(client: FlaskClient) -> None:
    assert ask(client, "dry lips", **{"Sec-Fetch-Site": "cross-site"})[0] == 403
    assert client.get("/kiosk/turns").status_code == 405


def test_a_turn_is_kept_as_the_kiosks_and_forgotten_when_the_visit_ends(house: House) -> None:
    client = create_app(read_settings({}), house=house).test_client()
    ask(client, OUTCOMES["no_match"])
    house.turns.flush()
    with house.database.read() as db:
        assert [turn.channel for turn in list_turns(db)] == ["kiosk"]
    client.delete(f"/api/v1/conversations/{TALK}")

    with house.database.read() as db:
        assert list_turns(db) == ()


def test_what_people_type_leads_to_the_page(client: FlaskClient) -> None:
    assert client.get("/kiosk/").headers["Location"] == "/kiosk"


def test_the_state_names_all_files_and_each_is_served(client: FlaskClient) -> None:
    state = client.get("/kiosk/state").get_json()

    assert state["status"] == "open"
    assert "/kiosk" in state["files"]
    page = client.get("/kiosk")
    assert page.headers["ETag"] == f'"{state["version"]}"'
    for file in state["files"]:
        assert client.get(file).status_code == 200, file
    linked = set(re.findall(r'(?:src|href)="(/[^"]+)"', page.get_data(as_text=True)))
    assert {each for each in linked if not each.startswith("/answers/")} <= set(state["files"])


def test_every_script_that_is_imported_is_among_the_files(client: FlaskClient) -> None:
    files = client.get("/kiosk/state").get_json()["files"]
    for file in files:
        if "/js/" in file:
            for name in re.findall(r'(?:from|import) "\./([^"]+)"', client.get(file).get_data(as_text=True)):
                assert f"/static/js/{name}" in files


def test_the_version_follows_the_content_and_nothing_else(bot: Bot, small_bot: Bot, small: Loaded) -> None:
    def version(release_bot: Bot) -> str:
        return version_of(create_app(read_settings({}), Live(release_bot)).test_client())

    renamed = Bot(replace(small.release, clinic=replace(small.release.clinic, name="Other")), like=small_bot)

    assert version(bot) == version(bot)
    assert len({version(bot), version(small_bot), version(renamed)}) == 3


@pytest.mark.parametrize(
    ("reached", "public", "leads_to"),
    [
        ("http://localhost", "", "http://localhost/"),
        ("https://ask.clinic.example", "", "https://ask.clinic.example/"),
        ("http://10.0.0.5:8000", "https://ask.clinic.example", "https://ask.clinic.example/"),
    ],
)
def test_codes_lead_to_the_public_address_or_where_the_kiosk_was_reached(
    bot: Bot, reached: str, public: str, leads_to: str
) -> None:
    settings = read_settings({"CLINICBOT_PUBLIC_URL": public} if public else {})
    client = create_app(settings, Live(bot)).test_client()
    code = client.get("/kiosk/codes/dry-lips.svg", base_url=reached)

    assert code.mimetype == "image/svg+xml"
    assert code.get_data(as_text=True) == svg_of(f"{leads_to}answers/dry-lips", "A code for your phone's camera")
    in_spanish = client.get("/kiosk/codes/dry-lips.svg?locale=es", base_url=reached).get_data(as_text=True)
    assert in_spanish == svg_of(f"{leads_to}answers/dry-lips?locale=es", "A code for your phone's camera")
    assert client.get("/kiosk/codes/nothing.svg").status_code == 404


def test_the_page_is_the_same_by_whatever_name_it_is_reached(app: Flask) -> None:
    pages = {app.test_client().get("/kiosk", base_url=f"https://{name}.example").data for name in "abcdefgh"}

    assert len(pages) == 1


def test_without_a_release_it_says_where_help_is() -> None:
    client = create_app(read_settings({}), Live(None, "nothing published")).test_client()
    page = client.get("/kiosk")

    assert page.status_code == 503
    assert page.headers["Refresh"] == "20"
    assert "tell the staff at the desk now" in page.get_data(as_text=True)
    assert "999" in page.get_data(as_text=True)
    spanish = client.get("/kiosk?locale=es").get_data(as_text=True)
    assert '<html lang="es" data-kiosk>' in spanish
    assert "Si es una emergencia, avise ahora al personal del mostrador." in spanish
    assert "999 en el Reino Unido" in spanish
    assert "desk" not in re.sub(r'class="desk"', "", spanish)
    assert client.get("/kiosk/state").get_json() == {"status": "closed"}
    assert client.get("/kiosk/state").status_code == 503
    assert client.get("/kiosk/manifest.webmanifest").status_code == 200


def test_it_can_be_installed(client: FlaskClient) -> None:
    manifest = client.get("/kiosk/manifest.webmanifest")
    told = manifest.get_json()

    assert manifest.mimetype == "application/manifest+json"
    assert (told["start_url"], told["scope"], told["display"]) == ("/kiosk", "/kiosk", "fullscreen")
    for icon in told["icons"]:
        assert client.get(icon["src"]).mimetype == icon["type"]
    worker = client.get("/kiosk/worker.js?v=1")
    assert worker.mimetype == "text/javascript"
    assert worker.headers["Service-Worker-Allowed"] == "/kiosk"


def test_the_way_out_is_offered_only_where_there_is_a_staff_area(
    visitor: FlaskClient, client: FlaskClient, sign_in: Callable[[str], FlaskClient]
) -> None:
    assert 'data-leave="/staff/sign-in?from=kiosk"' in visitor.get("/kiosk").get_data(as_text=True)
    assert "data-leave" not in client.get("/kiosk").get_data(as_text=True)


def test_a_screen_may_be_set_up_in_spanish(client: FlaskClient) -> None:
    page = client.get("/kiosk?locale=es").get_data(as_text=True)
    state = client.get("/kiosk/state").get_json()
    told = client.get("/kiosk/manifest.webmanifest?locale=es").get_json()
    card = client.post("/kiosk/turns?locale=es", data={"question": OUTCOMES["emergency"], "conversation": TALK}).text

    assert '<html lang="es" data-kiosk>' in page
    assert "Toque aquí para empezar" in page
    assert "Avise ahora al personal del mostrador." in card
    assert "Llame al 999 ahora." in card
    for english in ("Touch here", "Start again", "Ask in your own words", "Take this home", "What to do next"):
        assert english not in page
    assert 'lang="en"' in page  # answers that are approved in English only
    assert "Este texto solo está aprobado en inglés." in page
    assert '<span lang="en">How isotretinoin works for clear skin, “' in page
    assert 'src="/kiosk/codes/dry-lips.svg?locale=es"' in page
    answer = client.post("/kiosk/turns?locale=es", data={"question": OUTCOMES["answer"], "conversation": TALK}).text
    assert 'src="/kiosk/codes/dry-lips.svg?locale=es"' in answer
    assert {"/kiosk", "/kiosk?locale=es", "/kiosk/manifest.webmanifest?locale=es"} <= set(state["files"])
    assert all(client.get(file).status_code == 200 for file in state["files"])
    assert (told["lang"], told["start_url"]) == ("es", "/kiosk?locale=es")
    assert client.get("/kiosk?locale=es").headers["ETag"] == client.get("/kiosk").headers["ETag"]  # kept together


def test_what_a_browser_prefers_says_nothing_about_who_stands_before_it(client: FlaskClient) -> None:
    for path in ("/kiosk", "/kiosk?locale=fr", "/kiosk?locale=en-US"):
        page = client.get(path, headers={"Accept-Language": "es"}).get_data(as_text=True)
        assert '<html lang="en-GB" data-kiosk>' in page
        assert "Touch here to begin" in page
    assert "Call 999 now." in ask(client, OUTCOMES["emergency"], **{"Accept-Language": "es"})[1]


def test_visitors_find_the_other_language_by_its_own_name_and_can_write_it(client: FlaskClient) -> None:
    english, spanish = client.get("/kiosk").text, client.get("/kiosk?locale=es").text
    keys = re.findall(r'data-key="(.)"', spanish)

    assert 'lang="es">Español</button>' in english
    assert 'lang="en">English</button>' in spanish
    assert set("áéíóúüñ¿¡") <= set(keys)
    assert set("0123456789abcdefghijklmnopqrstuvwxyz .,-?!") <= set(keys)
    assert "ñ" not in re.findall(r'data-key="(.)"', english)
