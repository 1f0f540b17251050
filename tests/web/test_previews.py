"""Answers as search engines and link previews see them."""

from __future__ import annotations

import copy
import html
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest
from curating import worded
from flask.testing import FlaskClient

from bot.config import read_settings
from bot.dialogue.bot import Bot
from bot.errors import SettingError
from bot.patients.live import Live
from bot.store.content import add_review, add_revision, find_approved
from bot.web.app import create_app
from bot.web.opening import House

HOME = "https://chat.clinic.example"
LISTED = {"CLINICBOT_INDEXING": "yes", "CLINICBOT_PUBLIC_URL": f"{HOME}/"}


@pytest.fixture
def listed(bot: Bot) -> FlaskClient:
    return create_app(read_settings(LISTED), Live(bot)).test_client()


def data_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def metas_of(page: str) -> dict[str, str]:
    return {
        name: html.unescape(text)
        for name, text in re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)"', page)
    }


def test_an_answer_has_a_card_for_links(listed: FlaskClient, bot: Bot) -> None:
    page = listed.get("/answers/dry-lips").get_data(as_text=True)
    part = bot.answer("dry-lips")
    metas = metas_of(page)

    assert part is not None
    assert f"<title>{part.headline} – Riverside Skin Clinic</title>" in page
    assert f'<link rel="canonical" href="{HOME}/answers/dry-lips">' in page
    assert metas["og:title"] == part.headline
    assert metas["og:url"] == f"{HOME}/answers/dry-lips"
    assert metas["og:site_name"] == "Riverside Skin Clinic"
    assert metas["og:locale"] == "en_GB"
    assert len(metas["description"]) <= 155
    assert part.answer_text.startswith(metas["description"].removesuffix("...").rstrip())
    assert "robots" not in metas


def test_an_answer_is_structured_data(listed: FlaskClient, bot: Bot) -> None:
    data = data_of(listed.get("/answers/dry-lips").get_data(as_text=True))
    part = bot.answer("dry-lips")

    assert part is not None
    assert data["@context"] == "https://schema.org"
    assert set(data["@type"]) == {"FAQPage", "MedicalWebPage"}
    assert data["url"] == f"{HOME}/answers/dry-lips"
    assert data["mainEntity"][0]["name"] == part.headline
    assert data["mainEntity"][0]["acceptedAnswer"]["text"] == str(part.whole_html)
    assert data["publisher"]["telephone"] == "020 7946 0123"


def test_a_review_is_named_only_when_there_was_one(listed: FlaskClient, bot: Bot) -> None:
    assert "lastReviewed" not in data_of(listed.get("/answers/dry-lips").get_data(as_text=True))

    approved = copy.copy(bot)
    clinic = replace(bot.release.clinic, approved_by="Dr Ada Lee", approved_on=date(2026, 10, 12))
    approved.release = replace(bot.release, clinic=clinic)
    page = create_app(read_settings(LISTED), Live(approved)).test_client().get("/answers/dry-lips")

    data = data_of(page.get_data(as_text=True))
    assert data["lastReviewed"] == "2026-10-12"
    assert data["reviewedBy"]["name"] == "Dr Ada Lee"


def test_approved_words_cannot_break_out_of_the_data(bot: Bot) -> None:
    odd = copy.copy(bot)
    odd.release = replace(bot.release, clinic=replace(bot.release.clinic, name='</script><b>"&'))
    page = create_app(read_settings(LISTED), Live(odd)).test_client().get("/answers/dry-lips").get_data(as_text=True)

    assert data_of(page)["publisher"]["name"] == '</script><b>"&'
    assert "<b>" not in page


def test_every_answer_has_sound_data(listed: FlaskClient, bot: Bot) -> None:
    for entry in bot.release.entries:
        page = listed.get(f"/answers/{entry.id}").get_data(as_text=True)
        assert data_of(page)["mainEntity"][0]["acceptedAnswer"]["text"]
        assert metas_of(page)["og:description"]


def test_the_sitemap_lists_every_answer(listed: FlaskClient, bot: Bot) -> None:
    response = listed.get("/sitemap.xml")
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    tree = ElementTree.fromstring(response.get_data())  # noqa: S314 - our own
    places = {url.findtext(f"{space}loc"): url.findtext(f"{space}lastmod") for url in tree}

    assert response.content_type.startswith("application/xml")
    assert len(places) == len(bot.release.entries) + 2
    assert places[f"{HOME}/answers/dry-lips"] == str(bot.release.published_at.date())


def test_the_sitemap_knows_when_a_text_changed(house: House, bot: Bot) -> None:
    client = create_app(read_settings(LISTED), house=house).test_client()
    with house.database.change() as db:
        before = find_approved(db, "dry-lips")
        assert before is not None
        later = before.created_at.replace(year=2027)
        changed = add_revision(db, worded("Other words.")(before.entry), author="Ed", reason="x", at=later)
        add_review(db, changed.revision_id, "approve", reviewer="Cleo", own=False, comment="", at=later)

    # Approved, but not published: what patients read is of the release.
    assert f"<lastmod>{bot.release.published_at.date()}</lastmod>" in client.get("/sitemap.xml").get_data(as_text=True)
    assert "2027" not in client.get("/sitemap.xml").get_data(as_text=True)


def test_search_engines_are_kept_out_unless_wanted(client: FlaskClient, listed: FlaskClient) -> None:
    assert client.get("/sitemap.xml").status_code == 404
    assert client.get("/robots.txt").get_data(as_text=True) == "User-agent: *\nDisallow: /\n"
    assert metas_of(client.get("/answers/dry-lips").get_data(as_text=True))["robots"] == "noindex"

    robots = listed.get("/robots.txt").get_data(as_text=True)
    assert f"Sitemap: {HOME}/sitemap.xml" in robots
    assert "Disallow: /staff/\n" in robots
    assert "Disallow: /\n" not in robots


def test_without_the_setting_the_address_is_that_of_the_request(client: FlaskClient) -> None:
    page = client.get("/answers/dry-lips", base_url="http://clinic.test:8000").get_data(as_text=True)

    assert '<link rel="canonical" href="http://clinic.test:8000/answers/dry-lips">' in page


@pytest.mark.parametrize("wrong", ["chat.example", "ftp://chat.example", "https://chat.example/path", "https://a b"])
def test_an_address_that_cannot_be_one_stops_the_start(wrong: str) -> None:
    with pytest.raises(SettingError, match="CLINICBOT_PUBLIC_URL"):
        read_settings({"CLINICBOT_PUBLIC_URL": wrong})


def test_staff_copy_the_line_with_the_address(house: House, sign_in: Callable[[str], FlaskClient]) -> None:
    page = sign_in("admin").get("/staff/settings").get_data(as_text=True)

    assert '&lt;script src="http://localhost/widget.js" data-clinicbot async&gt;&lt;/script&gt;' in page
