"""Posting to a real server on this machine, which may hang, refuse, drip, redirect or answer what it likes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from receiving import Receiver, certificate_for

from bot.delivery.letter import DeliveryError
from bot.delivery.posting import Post

POST = Post(allowed=("127.0.0.1",), step_s=10, whole_s=10)


def refused(post: Post, url: str) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        post(url, b"{}", {})
    return caught.value


def test_the_body_arrives_with_its_headers(receiver: Receiver) -> None:
    POST(receiver.url("/in?clinic=1"), b"{}", {"Content-Type": "application/json", "webhook-id": "1"})

    path, headers, body = receiver.taken[0]
    assert (path, body) == ("/in?clinic=1", b"{}")
    assert headers["Host"] == f"127.0.0.1:{receiver.server_port}"
    assert headers["webhook-id"] == "1"


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(400, True), (401, False), (404, False), (422, True), (429, False), (500, False), (503, False)],
)
def test_what_is_refused_for_good_is_told_from_what_may_pass(receiver: Receiver, status: int, permanent: bool) -> None:
    receiver.status = status

    error = refused(POST, receiver.url())

    assert error.permanent is permanent
    assert str(status) in error.reason


def test_a_server_may_ask_to_wait_but_not_for_ever(receiver: Receiver) -> None:
    receiver.status = 503
    asked = {"120": 120, "99999": 3600, "Wed, 21 Oct 2026 07:28:00 GMT": 0, "9" * 5000: 0, "-5": 0}

    for text, seconds in asked.items():
        receiver.headers = {"Retry-After": text}  # type: ignore[misc]
        assert refused(POST, receiver.url()).after_s == seconds


def test_redirects_are_not_followed(receiver: Receiver) -> None:
    receiver.status, receiver.headers = 307, {"Location": receiver.url("/elsewhere")}  # type: ignore[misc]

    assert "redirects" in refused(POST, receiver.url()).reason
    assert [path for path, *_ in receiver.taken] == ["/hook"]


@pytest.mark.parametrize("status", [0, -1])
def test_a_server_that_hangs_or_drips_is_given_up(receiver: Receiver, status: int) -> None:
    receiver.status = status
    post = replace(POST, step_s=0.3 if status == 0 else 10, whole_s=0.3 if status else 10)

    assert refused(post, receiver.url()).reason == "no answer in time"


def test_nobody_listening_is_said_so(receiver: Receiver) -> None:
    url = receiver.url()
    receiver.stop()

    assert refused(POST, url).reason == "the connection is refused"


def test_this_machine_is_not_posted_to_unless_it_is_named(receiver: Receiver) -> None:
    assert refused(replace(POST, allowed=()), receiver.url()).permanent
    assert receiver.taken == []


def test_the_name_is_looked_up_once_and_then_held_to(receiver: Receiver) -> None:
    asked: list[str] = []

    def rebinding(host: str, port: int) -> tuple[str, ...]:
        asked.append(host)
        return ("127.0.0.1",) if len(asked) == 1 else ("10.0.0.1",)

    post = replace(POST, allowed=("clinic.example",), resolve=rebinding)
    post(f"http://clinic.example:{receiver.server_port}/hook", b"{}", {})

    assert asked == ["clinic.example"]
    assert receiver.taken[0][1]["Host"] == f"clinic.example:{receiver.server_port}"


def test_the_next_address_is_tried_when_one_does_not_answer(receiver: Receiver) -> None:
    post = replace(POST, allowed=("clinic.example",), resolve=lambda host, port: ("127.0.0.2", "127.0.0.1"))

    post(f"http://clinic.example:{receiver.server_port}/hook", b"{}", {})

    assert len(receiver.taken) == 1


def test_too_large_a_message_is_not_sent(receiver: Receiver) -> None:
    with pytest.raises(DeliveryError) as caught:
        POST(receiver.url(), b"x" * 1_000_001, {})

    assert caught.value.permanent


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[Receiver, Post]]:
    server, client = certificate_for(tmp_path, "clinic.example")
    opened = Receiver(server)
    hosts = {"allowed": ("clinic.example", "other.example"), "resolve": lambda host, port: ("127.0.0.1",)}
    yield opened, replace(POST, tls=lambda: client, **hosts)
    opened.stop()


def test_the_certificate_is_checked_against_the_name_not_the_address(secure: tuple[Receiver, Post]) -> None:
    receiver, post = secure

    post(f"https://clinic.example:{receiver.server_port}/hook", b"{}", {})
    error = refused(post, f"https://other.example:{receiver.server_port}/hook")

    assert len(receiver.taken) == 1
    assert "certificate" in error.reason


def test_a_certificate_that_nobody_vouches_for_is_refused(secure: tuple[Receiver, Post]) -> None:
    receiver, post = secure

    error = refused(replace(post, tls=Post().tls), f"https://clinic.example:{receiver.server_port}/hook")

    assert "certificate" in error.reason
    assert receiver.taken == []
