"""The example in the document, run as a receiver would: it takes what we sign, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from receiving import NOON, Receiver, a_letter

from bot.config_delivery import NAMES, webhook_keys
from bot.delivery.posting import Post
from bot.delivery.webhook import Webhook

DOCUMENT = (Path(__file__).parent.parent.parent / "docs" / "handoffs.md").read_text(encoding="utf-8")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture(scope="module")
def is_ours() -> Callable[..., bool]:
    (example,) = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    names: dict[str, Any] = {}
    exec(example, names)  # noqa: S102 - our own document
    return names["is_ours"]  # type: ignore[no-any-return]


@pytest.fixture
def posted(receiver: Receiver) -> tuple[Mapping[str, str], bytes]:
    keys = webhook_keys(f"{SECRET},{'o' * 24}")
    Webhook(url=receiver.url(), keys=keys, post=Post(allowed=("127.0.0.1",))).send(a_letter(), NOON)
    _, headers, body = receiver.taken[0]
    return {name.lower(): value for name, value in headers.items()}, body


@pytest.mark.parametrize("secret", [SECRET, "o" * 24])
def test_what_we_send_is_known_as_ours(is_ours: Callable[..., bool], posted: Any, secret: str) -> None:
    headers, body = posted

    assert is_ours(headers, body, secret, now=NOON.timestamp() + 299)


def test_anything_else_is_not(is_ours: Callable[..., bool], posted: Any) -> None:
    headers, body = posted
    at = NOON.timestamp()

    assert not is_ours(headers, body + b" ", SECRET, now=at)
    assert not is_ours(headers, body, "x" * 24, now=at)
    assert not is_ours(headers, body, SECRET, now=at + 301)
    assert not is_ours({**headers, "webhook-id": "another"}, body, SECRET, now=at)
    assert not is_ours({**headers, "webhook-timestamp": str(int(at) + 1)}, body, SECRET, now=at)
    assert not is_ours({**headers, "webhook-timestamp": "noon"}, body, SECRET, now=at)
    assert not is_ours({}, body, SECRET, now=at)


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_is_told_of(name: str) -> None:
    assert f"`CLINICBOT_{name}`" in DOCUMENT
