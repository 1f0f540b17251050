"""The widget's script and page, as they are served."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from bot.config import read_settings
from bot.patients.live import Live
from bot.store.tables_visits import turns
from bot.web.app import create_app
from bot.web.opening import House

MOST_BYTES_BEFORE_OPENING = 10_000


def test_the_script_is_one_small_file_for_every_site(client: FlaskClient) -> None:
    response = client.get("/widget.js", headers={"Accept-Encoding": "gzip"})
    text = gzip.decompress(response.data).decode()

    assert response.content_type == "text/javascript; charset=utf-8"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response.headers["Cache-Control"] == "public, max-age=300"
    assert "Set-Cookie" not in response.headers
    assert len(response.data) < MOST_BYTES_BEFORE_OPENING
    assert not re.search(r"\b(innerHTML|eval|document\.cookie|localStorage|sessionStorage|import)\b", text)


def test_it_knows_the_clinic(client: FlaskClient) -> None:
    text = client.get("/widget.js").get_data(as_text=True)
    facts = json.loads(re.search(r"const CLINIC = (\{.*?\});\n", text)[1])  # type: ignore[index]

    assert facts["name"] == "Riverside Skin Clinic"
    assert facts["colour"] == "#1f5f8b"
    assert facts["emergency"] == {"number": "999", "href": "tel:999"}


def test_it_is_asked_again_and_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/widget.js")
    again = client.get("/widget.js", headers={"If-None-Match": first.headers["ETag"], "Accept-Encoding": "gzip"})

    assert again.status_code == 304
    assert again.data == b""


def test_a_new_release_gives_a_new_script(client: FlaskClient) -> None:
    live: Live = client.application.extensions["clinicbot"].live
    bot = live.require()
    clinic = replace(bot.release.clinic, name="Clinic </script>\u2028 “Süd”", brand_colour="#5b3a86")

    class Other:
        release = replace(bot.release, clinic=clinic)

    other = create_app(read_settings({}), Live(Other())).test_client().get("/widget.js")  # type: ignore[arg-type]

    assert other.headers["ETag"] != client.get("/widget.js").headers["ETag"]
    assert "#5b3a86" in other.text
    assert "\u2028" not in other.text
    assert json.loads(re.search(r"const CLINIC = (\{.*?\});\n", other.text)[1])["name"] == clinic.name  # type: ignore[index]


def test_it_is_served_without_a_release_as_well() -> None:
    client = create_app(read_settings({}), Live(None, "broken")).test_client()

    assert "const CLINIC = {};" in client.get("/widget.js").get_data(as_text=True)


def test_the_page_is_the_chat_in_little_room(client: FlaskClient) -> None:
    page = client.get("/widget?channel=widget&locale=en-US").get_data(as_text=True)

    assert "css/widget.css" in page
    assert 'action="/?channel=widget&amp;locale=en-US"' in page
    assert 'href="/topics?channel=widget&amp;locale=en-US#side-effects"' in page
    assert " style=" not in page


@pytest.mark.parametrize(
    ("wanted", "goes_to"),
    [
        ("en-gb", "/widget?channel=widget&locale=en-GB"),
        ("en_US", "/widget?channel=widget&locale=en-US"),
        ("en-AU", "/widget?channel=widget&locale=en-GB"),
        ("es-MX", "/widget?channel=widget&locale=es"),
        ("zz", "/widget?channel=widget"),
        ("//evil.example", "/widget?channel=widget"),
    ],
)
def test_a_language_is_taken_as_pages_write_it(client: FlaskClient, wanted: str, goes_to: str) -> None:
    response = client.get("/widget", query_string={"channel": "widget", "locale": wanted})

    assert response.status_code == 302
    assert response.headers["Location"] == goes_to


def test_links_in_approved_wording_stay_in_the_frame(client: FlaskClient) -> None:
    page = client.post("/?channel=widget&locale=es", data={"question": "my lips are so dry"}).get_data(as_text=True)

    assert re.findall(r'href="/(?!static|theme)[^"?]*(?:"|\?(?!channel=widget&amp;locale=es))', page) == []


@pytest.mark.parametrize(("path", "channel"), [("/?channel=widget", "widget"), ("/?channel=fax", "web"), ("/", "web")])
@pytest.mark.parametrize("script", [True, False])
def test_staff_see_where_it_was_asked(house: House, path: str, channel: str, script: bool) -> None:
    client = create_app(read_settings({}), house=house).test_client()
    client.post(path.replace("/", "/turns") if script else path, data={"question": "my lips are so dry"})
    house.turns.close()

    with house.database.read() as db:
        assert [row.channel for row in db.execute(turns.select())] == [channel]
