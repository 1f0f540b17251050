"""Personal details are taken out of messages, and nothing else is; whatever is typed, it ends and stays as it is."""

from __future__ import annotations

import csv
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.dialogue.bot import Bot
from bot.patients.redact import MARKS, redact

ROOT = Path(__file__).parent.parent.parent
CASES = list(
    csv.DictReader((ROOT / "tests" / "cases" / "redaction.csv").read_text(encoding="utf-8").splitlines(keepends=True))
)
LONG = 5_000
PIECES = [
    "I'm ", "my name is ", "Sarah", "tom", "Dr ", "Rose", "hill", "thanks, ", "- ", "from ", "soy ", "name: ", "here", "07700 900123",
    "0", "7", " ", "  ", "\n", ".", ",", "-", "(", ")", "+", "@", "/", "'", "at ", " dot ", "com", "gmail", "12 ", "High ", "St", "flat 4, ",
    "dob ", "born ", "3/4/1999", "3 April ", "ref ", "nhs no ", "SW1A 1AA", "IL 62704", "https://", "x.com", "[name]", "[phone]", "[",
    "]", "116 123", "999", "40mg", "\u200b", "\u00a0", "٠", "５", "é", "e\u0301", "\ue000", "\ud800", "i ", "is ", "and ", "my son ",
    "vivo en ", "calle ", " arroba ", " punto ", "dni ", "naci el ", "·", "mi hija ", "9 ", "M5V ", " is my phone",
]  # fmt: skip
UNITS = [
    "1", "1 ", " ", "0 ", "07700 ", "1-", "1.", "(", "+", "a", "a.", "a@", "@", "@a.", "a at ", "a dot ", "at dot ", "-", "- Aba ", "I'm ",
    "I'm tom ", "my name is ", "my name is Tom Hill ", "A", "Ab ", "12 High ", "12 High St ", "flat 1 ", "flat 1, ", "st ", "dob ", "born ",
    "3/4/", "3 April ", "one ", "nhs no ", "ref ", "AB12", "SW1A", "IL 6", "http://", "x.com/", "[name]", "[name], ", "a-", "a'", "\n", "x",
    "\u200b", "٠", "e\u0301", "thanks ", "from ", "and ", "de la ", "O'", "!!", "\"", "my son ", "- a - b ", "i live at ", "birth 1/1/",
]  # fmt: skip


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"benchmark_{name}", ROOT / "benchmarks" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    return _load("redaction")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:60])
def test_details_become_marks_and_the_rest_stays(case: dict[str, str]) -> None:
    assert redact(case["text"]) == case["expected"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:60])
def test_what_was_redacted_stays_as_it_is(case: dict[str, str]) -> None:
    assert redact(case["expected"]) == case["expected"]


@given(st.text())
def test_any_text_is_taken_and_a_second_time_changes_nothing(text: str) -> None:
    done = redact(text)

    assert redact(done) == done


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_pieces_of_details_in_any_order_are_taken_and_a_second_time_changes_nothing(text: str) -> None:
    done = redact(text)

    assert redact(done) == done


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(UNITS), st.sampled_from(["", *UNITS]), st.sampled_from(["", "!", "x", "1", "\n"]))
@example("1", "", "x")
@example(" ", "", "x")
@example("1 ", "", "x")
def test_long_runs_of_anything_come_to_an_end(one: str, two: str, last: str) -> None:
    text = ((one + two) * LONG)[:LONG] + last

    assert isinstance(redact(text), str)


@given(st.text(alphabet=st.characters(codec="utf-8", categories=["Zs", "Cf", "Po", "Sm"]), max_size=30))
def test_a_text_without_letters_and_digits_stays(text: str) -> None:
    assert redact(text) == text


@given(st.sampled_from(MARKS))
def test_marks_that_were_there_stay(mark: str) -> None:
    assert redact(f"[{mark}] and my [{mark}]") == f"[{mark}] and my [{mark}]"


@given(st.integers(0, 999_999), st.sampled_from(["", " ", "\u00a0", "\u200b", "-", ".", "\u2009", "\u2011"]))
def test_a_mobile_number_is_found_whatever_parts_it(last: int, gap: str) -> None:
    text = f"07700{gap}{last // 1000:03d}{gap}{last % 1000:03d}"

    assert redact(f"ring {text} please") == "ring [phone] please"


