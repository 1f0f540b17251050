"""The page that sends a message to the clinic: begun, filled in, sent once; on every failure the words stay."""

from __future__ import annotations

import re
from html import unescape

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from web.conftest import Clock
from werkzeug.test import TestResponse

from bot.config import read_settings
from bot.store.handoffs import Handoff
from bot.store.inbox import Wanted, list_page
from bot.store.sealing import open_sealer
from bot.web import contact
from bot.web.allowances import Allowance
from bot.web.app import create_app
from bot.web.handoffs import TRAP
from bot.web.opening import House

GOOD = {"name": "Zoe O’Neill", "contact": "zoe@example.org", "message": "Please call me.", "consent": "yes"}
FIELDS = ("name", "contact", "message")


class Patient:
    """A browser without scripts at the form."""

    def __init__(self, client: FlaskClient, clock: Clock) -> None:
        self.client, self.clock = client, clock
        self.page = ""

    def open(self, **begin: str) -> str:
        response = (
            self.client.post("/contact", data={"begin": "yes", **begin}) if begin else self.client.get("/contact")
        )
        assert response.status_code == 200
        self.page = response.get_data(as_text=True)
        return self.page

    def send(self, *, after_s: float = 10, **fields: str) -> TestResponse:
        """Send the form as it stands, with these fields typed over."""
        self.clock.forward(seconds=after_s)
        response = self.client.post("/contact", data={**self.fields(), **fields})
        self.page = response.get_data(as_text=True)
        return response

    def fields(self) -> dict[str, str]:
        found = dict(re.findall(r'name="(stamp|conversation|turn|name|contact)"[^>]*?value="([^"]*)"', self.page))
        area = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", self.page, re.S)
        seen = re.search(r'name="seen" value="(\w+)"', self.page)
        return {
            **{name: unescape(value) for name, value in found.items()},
            "message": unescape(area[1]) if area else "",
            **({"seen": seen[1]} if seen else {}),
            **({"consent": "yes"} if re.search(r'name="consent"[^>]*checked', self.page) else {}),
        }


@pytest.fixture
def patient(empty_staff_app: Flask, clock: Clock) -> Patient:
    return Patient(FlaskClient(empty_staff_app, TestResponse), clock)


def stored(house: House) -> tuple[Handoff, ...]:
    with house.database.read() as db:
        return list_page(db, Wanted())


def test_a_message_is_sent_and_its_receipt_says_what_happens_next(patient: Patient, house: House) -> None:
    patient.open()

    response = patient.send(**GOOD)

    assert response.status_code == 200
    (found,) = stored(house)
    assert found.reference in patient.page
    assert "zoe@example.org" in patient.page
    assert "Open today until 17:30" in patient.page
    assert open_sealer(house.database, house.key).unseal(found.sealed)["name"] == "Zoe O’Neill"
    assert "Set-Cookie" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"


def test_an_escaped_nul_in_a_message_is_words_like_any_other(patient: Patient, house: House) -> None:
    patient.open()

    assert patient.send(**GOOD | {"message": r"what does \u0000 mean"}).status_code == 200

    (found,) = stored(house)
    assert open_sealer(house.database, house.key).unseal(found.sealed)["message"] == r"what does \u0000 mean"


def test_the_form_begins_with_the_question_and_knows_where_it_came_from(patient: Patient, house: House) -> None:
    page = patient.open(question="should i <b>stop</b>\nit?", turn="t" * 12, conversation="c" * 24)

    assert "should i &lt;b&gt;stop&lt;/b&gt;\nit?</textarea>" in page
    patient.send(**{**GOOD, "message": patient.fields()["message"]})
    (found,) = stored(house)
    assert (found.conversation, found.turn_id, found.channel) == ("c" * 24, "t" * 12, "web")


def test_words_are_never_taken_from_the_address(patient: Patient) -> None:
    page = patient.client.get("/contact?question=canary&name=canary&message=canary").get_data(as_text=True)

    assert "canary" not in page


def test_sending_the_same_page_again_is_one_message(patient: Patient, house: House) -> None:
    patient.open()
    form = patient.fields()
    patient.send(**GOOD)
    first = patient.page

    again = patient.client.post("/contact", data={**form, **GOOD})

    assert again.status_code == 200
    assert again.get_data(as_text=True) == first
    assert len(stored(house)) == 1


