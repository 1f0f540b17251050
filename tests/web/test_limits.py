"""Limits: generous to many behind one address, firm with one that floods; who is refused still sees where help is."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Response
from flask.testing import FlaskClient

from bot.config import Settings, read_settings
from bot.dialogue.bot import Bot
from bot.patients.live import Live
from bot.web import limits
from bot.web.app import create_app
from bot.web.limits import Admission
from bot.web.opening import House

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ELSEWHERE = {"REMOTE_ADDR": "198.51.100.7"}
ASKED = {"question": "my lips are so dry"}


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


def served(bot: Bot, clock: Seconds, **settings: str) -> FlaskClient:
    return create_app(read_settings(settings), Live(bot), clock=clock).test_client()


@pytest.fixture
def client(small_bot: Bot, seconds: Seconds) -> FlaskClient:
    return served(small_bot, seconds, CLINICBOT_RATE_LIMIT="6")


def test_an_address_may_ask_some_at_once_and_then_at_its_pace(client: FlaskClient, seconds: Seconds) -> None:
    def ask() -> int:
        return client.post("/api/v1/ask", json=ASKED, environ_base=ELSEWHERE).status_code

    assert [ask() for _ in range(4)] == [200, 200, 200, 429]
    seconds.now += 9
    assert ask() == 429
    seconds.now += 1
    assert [ask(), ask()] == [200, 429]


def test_who_asks_too_much_is_told_when_to_come_back_and_loses_nothing(client: FlaskClient) -> None:
    for _ in range(3):
        client.post("/", data=ASKED, environ_base=ELSEWHERE)

    page = client.post("/", data=ASKED, environ_base=ELSEWHERE)
    piece = client.post("/turns", data=ASKED, environ_base=ELSEWHERE)
    problem = client.post("/api/v1/ask", json=ASKED, environ_base=ELSEWHERE)

    assert page.status_code == piece.status_code == problem.status_code == 429
    assert page.headers["Retry-After"] == problem.headers["Retry-After"] == "10"
    assert problem.content_type == "application/problem+json"
    text = page.get_data(as_text=True)
    assert "my lips are so dry" in text
    assert "999" in text
    assert "Please wait a moment" in text
    assert "data-refused" in piece.get_data(as_text=True)


def test_who_is_held_back_is_told_whom_to_call_in_the_language_of_the_page(client: FlaskClient) -> None:
    for _ in range(3):
        client.post("/", data=ASKED, environ_base=ELSEWHERE)

    spanish = client.post("/turns?locale=es", data=ASKED, environ_base=ELSEWHERE).get_data(as_text=True)
    american = client.post("/turns?locale=en-US", data=ASKED, environ_base=ELSEWHERE).get_data(as_text=True)
    problem = client.post("/api/v1/ask", json=ASKED, environ_base=ELSEWHERE).get_json(force=True)

    assert "Espere un momento" in spanish
    assert "999" in spanish
    assert "In an emergency call 911." in american
    assert problem["detail"].endswith("In an emergency call 999.")


@pytest.mark.parametrize(
    ("words", "outcome"), [("my throat is closing up", "emergency"), ("i want to end my life", "crisis")]
)
def test_grave_words_are_answered_at_any_rate(bot: Bot, seconds: Seconds, words: str, outcome: str) -> None:
    client, grave = served(bot, seconds, CLINICBOT_RATE_LIMIT="6"), {"question": words}
    for _ in range(4):
        client.post("/", data=ASKED, environ_base=ELSEWHERE)

    found = [
        client.post("/", data=grave, environ_base=ELSEWHERE),
        client.post("/turns", data=grave, environ_base=ELSEWHERE),
        client.post("/kiosk/turns", data={**grave, "conversation": "k" * 12}, environ_base=ELSEWHERE),
        client.post("/api/v1/ask", json=grave, environ_base=ELSEWHERE),
    ]

    assert [each.status_code for each in found] == [200] * 4
    assert all(f'"{outcome}"' in each.get_data(as_text=True) for each in found)


@pytest.mark.parametrize(
    "body", [b"{", b"[1]", b"[" * 9000, b'{"question": 1}', b'{"question": ""}', b"\xff", b"1" * 5000]
)
def test_what_cannot_be_read_is_held_back_like_anything_else(client: FlaskClient, body: bytes) -> None:
    for _ in range(3):
        client.post("/", data=ASKED, environ_base=ELSEWHERE)

    sent = client.post("/api/v1/ask", data=body, content_type="application/json", environ_base=ELSEWHERE)

    assert sent.status_code == 429


@pytest.mark.parametrize("path", ["/", "/topics", "/answers/dry-lips", "/healthz", "/api/v1/topics"])
def test_reading_is_never_held_back(client: FlaskClient, small_bot: Bot, path: str) -> None:
    for _ in range(5):
        client.post("/api/v1/ask", json=ASKED, environ_base=ELSEWHERE)
    path = path.replace("dry-lips", small_bot.release.entries[0].id)

    assert client.get(path, environ_base=ELSEWHERE).status_code == 200


def test_suggestions_take_nothing_from_questions_and_have_a_wider_limit(client: FlaskClient) -> None:
    def suggest() -> int:
        return client.get("/api/v1/suggest?q=dry", environ_base=ELSEWHERE).status_code

    assert [suggest() for _ in range(31)] == [200] * 30 + [429]
    asked = [client.post("/api/v1/ask", json=ASKED, environ_base=ELSEWHERE).status_code for _ in range(4)]
    assert asked == [200, 200, 200, 429]


def test_who_may_ask_no_more_may_still_have_it_forgotten_and_rate_it(client: FlaskClient) -> None:
    answers = [client.post("/api/v1/ask", json=ASKED, environ_base=ELSEWHERE) for _ in range(4)]
    assert answers[-1].status_code == 429
    token = answers[0].get_json()["conversation"]

    forgotten = client.delete(f"/api/v1/conversations/{token}", environ_base=ELSEWHERE)
    cleared = client.post("/clear", data={"conversation": token}, environ_base=ELSEWHERE)
    rated = client.post("/api/v1/feedback", json={"turn": "x" * 12, "helpful": True}, environ_base=ELSEWHERE)

    assert (forgotten.status_code, cleared.status_code < 400) == (204, True)
    assert rated.status_code == 404


def test_the_port_that_a_proxy_names_makes_nobody_somebody_else(small_bot: Bot, seconds: Seconds) -> None:
    behind = served(small_bot, seconds, CLINICBOT_RATE_LIMIT="6", CLINICBOT_TRUSTED_PROXIES="1")

    def ask(address: str) -> int:
        return behind.post("/api/v1/ask", json=ASKED, headers={"X-Forwarded-For": address}).status_code

    assert [ask(f"203.0.113.78:{20_000 + each}") for each in range(4)] == [200, 200, 200, 429]
    assert [ask(f"[2001:db8::{each}]:443") for each in range(1, 5)] == [200, 200, 200, 429]


def test_this_machine_is_not_held_back(client: FlaskClient) -> None:
    assert {client.post("/api/v1/ask", json=ASKED).status_code for _ in range(9)} == {200}


def test_behind_a_proxy_each_patient_counts_and_nobody_can_claim_to_be_somebody_else(
    small_bot: Bot, seconds: Seconds
) -> None:
    client = served(small_bot, seconds, CLINICBOT_RATE_LIMIT="2", CLINICBOT_TRUSTED_PROXIES="1")

    def ask(said: str) -> int:
        return client.post("/api/v1/ask", json=ASKED, headers={"X-Forwarded-For": said}).status_code

    assert [ask("198.51.100.1"), ask("198.51.100.1"), ask("198.51.100.2")] == [200, 429, 200]
    assert ask("127.0.0.1, 198.51.100.1") == 429


def test_without_a_limit_nobody_is_counted(small_bot: Bot, seconds: Seconds) -> None:
    client = served(small_bot, seconds, CLINICBOT_RATE_LIMIT="0")

    codes = {client.post("/api/v1/ask", json=ASKED, environ_base=ELSEWHERE).status_code for _ in range(20)}

    assert codes == {200}


@pytest.fixture
def busy(small_bot: Bot, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[FlaskClient, threading.Event]]:
    """A server of one thread whose only place is taken until the event is set, and where nobody waits for it."""
    monkeypatch.setattr(limits, "Admission", lambda at_work, **_: Admission(at_work, waiting=0))
    entered, go_on = threading.Event(), threading.Event()

    class Slow:
        """The bot, as slow as a test wants it."""

        def ask(self, *given: object, **named: object) -> object:
            entered.set()
            go_on.wait(10)
            return small_bot.ask(*given, **named)  # type: ignore[arg-type]

        def __getattr__(self, name: str) -> object:
            return getattr(small_bot, name)

    settings: Settings = read_settings({"CLINICBOT_THREADS": "1"})
    app = create_app(settings, Live(Slow()))  # type: ignore[arg-type]
    first = threading.Thread(target=lambda: app.test_client().post("/api/v1/ask", json=ASKED))
    first.start()
    assert entered.wait(10)
    yield app.test_client(), go_on
    go_on.set()
    first.join()


def test_under_too_much_load_the_emergency_numbers_are_shown_at_once(
    busy: tuple[FlaskClient, threading.Event],
) -> None:
    client, go_on = busy

    form = {"question": "my throat is closing up", "key": "k" * 18, "mine": "q:my own"}
    page = client.post("/?channel=widget&locale=en-US", data=form)
    problem = client.post("/api/v1/ask", json=ASKED)

    assert page.status_code == problem.status_code == 503
    assert page.headers["Retry-After"] == problem.headers["Retry-After"] == "5"
    assert 'href="tel:911"' in page.text
    again = page.text[page.text.index("<form") :]  # what was typed is there, to be sent once more
    assert 'action="/?channel=widget&amp;locale=en-US"' in again
    assert ">\nmy throat is closing up</textarea>" in again
    assert 'name="key" value="kkkkkkkkkkkkkkkkkk"' in again
    assert 'name="mine" value="q:my own"' in again
    assert '<a href="/?channel=widget&amp;locale=en-US">try again</a>' in page.text
    assert "emergency" in problem.get_json(force=True)["detail"]
    assert client.get("/").status_code == client.get("/healthz").status_code == 200
    go_on.set()


def test_a_place_is_given_back_whatever_becomes_of_the_request(client: FlaskClient) -> None:
    for body in (b"", b"{", b'{"question": ""}', b'{"question": "hi"}'):
        client.post("/api/v1/ask", data=body, content_type="application/json")
    client.post("/turns", data={}, headers={"Sec-Fetch-Site": "cross-site"})

    admission = Admission(1)
    assert admission.enter()
    admission.leave()
    assert (admission.at_work, admission.waiting) == (0, 0)


def test_who_waits_is_let_in_when_there_is_room_and_sent_away_when_there_is_none() -> None:
    admission = Admission(1, waiting=1, patience_s=60)
    assert admission.enter()
    let_in: list[bool] = []
    waiter = threading.Thread(target=lambda: let_in.append(admission.enter()))
    waiter.start()
    while admission.waiting == 0:
        pass

    assert not admission.enter()
    admission.leave()
    waiter.join(10)

    assert let_in == [True]
    assert not Admission(0, waiting=1, patience_s=0).enter()


def test_one_sender_has_a_share_of_the_places_and_others_are_let_in() -> None:
    admission = Admission(4, waiting=4, patience_s=0, share=2)

    let_in = [admission.enter(each) for each in ("a", "a", "a", "b", None, "c")]

    assert let_in == [True, True, False, True, True, False]
    admission.leave("a")
    assert admission.enter("a")


def test_messages_that_wait_for_the_database_hold_no_place_of_a_question(house: House) -> None:
    app = create_app(read_settings({"CLINICBOT_THREADS": "2"}), now=lambda: NOON, house=house)
    entered, go_on = threading.Semaphore(0), threading.Event()

    def hold() -> Response:
        entered.release()
        go_on.wait(20)
        return Response(status=201)

    app.view_functions["api_handoffs.handoff"] = hold
    codes: list[int] = []

    def send(address: str) -> None:
        codes.append(
            app.test_client().post("/api/v1/handoffs", json={}, environ_base={"REMOTE_ADDR": address}).status_code
        )

    senders = [threading.Thread(target=send, args=(address,)) for address in ("198.51.100.1", "198.51.100.2") * 2]
    for sender in senders:
        sender.start()
    for _ in senders:
        assert entered.acquire(timeout=10)

    answers = {app.test_client().post("/api/v1/ask", json=ASKED, environ_base=ELSEWHERE).status_code for _ in range(3)}
    go_on.set()
    for sender in senders:
        sender.join(20)

    assert answers == {200}
    assert codes == [201] * 4
