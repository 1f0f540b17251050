"""Pages without scripts: same cards, kept words, and headers that hold."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient

from bot import Bot
from bot.config import read_settings
from bot.errors import SettingError
from bot.faq.entry import NextStep, StepKind
from bot.faq.files import Loaded
from bot.patients.live import Live
from bot.staff.assembly import with_entries
from bot.web.app import create_app

PAGES = ("/", "/topics", "/answers/dry-lips", "/privacy", "/answers/nothing")


@pytest.mark.parametrize(
    ("question", "card", "said"),
    [
        ("my lips are so dry", "card-answer", "What to do next"),
        ("should i stop taking the capsules", "card-decision", "That is one for your clinician"),
        ("my throat is closing up", "card-emergency", "tel:999"),
        ("i want to end my life", "card-crisis", "sms:85258"),
        ("my eyes look yellow", "card-urgent", "Contact the clinic today"),
        ("can you sell me accutane", "card-illicit", "We cannot help"),
        ("what is the capital of portugal", "card-no-match", "I do not have an approved answer"),
        ("tests", "card-clarify", "Which of these is closest?"),
    ],
)
@pytest.mark.parametrize("path", ["/", "/turns"])
def test_each_outcome_has_its_card(client: FlaskClient, path: str, question: str, card: str, said: str) -> None:
    response = client.post(path, data={"question": question})
    page = response.get_data(as_text=True)

    assert response.status_code == 200
    assert card in page
    assert said in page
    assert f"{question}</p>" in page


@pytest.mark.parametrize("path", ["/", "/turns", "/kiosk/turns"])
def test_of_several_questions_it_is_said_which_has_no_answer(client: FlaskClient, path: str) -> None:
    one = "what is the capital of portugal?"
    several = f"why are my lips so dry? when are you open? {one}"
    both = client.post(path, data={"question": several, "conversation": "several-0001"}).get_data(as_text=True)
    alone = client.post(path, data={"question": one, "conversation": "several-0001"}).get_data(as_text=True)

    assert "card-answer" in both
    assert [each.strip(" ?") for each in re.findall(r"You asked: “([^”]*)”", both)] == [one.strip("?")]
    assert "card-no-match" in alone
    assert "You asked: “" not in alone


def test_the_typed_text_is_kept_when_it_is_refused(client: FlaskClient) -> None:
    response = client.post("/", data={"question": "x" * 501})
    page = response.get_data(as_text=True)

    assert response.status_code == 422
    assert "Your question has 501 characters. Please keep it to 500." in page
    assert "x" * 501 in page


@pytest.mark.parametrize(
    ("grave", "card"), [("I want to kill myself tonight", "card-crisis"), ("my throat is closing", "card-emergency")]
)
@pytest.mark.parametrize("path", ["/", "/turns"])
def test_grave_words_are_answered_in_what_is_too_long_to_be_a_question(
    client: FlaskClient, path: str, grave: str, card: str
) -> None:
    filler = "I went to the shop and bought bread and then it rained for a while. " * 8

    response = client.post(path, data={"question": f"{filler}{grave}. {filler}"})

    assert response.status_code == 200
    assert card in response.get_data(as_text=True)


def test_control_characters_that_were_copied_along_do_not_matter(client: FlaskClient) -> None:
    page = client.post("/", data={"question": "my throat is closing\x0cand I cant breathe"}).get_data(as_text=True)

    assert "card-emergency" in page


@pytest.mark.parametrize("question", ["", "   ", "\u200b"])
def test_an_empty_question_is_said_so(client: FlaskClient, question: str) -> None:
    response = client.post("/", data={"question": question})

    assert response.status_code == 422
    assert "Please type a question first." in response.get_data(as_text=True)


@pytest.mark.parametrize("question", ["", "x" * 501])
def test_a_refused_question_ends_no_conversation_and_takes_no_help_away(client: FlaskClient, question: str) -> None:
    asked = client.post("/", data={"question": "i want to end my life"}).get_data(as_text=True)
    token = asked.split('name="conversation" value="')[1].split('"')[0]

    page = client.post("/", data={"question": question, "conversation": token}).get_data(as_text=True)

    assert f'name="conversation" value="{token}" data-conversation' in page
    assert "Help is still here" in page
    assert 'href="tel:116123"' in page


def test_the_privacy_page_tells_what_clearing_does_not_empty(client: FlaskClient) -> None:
    assert "“Clear” does not empty it" in client.get("/privacy").get_data(as_text=True)
    assert "«Borrar» no la vacía" in client.get("/privacy?locale=es").get_data(as_text=True)


def test_what_is_no_token_is_not_passed_on(client: FlaskClient) -> None:
    page = client.post("/", data={"question": "dry lips", "conversation": "<b>"}).get_data(as_text=True)

    assert 'name="conversation" value="" data-conversation' in page


def test_what_is_typed_is_escaped(client: FlaskClient) -> None:
    page = client.post("/", data={"question": "<b>dry</b> lips <script>x</script>"}).get_data(as_text=True)

    assert "<script>x" not in page
    assert "&lt;b&gt;dry" in page


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_private_and_strict(client: FlaskClient, path: str) -> None:
    response = client.get(path)

    assert "Set-Cookie" not in response.headers
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    page = response.get_data(as_text=True)
    page = page.replace("http://localhost/", "/").replace("https://schema.org", "")  # names, not loaded
    assert "http://" not in page
    assert "https://" not in page
    assert " style=" not in page
    assert "Sample content: not yet approved by this clinic." in page


def links_of(page: str) -> list[str]:
    """Where the links to answers lead, as a browser reads them."""
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            href = dict(attrs).get("href") or ""
            if tag == "a" and "answers/" in href:
                found.append(href)

    Reader().feed(page)
    return found


@pytest.mark.parametrize("query", ["", "?locale=es"])
def test_every_answer_that_an_answer_names_opens(client: FlaskClient, bot: Bot, query: str) -> None:
    named = set()
    for entry in bot.release.entries:
        for at in links_of(client.get(f"/answers/{entry.id}{query}").get_data(as_text=True)):
            linked = at.removeprefix("/answers/").partition("?")[0]
            if linked != entry.id:  # not this page in another size or contrast
                assert at == f"/answers/{linked}{query}", (entry.id, at)
                named.add(linked)

    assert len(named) > 10
    assert all(bot.answer(linked) for linked in named)
    broken = [at for at in named if client.get(f"/answers/{at}").status_code != 200]
    assert broken == []


@pytest.mark.parametrize(("day", "first"), [(24, "tel:02079460123"), (28, "tel:111")])
def test_an_urgent_card_leads_with_who_can_be_reached(bot: Bot, day: int, first: str) -> None:
    app = create_app(read_settings({}), Live(bot), now=lambda: datetime(2026, 11, day, 12, 0, tzinfo=UTC))  # a Saturday

    page = app.test_client().post("/", data={"question": "my eyes look yellow"}).get_data(as_text=True)

    assert re.search(r'class="btn go" href="(tel:\d+)"', page).group(1) == first  # type: ignore[union-attr]


def test_the_hours_of_today_are_shown(client: FlaskClient) -> None:
    page = client.post("/", data={"question": "should i stop taking the capsules"}).get_data(as_text=True)

    assert "Open today until 17:30" in page


def test_american_answers_name_american_numbers(client: FlaskClient) -> None:
    page = client.post("/?locale=en-US", data={"question": "my throat is closing up"}).get_data(as_text=True)

    assert "Call 911 now" in page
    assert "tel:911" in page


def test_turns_are_for_our_own_page_only(client: FlaskClient) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}

    assert client.post("/turns", data={"question": "hi"}, headers=headers).status_code == 403


def test_assets_are_cached_for_good_and_zipped(client: FlaskClient) -> None:
    page = client.get("/").get_data(as_text=True)
    address = page.split('href="/static/css/base.css')[1].split('"')[0]
    response = client.get("/static/css/base.css" + address, headers={"Accept-Encoding": "gzip"})

    assert "immutable" in response.headers["Cache-Control"]
    assert response.headers["Content-Encoding"] == "gzip"
    assert client.get("/static/../app.py").status_code == 404


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("chat.clinic.example", 200),
        ("chat.clinic.example:8443", 200),
        ("Chat.Clinic.Example.", 200),
        ("[::1]", 200),
        ("[::1]:8000", 200),
        ("evil.example", 400),
        ("chat.clinic.example.evil.example", 400),
        ("evil.example:chat.clinic.example", 400),
        ("[::2]:8000", 400),
    ],
)
def test_only_listed_hosts_are_served(client: FlaskClient, host: str, status: int) -> None:
    live: Live = client.application.extensions["clinicbot"].live
    strict = create_app(read_settings({"CLINICBOT_ALLOWED_HOSTS": "Chat.clinic.example, [::1]"}), live).test_client()

    assert strict.get("/", headers={"Host": host}).status_code == status


@pytest.mark.parametrize("names", ["localhost:8000", "https://chat.clinic.example", "a b", "chat.clinic.example/", ","])
def test_a_host_name_that_could_never_match_stops_the_start(names: str) -> None:
    with pytest.raises(SettingError, match="CLINICBOT_ALLOWED_HOSTS"):
        read_settings({"CLINICBOT_ALLOWED_HOSTS": names})


@pytest.mark.parametrize(("path", "method", "status"), [("/nothing", "get", 404), ("/topics", "post", 405)])
def test_errors_are_pages_with_a_way_on(client: FlaskClient, path: str, method: str, status: int) -> None:
    response = getattr(client, method)(path)

    assert response.status_code == status
    assert "ask a question" in response.get_data(as_text=True)


def test_a_body_that_is_too_long_is_a_page(client: FlaskClient) -> None:
    response = client.post("/", data={"question": "x" * 100_000})

    assert response.status_code == 413
    assert "That is too long" in response.get_data(as_text=True)


def test_a_question_that_is_far_too_long_is_kept_and_grave_words_in_it_are_found(client: FlaskClient) -> None:
    long = "It all began last year. " * 850
    calm = client.post("/", data={"question": long})
    grave = client.post("/", data={"question": f"my throat is closing up. {long}"})

    assert calm.status_code == 422
    assert long in calm.text
    assert "Please keep it to 500" in calm.text
    assert "card-emergency" in grave.text


def test_the_phone_of_a_next_step_can_be_called_and_read(small: Loaded) -> None:
    first, *others = small.release.entries
    step = NextStep(StepKind.SAME_DAY, "Ask for the nurse.", "+44 (0)20 7946 0456")
    made = Bot(with_entries(small.release, [replace(first, next_step=step, next_step_variants={}), *others]))
    client = create_app(read_settings({}), Live(made)).test_client()
    page, kiosk = client.get(f"/answers/{first.id}").text, client.get("/kiosk").text

    assert '<a class="tel" href="tel:+442079460456">+44 (0)20 7946 0456</a>' in page
    assert '<span class="tel">+44 (0)20 7946 0456</span>' in kiosk
    assert "tel:" not in kiosk


def test_both_themes_show_the_clinics_own_colour(client: FlaskClient) -> None:
    live: Live = client.application.extensions["clinicbot"].live
    bot = live.require()

    class Other:
        release = replace(bot.release, clinic=replace(bot.release.clinic, brand_colour="#5b3a86"))

    theme = create_app(read_settings({}), Live(Other())).test_client().get("/theme.css").text  # type: ignore[arg-type]
    light, dark = theme.splitlines()

    assert "prefers-color-scheme: light" in light
    assert "--brand: #5b3a86;" in light
    assert "prefers-color-scheme: dark" in dark
    assert dark != client.get("/theme.css").text.splitlines()[1]