def test_going_back_and_sending_something_else_is_asked_about_and_then_sent(patient: Patient, house: House) -> None:
    patient.open()
    before = patient.page
    patient.send(**GOOD)
    patient.page = before

    response = patient.send(**{**GOOD, "message": "And one thing more."})

    assert response.status_code == 409
    assert stored(house)[0].reference in patient.page
    assert patient.fields()["message"] == "And one thing more."
    assert patient.send(after_s=3).status_code == 200
    assert len(stored(house)) == 2


FAULTS = [
    ({"name": " "}, "name", "Please type your name."),
    ({"contact": ""}, "contact", "Please type a phone number or an email address"),
    ({"contact": "zoe"}, "contact", "Please check this"),
    ({"message": ""}, "message", "Please write your message."),
    ({"message": "x" * 2001}, "message", "Your message has 2001 characters."),
    ({"consent": ""}, "consent", "Please tick the box"),
]


def test_a_fault_stands_at_its_field_and_everything_typed_stays(patient: Patient, house: House) -> None:
    patient.open()
    for change, field, said in FAULTS:
        typed = {**GOOD, **change}

        response = patient.send(**typed)

        assert response.status_code == 422
        assert patient.page.count(said) == 2  # in the summary and at the field
        assert f'href="#{field}"' in patient.page
        assert re.search(rf'id="{field}"[^>]*aria-invalid="true"', patient.page)
        kept = patient.fields()
        assert {name: kept[name] for name in FIELDS} == {name: typed[name] for name in FIELDS}
        assert ("consent" in kept) is bool(typed["consent"])
    assert stored(house) == ()
    assert patient.send(**GOOD).status_code == 200


def test_grave_words_show_the_card_first_and_can_be_sent_all_the_same(patient: Patient, house: House) -> None:
    patient.open()

    first = patient.send(**{**GOOD, "message": "my throat is swelling and i cannot breathe"})

    assert first.status_code == 422
    assert 'class="card card-emergency"' in patient.page
    assert patient.page.index("card-emergency") < patient.page.index("<h1>")
    assert "Send the message anyway" in patient.page
    assert stored(house) == ()
    assert patient.send(after_s=3).status_code == 200
    assert [each.level for each in stored(house)] == ["emergency"]
    assert "card-emergency" in patient.page


def test_grave_words_show_the_card_whatever_else_is_amiss(patient: Patient, house: House) -> None:
    grave = "my throat is swelling and i cannot breathe"

    for after_s, wrong in (
        (10, {"contact": "none", "consent": ""}),
        (0, {}),
        (10, {TRAP: "x"}),
        (10, {"stamp": "old"}),
    ):
        patient.open()
        assert patient.send(after_s=after_s, **{**GOOD, "message": grave, **wrong}).status_code == 422
        assert patient.page.index("card-emergency") < patient.page.index("<h1>")
        assert patient.page.index("card-emergency") < patient.page.index("Not sent yet</h2>")
        assert patient.fields()["message"] == grave
    assert stored(house) == ()
    assert patient.send(**{**GOOD, "message": patient.fields()["message"]}).status_code == 200
    assert [each.level for each in stored(house)] == ["emergency"]


def test_a_graver_finding_than_the_one_seen_is_shown_again(patient: Patient, house: House) -> None:
    patient.open(question="i want to end my life")
    assert "card-crisis" in patient.page
    message = "i want to end my life and my throat is swelling and i cannot breathe"

    assert patient.send(**{**GOOD, "message": message}).status_code == 422
    assert patient.send(after_s=3).status_code == 200
    assert len(stored(house)) == 1


def test_a_question_with_grave_words_begins_with_the_card(patient: Patient, house: House) -> None:
    page = patient.open(question="my throat is swelling and i cannot breathe")

    assert "card-emergency" in page
    assert patient.send(**{**GOOD, "message": patient.fields()["message"]}).status_code == 200
    assert len(stored(house)) == 1


def test_urgent_words_are_sent_and_said_with_the_receipt(patient: Patient) -> None:
    patient.open()
    response = patient.send(**{**GOOD, "message": "I think I am pregnant and I take isotretinoin"})

    assert response.status_code == 200
    assert "card-urgent" in patient.page


def test_a_program_that_fills_everything_in_is_stopped_and_a_person_is_not(patient: Patient, house: House) -> None:
    patient.open()
    assert patient.send(**GOOD, **{TRAP: "http://spam.example"}).status_code == 422
    assert patient.send(after_s=3).status_code == 200

    patient.open()
    assert patient.send(after_s=1, **GOOD).status_code == 422
    assert "very quick" in patient.page
    assert patient.send(after_s=2).status_code == 200
    assert len(stored(house)) == 2


