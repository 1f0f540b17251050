"""Passwords: what is refused, and that what is stored opens for the right one only."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from bot.errors import InputError
from bot.staff.guessing import estimate
from bot.staff.passwords import UNUSABLE, check_password, hash_password, is_outdated, matches

ABOUT = ("Ada Lovelace", "ada.lovelace@greenfield.test", "Greenfield Clinic")


@pytest.mark.parametrize(
    "password",
    [
        "password1234", "P@ssw0rd2026!", "passwordpassword", "drowssap1234", "iloveyou1234", "Liverpool1892!",
        "qwertyuiop123", "1q2w3e4r5t6y", "qazwsxedcrfv", "zxcvbnm12345", "123456789012", "abcdefghijkl",
        "aaaaaaaaaaaa", "abcabcabcabc", "ab1!ab1!ab1!", "24.12.1984 Ada", "summer2026!!", "Isotretinoin2026!",
        "letmein letmein", "sunnyhospital12", "AdaLovelace1984", "lovelace-2026", "greenfield-clinic",
        "ada.lovelace@greenfield.test", "Gr33nf1eldCl1n1c", "unbelievable!", "christopher12",
    ],
)  # fmt: skip
def test_what_many_would_guess_is_refused_and_why_is_said(password: str) -> None:
    with pytest.raises(InputError) as caught:
        check_password(password, ABOUT)

    assert caught.value.field == "password"
    assert "easily guessed (" in caught.value.got
    assert password not in str(caught.value)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple", "marble-otter-plume-53", "9f8K2m!xQp0z", "zebra lamp quiet mountain",
        "krankenschwester tanzt", "пароль от больницы", "看病要先挂号然后再排队等", "ﬁne ottérs plume 7 boats", " leading space kept 9 ",
    ],
)  # fmt: skip
def test_what_is_hard_to_guess_is_taken_in_any_script(password: str) -> None:
    check_password(password, ABOUT)


@pytest.mark.parametrize("length", [0, 11, 201, 10_000])
def test_a_password_is_neither_short_nor_endless(length: int) -> None:
    with pytest.raises(InputError, match="12 to 200 characters"):
        check_password(("kV7?qz!m" * 2000)[:length])


def test_a_name_makes_a_password_guessable_only_for_its_owner() -> None:
    assert estimate("wojciechowski", ("Jan Wojciechowski",)).guesses < 1
    assert estimate("wojciechowski").guesses > 9


def test_the_estimate_is_the_sum_of_the_cheapest_parts() -> None:
    found = estimate("the1987")  # "the" is the first English word (rank 10), a year costs 2.1

    assert found.guesses == pytest.approx(1.0 + 2.1)
    assert found.kinds == ("a common word", "a year or a date")


def test_a_password_opens_what_was_made_of_it_and_nothing_else() -> None:
    stored = hash_password("marble-otter-plume-53")

    assert stored.startswith("$argon2id$")
    assert len(stored) <= 200
    assert matches(stored, "marble-otter-plume-53")
    assert not matches(stored, "marble-otter-plume-54")
    assert not matches(stored, "")
    assert not matches(stored, "x" * 100_000)
    assert not is_outdated(stored)


def test_a_composed_letter_is_the_same_letter() -> None:
    assert matches(hash_password("ottérs plume 7 boats"), "ottérs plume 7 boats")


def test_nobody_has_the_password_of_an_account_without_one() -> None:
    assert not matches(UNUSABLE, UNUSABLE)
    assert not matches(UNUSABLE, "nobody has this password")
    assert not matches("broken hash", "anything")
    assert not is_outdated(UNUSABLE)


def test_a_hash_of_weaker_parameters_is_known_as_outdated() -> None:
    assert is_outdated(PasswordHasher(time_cost=1, memory_cost=8192).hash("marble-otter-plume-53"))
