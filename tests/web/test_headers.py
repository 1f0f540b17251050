"""The headers that browsers hold us to, on everything that leaves: pages, API, files, errors."""

from __future__ import annotations

from flask.testing import FlaskClient

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