def test_an_empty_form_that_comes_at_once_is_told_what_is_missing(patient: Patient, house: House) -> None:
    patient.open()

    assert patient.send(after_s=1).status_code == 422
    assert "very quick" not in patient.page
    assert "Please write your message." in patient.page
    assert patient.send(after_s=3, **GOOD).status_code == 200
    assert len(stored(house)) == 1


def test_a_form_that_is_not_ours_comes_back_with_the_words_in_it(patient: Patient, house: House) -> None:
    patient.open()

    for stamp in ("", "x", "a.b.c"):
        assert patient.send(**{**GOOD, "stamp": stamp}).status_code == 422
    assert stored(house) == ()
    assert patient.send(after_s=3).status_code == 200


def test_a_form_that_lay_about_for_a_day_is_asked_about_and_stays_one_request(patient: Patient, house: House) -> None:
    patient.open()
    form = patient.fields()
    patient.send(**GOOD)
    patient.clock.forward(hours=30)

    late = patient.client.post("/contact", data={**form, **GOOD})
    patient.page = late.get_data(as_text=True)

    assert late.status_code == 422
    assert patient.send(after_s=3).status_code == 200
    assert len(stored(house)) == 1


def test_help_stays_in_view_on_the_receipt_where_grave_words_are_doubted(patient: Patient) -> None:
    patient.open()
    patient.send(**{**GOOD, "message": "choking on how huge these capsules are lol, do you have smaller ones"})
    doubted = patient.page
    patient.open()
    patient.send(**GOOD)

    assert 'class="standing"' in doubted
    assert 'href="tel:999"' in doubted[doubted.index('class="standing"') :].split("</p>")[0]
    assert 'class="standing"' not in patient.page


