"""The staff area on the kiosk's public screen: what is open is closed, and nobody is left on a page of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from bot.store import audit
from bot.web.opening import House

SignIn = Callable[[str], Any]
FROM_KIOSK = "/staff/sign-in?from=kiosk"


@pytest.fixture
def at_kiosk(sign_in: SignIn) -> Any:
    """A kiosk's browser in which an editor has just done both steps."""
    client = sign_in("editor")
    with client.session_transaction("/staff/") as session:
        session["kiosk"] = "/kiosk"
    return client


def is_in(client: Any) -> bool:
    return bool(client.get("/staff/inbox").status_code == 200)


def test_a_session_that_was_left_open_is_no_way_in_for_visitors(sign_in: SignIn, house: House) -> None:
    client = sign_in("editor")
    page = client.get(FROM_KIOSK)

    assert page.status_code == 200
    assert "<h1>Sign in</h1>" in page.text
    assert not is_in(client)
    with house.database.read() as db:
        assert next(event.action for event in audit.list_events(db)) == "account.signed-out"


def test_a_link_on_another_site_signs_nobody_out(sign_in: SignIn) -> None:
    client = sign_in("editor")
    client.get(FROM_KIOSK, headers={"Sec-Fetch-Site": "cross-site"})

    assert is_in(client)
    assert "Refresh" not in client.get("/staff/inbox").headers
    client.get("/staff/kiosk")
    assert is_in(client)


def test_every_page_before_the_door_gives_the_screen_back_and_has_a_button_for_it(visitor: FlaskClient) -> None:
    client: Any = visitor
    assert "Refresh" not in client.get("/staff/sign-in").headers
    pages = [
        client.get(f"{FROM_KIOSK}&locale=es"),
        client.post_form("/staff/sign-in?from=kiosk", email="x", password="nonsense"),
        client.post("/staff/sign-in?from=kiosk", data={"email": "x"}),  # without the mark of a form of ours
        client.get("/staff/two-step", follow_redirects=True),
        client.get("/staff/inbox", follow_redirects=True),
        client.get("/staff/nothing"),
    ]

    assert [page.status_code for page in pages] == [200, 422, 400, 200, 200, 404]
    for page in pages:
        assert page.headers["Refresh"] == "120; url=/kiosk?locale=es"
        assert 'href="/kiosk?locale=es">Back to the kiosk</a>' in page.text


def test_without_its_cookie_a_sign_in_page_still_leads_back(visitor: FlaskClient) -> None:
    refused = visitor.post(FROM_KIOSK, data={"email": "x"})

    assert refused.status_code == 400
    assert refused.headers["Refresh"] == "120; url=/kiosk"


def test_a_session_at_the_kiosk_ends_after_two_idle_minutes(at_kiosk: Any, clock: Any) -> None:
    for _ in range(4):
        clock.forward(seconds=100)
        page = at_kiosk.get("/staff/inbox")
        assert page.headers["Refresh"] == "120; url=/staff/kiosk"
        assert 'href="/staff/kiosk">Back to the kiosk</a>' in page.text
    clock.forward(seconds=121)

    assert not is_in(at_kiosk)


@pytest.mark.parametrize("way", ["left alone", "signed out"])
def test_leaving_leads_to_the_kiosk_and_signs_out(at_kiosk: Any, way: str) -> None:
    gone = at_kiosk.get("/staff/kiosk") if way == "left alone" else at_kiosk.post_form("/staff/sign-out")

    assert gone.location == "/kiosk"
    assert not is_in(at_kiosk)
    assert at_kiosk.get("/staff/sign-in").headers["Refresh"] == "120; url=/kiosk"  # who goes back in the browser too
