"""The headers that browsers hold us to, on everything that leaves: pages, API, files, errors."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def addresses(client: FlaskClient) -> list[str]:
    """One address for each route, and some that there are not."""
    found = ["/nowhere", "/api/v1/nowhere", "/static/css/base.css", "/answers/nothing"]
    for rule in client.application.url_map.iter_rules():
        if not rule.arguments:
            found.append(str(rule))
    return found


def test_every_response_carries_the_policies(client: FlaskClient) -> None:
    for address in addresses(client):
        for method in ("GET", "POST", "PUT"):
            headers = client.open(address, method=method).headers

            policy = headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy, address
            assert "unsafe" not in policy, address
            assert "frame-ancestors" in policy, address
            assert "base-uri 'none'" in policy, address
            assert headers.get("X-Request-Id"), address
            assert "Set-Cookie" not in headers, address
            assert "Server" not in headers, address
            for name, value in EVERYWHERE.items():
                assert headers[name].startswith(value), (address, name)


def test_only_files_and_figures_of_our_own_may_be_kept_by_others(client: FlaskClient) -> None:
    for address in ("/", "/topics", "/api/v1/topics", "/nowhere"):
        assert client.get(address).headers["Cache-Control"] == "no-store"


def test_every_text_says_what_it_is_and_in_which_letters(client: FlaskClient) -> None:
    for address in addresses(client):
        for method in ("GET", "POST"):
            response = client.open(address, method=method)
            kind, _, letters = response.headers.get("Content-Type", "").partition("; ")
            if not response.get_data():
                continue
            if kind in ("application/json", "application/problem+json", "application/manifest+json"):
                assert response.get_json(force=True) is not None, address  # JSON is UTF-8 and says no more
            elif not kind.startswith(("image/png", "font/")):
                assert letters.lower() == "charset=utf-8", (address, kind)
                response.get_data(as_text=True)


def test_a_request_is_never_sent_back(client: FlaskClient) -> None:
    for address in ("/", "/api/v1/ask", "/nowhere"):
        response = client.open(address, method="TRACE", headers={"X-Canary": "zqcanary"})

        assert response.status_code in (404, 405)
        assert b"zqcanary" not in response.get_data()


def observatory_points(headers: Headers, page: str) -> int:
    """What Mozilla's HTTP Observatory would give, as far as a response alone tells; 100 and more is an A+.

    Source: https://developer.mozilla.org/en-US/observatory/docs/tests_and_scoring (its fifth version).
    """
    policy = dict(each.strip().partition(" ")[::2] for each in headers.get("Content-Security-Policy", "").split(";"))
    loads = " ".join(
        policy.get(name, policy.get("default-src", "*")) for name in ("script-src", "style-src", "object-src")
    )
    age = re.search(r"max-age=(\d+)", headers.get("Strict-Transport-Security", ""))
    foreign = re.findall(r"<script[^>]+src=\"(?:https?:)?//[^>]+>", page)
    cookies = headers.getlist("Set-Cookie")
    good_cookies = all("Secure" in each and "HttpOnly" in each and "SameSite" in each for each in cookies)
    return 100 + sum(
        (
            -25
            if not policy or "unsafe" in loads or "*" in loads
            else 10
            if policy.get("default-src") == "'none'"
            else 5,
            0 if not cookies else 5 if good_cookies else -20,
            -50 if headers.get("Access-Control-Allow-Origin") == "*" else 0,
            -20 if age is None or int(age[1]) < 15_768_000 else 0,
            5 if headers.get("Referrer-Policy") in ("no-referrer", "same-origin", "strict-origin") else 0,
            -5 * sum("integrity=" not in each for each in foreign),
            -5 if headers.get("X-Content-Type-Options") != "nosniff" else 0,
            5 if "frame-ancestors" in policy else -20,
            10 if headers.get("Cross-Origin-Resource-Policy") in ("same-origin", "same-site") else 0,
        )
    )


@pytest.mark.parametrize(
    "address", ["/", "/topics", "/contact", "/kiosk", "/privacy", "/nowhere", "/api/v1/topics", "/staff/sign-in"]
)
def test_the_observatory_would_give_an_a_plus(staff_app: Flask, address: str) -> None:
    response = staff_app.test_client().get(address, base_url="https://chat.clinic.example")

    assert observatory_points(response.headers, response.get_data(as_text=True)) >= 125


def test_the_points_can_be_lost() -> None:
    """A test that cannot fail proves nothing."""
    bad = Headers({"Content-Security-Policy": "default-src 'self'; script-src 'unsafe-inline'", "Set-Cookie": "a=b"})

    assert observatory_points(bad, '<script src="https://cdn.example/x.js"></script>') < 20