def test_another_site_cannot_send_it(patient: Patient) -> None:
    patient.open()
    data = {**patient.fields(), **GOOD}

    assert patient.client.post("/contact", data=data, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert patient.client.post("/contact", data=data, headers={"Origin": "https://evil.example"}).status_code == 403


def test_in_a_frame_without_an_origin_it_is_not_sent_and_the_words_stay(patient: Patient, house: House) -> None:
    patient.open()
    frame = {"Sec-Fetch-Site": "cross-site", "Origin": "null"}
    refused = patient.client.post("/contact?channel=widget", data={**patient.fields(), **GOOD}, headers=frame)
    begun = patient.client.post("/contact", data={"begin": "yes", "question": "A question?"}, headers=frame)
    patient.page = refused.get_data(as_text=True)

    assert (refused.status_code, begun.status_code) == (403, 403)
    assert patient.fields().items() >= GOOD.items()
    assert "open the form in a new tab" in patient.page
    assert re.search(r'href="/contact" target="_blank"', patient.page)
    assert "A question?" in begun.get_data(as_text=True)
    assert stored(house) == ()


def test_an_older_browser_that_hides_where_it_is_can_send_it(patient: Patient, house: House) -> None:
    patient.open()
    patient.clock.forward(seconds=10)
    data = {**patient.fields(), **GOOD}

    assert patient.client.post("/contact", data=data, headers={"Origin": "null"}).status_code == 200
    assert len(stored(house)) == 1


def test_a_database_that_cannot_be_written_is_told_plainly_and_the_words_stay(patient: Patient, house: House) -> None:
    patient.open()
    with house.database.change() as db:
        db.execute(sa.text("ALTER TABLE handoffs RENAME TO gone"))

    response = patient.send(**GOOD)

    assert response.status_code == 503
    assert response.headers["Retry-After"]
    assert "could not be stored" in patient.page
    assert "tel:02079460123" in patient.page
    assert patient.fields()["message"] == GOOD["message"]
    with house.database.change() as db:
        db.execute(sa.text("ALTER TABLE gone RENAME TO handoffs"))
    assert patient.send(after_s=3).status_code == 200


def test_too_many_are_asked_to_wait_and_the_words_stay(patient: Patient) -> None:
    statuses = set()
    for _ in range(31):
        patient.open()
        patient.clock.forward(seconds=3)
        data = {**patient.fields(), **GOOD}
        response = patient.client.post("/contact", data=data, environ_base={"REMOTE_ADDR": "8.8.8.8"})
        statuses.add(response.status_code)
        patient.page = response.get_data(as_text=True)

    assert statuses == {200, 429}
    assert response.headers["Retry-After"]
    assert "call us" in patient.page
    assert patient.fields()["message"] == GOOD["message"]


def test_grave_words_are_taken_in_however_many_messages_came_before(
    house: House, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact, "EACH", Allowance(1, 60.0))
    app = create_app(read_settings({"CLINICBOT_RATE_LIMIT": "2"}), now=clock, house=house)
    client, elsewhere = FlaskClient(app, TestResponse), {"REMOTE_ADDR": "8.8.8.8"}
    api = "/api/v1/handoffs"
    sent = {**GOOD, "consent": True}
    used_up = [client.post(api, json=sent, environ_base=elsewhere).status_code for _ in range(2)]
    grave = {**sent, "message": "i want to end my life"}

    first = client.post(api, json=grave, environ_base=elsewhere)
    again = client.post(api, json=grave | {"urgent_seen": True}, environ_base=elsewhere)
    page = client.post("/contact", data={"begin": "yes", "question": grave["message"]}, environ_base=elsewhere)

    assert used_up == [201, 429]
    assert first.status_code == 422
    assert first.get_json()["safety"]["level"] == "crisis"
    assert again.status_code == 201
    assert page.status_code == 200
    assert "card-crisis" in page.get_data(as_text=True)
    assert len(stored(house)) == 2


def test_a_request_that_is_held_back_keeps_the_words(house: House, clock: Clock) -> None:
    app = create_app(read_settings({"CLINICBOT_RATE_LIMIT": "2"}), now=clock, house=house)
    patient = Patient(FlaskClient(app, TestResponse), clock)
    elsewhere = {"REMOTE_ADDR": "8.8.8.8"}
    patient.client.post("/", data={"question": "dry lips"}, environ_base=elsewhere)

    begun = patient.client.post("/contact", data={"begin": "yes", "question": "why?"}, environ_base=elsewhere)
    patient.page = begun.get_data(as_text=True)

    assert begun.status_code == 429
    assert begun.headers["Retry-After"]
    assert patient.fields()["message"] == "why?"
    held = patient.client.post("/contact", data={**patient.fields(), **GOOD}, environ_base=elsewhere)
    patient.page = held.get_data(as_text=True)
    assert held.status_code == 429
    assert patient.fields()["message"] == GOOD["message"]
    assert stored(house) == ()
    assert patient.send().status_code == 200


def test_it_is_in_the_language_of_the_page(patient: Patient) -> None:
    page = patient.client.post("/contact?locale=es", data={}).get_data(as_text=True)

    assert "No se pudo reconocer esta página" in page
    assert 'action="/contact?locale=es"' in page


def test_grave_words_are_met_in_the_language_of_the_page(patient: Patient) -> None:
    asked = {"begin": "yes", "question": "no puedo respirar"}
    page = patient.client.post("/contact?locale=es", data=asked).get_data(as_text=True)
    answer = {
        "name": "Ana",
        "contact": "ana@example.org",
        "message": "no puedo respirar",
        "consent": True,
        "locale": "es",
    }
    refused = patient.client.post("/api/v1/handoffs", json=answer).get_json()

    assert "Llame al 999 ahora." in page
    assert "Llame al 999 ahora." in refused["parts"][0]["answer_text"]


def test_urgent_cards_and_footers_lead_here(patient: Patient) -> None:
    card = patient.client.post("/", data={"question": "my eyes look yellow"}).get_data(as_text=True)

    assert re.search(r'<form method="post" action="/contact".*?value="my eyes look yellow"', card, re.S)
    for path in ("/", "/topics"):
        assert 'href="/contact"' in patient.client.get(path).get_data(as_text=True)


def test_from_the_widget_it_stays_in_the_widget(patient: Patient, house: House) -> None:
    response = patient.client.get("/contact?channel=widget")
    patient.page = response.get_data(as_text=True)
    patient.clock.forward(seconds=5)

    sent = patient.client.post("/contact?channel=widget", data={**patient.fields(), **GOOD})

    assert 'action="/contact?channel=widget"' in patient.page
    assert response.headers["Cross-Origin-Embedder-Policy"] == "require-corp"  # as all that is shown in the frame
    assert sent.status_code == 200
    assert [each.channel for each in stored(house)] == ["widget"]


def test_a_deleted_conversation_takes_its_link_to_the_message(patient: Patient, house: House) -> None:
    patient.open(question="q", conversation="c" * 24, turn="t" * 12)
    patient.send(**{**GOOD, "message": "hello there"})

    assert patient.client.delete(f"/api/v1/conversations/{'c' * 24}").status_code == 204
    assert [(each.conversation, each.turn_id) for each in stored(house)] == [(None, None)]
