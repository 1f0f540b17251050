"""The second step: codes by the standard's own examples, sealed secrets, recovery codes."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from bot.config import Secret
from bot.staff import two_step
from bot.store.keys import derive, token_hash

KEY, OTHER = Secret("k" * 40), Secret("o" * 40)
RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037"), (20000000000, "353130")],
)
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    now = datetime.fromtimestamp(seconds, UTC)

    assert two_step.step_of(RFC_SECRET, code, now) == seconds // 30
    assert two_step.step_of(RFC_SECRET, f"{code[:3]} {code[3:]}", now) == seconds // 30


def test_a_clock_may_be_one_step_wrong_and_no_more() -> None:
    code = pyotp.TOTP(RFC_SECRET).at(NOON)
    accepted = [
        two_step.step_of(RFC_SECRET, code, NOON + timedelta(seconds=s)) is not None for s in (-60, -30, 0, 30, 60)
    ]

    assert accepted == [False, True, True, True, False]


@pytest.mark.parametrize("code", ["", "000000", "12345", "ééé", "x" * 1000, "٢٨٧٠٨٢"])
def test_anything_else_is_no_code(code: str) -> None:
    assert two_step.step_of(RFC_SECRET, code, datetime.fromtimestamp(59, UTC)) is None
    assert two_step.step_of("", code, NOON) is None


def test_a_secret_is_stored_sealed_and_opens_with_its_key_only() -> None:
    secret = two_step.new_secret()
    sealed = two_step.seal(KEY, secret)

    assert secret.encode() not in sealed
    assert two_step.unseal(KEY, sealed) == secret
    assert two_step.unseal(OTHER, sealed) == two_step.unseal(KEY, None) == two_step.unseal(KEY, b"broken") == ""


def test_an_offer_is_for_one_person() -> None:
    offer = two_step.offer(KEY, 7, RFC_SECRET)

    assert two_step.offered(KEY, 7, offer) == RFC_SECRET
    assert two_step.offered(KEY, 8, offer) == two_step.offered(OTHER, 7, offer) == two_step.offered(KEY, 7, "é") == ""
    assert two_step.offered(KEY, 7, two_step.seal(KEY, f"7 {RFC_SECRET}").decode()) == ""  # sealed for another purpose


def test_recovery_codes_are_ten_and_unlike() -> None:
    codes = two_step.new_codes()

    assert len(set(codes)) == two_step.RECOVERY_CODES == 10
    assert all(len(code) == 11 and code[5] == "-" for code in codes)


def test_a_recovery_code_counts_however_it_is_typed_but_for_its_owner_only() -> None:
    stored = two_step.code_hash(KEY, 7, "abcde-fghjk")

    assert stored == two_step.code_hash(KEY, 7, " ABCDE FGHJK ")
    assert stored not in (two_step.code_hash(KEY, 8, "abcde-fghjk"), two_step.code_hash(OTHER, 7, "abcde-fghjk"))
    assert stored != token_hash("7 abcdefghjk")


def test_the_picture_is_a_drawing_that_needs_no_other_address() -> None:
    assert two_step.picture(RFC_SECRET, "ada@c.test", "Clinic & Söhne").startswith("data:image/svg+xml")


def test_keys_for_different_purposes_are_unlike() -> None:
    assert derive(KEY, "a") == derive(KEY, "a") != derive(KEY, "b") != derive(OTHER, "b")
    assert len(derive(KEY, "a")) == 32