@given(st.integers(1, 999), st.sampled_from(["mg", " mg", " weeks", " days", " years", "%", " mmol/L", " capsules"]))
def test_doses_and_counts_stay(amount: int, unit: str) -> None:
    text = f"I'm on {amount}{unit} and worried"

    assert redact(text) == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("my name is john smith call 07700 900123", "my name is [name] call [phone]"),
        ("this is john baker about my lips", "this is [name] about my lips"),
        ("my name is john can you call me", "my name is [name] can you call me"),
    ],
)
def test_a_surname_that_is_a_word_too_is_found_without_a_capital(text: str, kept: str) -> None:
    assert redact(text) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("my chi number 010170 1234", "my chi number [number]"),
        ("my medicare number is 2123 45670 1", "my medicare number is [number]"),
        ("my postal code is M5V 2T6", "my postal code is [postcode]"),
        ("sort code 20-00-00 account 12345678", "sort code [number] account [number]"),
        ("0 7 7 0 0 9 0 0 1 2 3", "[phone]"),
        ("my nhs is 9 4 3 4 7 6 5 9 1 9", "my nhs is [number]"),
        ("07700/900123", "[phone]"),
        ("07700·900·123", "[phone]"),
        ("0412 345 678 is my phone", "[phone] is my phone"),
        ("SIN number 046 454 286", "SIN number [number]"),
        ("046 454 286 is my SIN number", "[number] is my SIN number"),
        ("aadhaar number 2345 6789 0123", "aadhaar number [number]"),
        ("my pps number is 1234567T", "my pps number is [number]"),
        ("my eircode is D02 X285", "my eircode is [postcode]"),
        ("Flat 3B 45 Long Lane", "[address]"),
        ("I live at 112 High Street", "I live at [address]"),
        ("my phone is 0 7 7 0 0 9 0 0 1 2 3 and I take 2 capsules", "my phone is [phone] and I take 2 capsules"),
    ],
)
def test_numbers_are_taken_out_whole_in_whatever_groups(text: str, kept: str) -> None:
    assert redact(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "alt 45 ast 38 and ferritin 612",
        "my blood pressure is 120/80 then 130/85 and 140/90",
        "days 1 2 3 4 5 6 7 8 9 10 11 12",
        "I took 40 40 60 60 80 80 mg",
        "started 3/4/2024 and 12/05/2024 then",
        "call me on 12/03/26",
        "platelets 250 300 280",
        "1 2 1 2 1 2 1 2 1 2 tablets a day",
        "call 112 now",
        "somebody called Geoff made it in 2008",
    ],
)
def test_rows_of_doses_dates_and_blood_values_stay(text: str) -> None:
    assert redact(text) == text


def test_structured_details_and_names_are_found_in_made_up_messages(benchmark: ModuleType) -> None:
    figures, _ = benchmark.measure(list(benchmark.messages()))

    for kind in benchmark.STRUCTURED:
        assert figures[kind]["recall"] >= 0.98, kind
    assert benchmark.pooled(figures, benchmark.NAMES)["recall"] >= 0.98


def test_details_are_found_in_spanish_messages_and_nothing_else_is(benchmark: ModuleType) -> None:
    figures, _ = benchmark.measure(list(benchmark.spanish_messages()))

    assert {kind: shares["recall"] >= 0.97 for kind, shares in figures.items()} == dict.fromkeys(figures, True)
    assert not benchmark.losses(benchmark.spanish_everyday_texts())["changed"]
    assert not benchmark.losses(benchmark.spanish_question_texts())["changed"]


def test_the_knowledge_loses_nothing_but_names(benchmark: ModuleType, bot: Bot) -> None:
    lost = benchmark.losses(list(benchmark.knowledge_texts(bot.release))[::151])  # the benchmark takes all

    assert lost["share_wrongly"] <= 0.01
    assert not lost["wrongly"]


def test_how_a_patient_is_never_reads_as_a_name(benchmark: ModuleType) -> None:
    assert not benchmark.losses(benchmark.everyday_texts())["changed"]
