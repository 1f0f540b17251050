"""Claim check: what patients must not be told as it stands is found by general rules, in any document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import resources
from typing import Any

import pytest
import yaml
from documents import FOLDER
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.ingest.blocks import Block, Kind
from bot.ingest.claims import LONGEST_SENTENCE, check_claims, check_section, check_sentence, sentences_in
from bot.ingest.readers import read_bytes
from bot.ingest.sandbox import silent
from bot.ingest.sections import Section, sections_of

WHOLE = {"incomplete", "readability", "undated", "anonymous", "sources", "shop link"}  # of sections and documents


def rules(sentence: str) -> set[str]:
    return {warning.rule for warning in check_sentence(sentence)}


@pytest.mark.parametrize(
    ("sentence", "rule"),
    [
        ("You can order Brelvia online from our partner.", "purchase"),
        ("It costs £12.50 a tube.", "purchase"),
        ("No prescription needed.", "purchase"),
        ("This life-changing cream is one of the most powerful there is.", "promotional"),
        ("Few treatments can match it.", "promotional"),
        ("It is a trusted option.", "promotional"),
        ("The cream cures eczema.", "absolute"),
        ("Results are permanent.", "absolute"),
        ("It is safe for children.", "absolute"),
        ("It has no side effects.", "absolute"),
        ("About 85% are free of signs.", "number"),
        ("It works within 6 weeks.", "number"),
        ("One in five people have it again.", "number"),
        ("Take 20 mg.", "number"),
        ("You should stop taking it when you feel better.", "decision"),
        ("Some people need a lower dose.", "decision"),
        ("Pregnant women must not touch it.", "who"),
        ("Studies show that it works.", "evidence"),
        ("It is often considered the best.", "evidence"),
        ("This happens because toxins are being flushed out.", "mechanism"),
        ("Drinking tea helps to reduce redness.", "effect"),
    ],
)
def test_a_claim_is_found(sentence: str, rule: str) -> None:
    assert rule in rules(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Tell us if your skin gets sore.",
        "The nurse looks at your skin and asks how you are.",
        "A virus causes it.",
        "In the sun the skin burns more quickly.",
    ],
)
def test_plain_words_are_left_alone(sentence: str) -> None:
    assert rules(sentence) == set()


def test_a_number_with_its_source_is_left_alone() -> None:
    assert "number" not in rules("About 30% had it again (Hill 2021).")
    assert "number" not in rules("According to the guideline, 30% had it again.")


def test_a_mechanical_mend_is_offered() -> None:
    (warning,) = [each for each in check_sentence("Women of childbearing age take a test.") if each.rule == "who"]

    assert warning.suggestion == "Everyone who could become pregnant take a test."


def test_the_claims_of_a_copied_article_are_found_without_being_told() -> None:
    reading = read_bytes("article.txt", (FOLDER / "copied-article.txt").read_bytes(), silent)
    warnings = check_claims(reading, sections_of(reading.blocks))
    found = {(warning.rule, warning.section) for warning in warnings}

    assert {("undated", ""), ("anonymous", ""), ("sources", "")} <= found
    assert ("purchase", "Introduction") in found
    assert ("number", "1. Shrinks the Lining") in found
    assert ("mechanism", "How Soon Will I Notice?") in found
    assert ("absolute", "Nasafree's Lasting Relief") in found
    assert ("decision", "Nasafree's Lasting Relief") in found
    assert ("incomplete", "Common Effects") in found
    assert ("promotional", "Conclusion") in found
    assert {warning.rule for warning in warnings} <= WHOLE | set(listed())


def test_a_plain_leaflet_raises_few() -> None:
    reading = read_bytes("inhaler.md", (FOLDER / "inhaler.md").read_bytes(), silent)
    warnings = check_claims(reading, sections_of(reading.blocks))

    assert {warning.rule for warning in warnings} <= {"undated", "anonymous", "sources", "number", "decision"}


def test_sentences_do_not_end_at_abbreviations() -> None:
    assert sentences_in("Ask Dr. Bell, e.g. by phone. Then wait.") == ["Ask Dr. Bell, e.g. by phone.", "Then wait."]


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_sentence_can_be_checked(sentence: str) -> None:
    assert rules(sentence) <= WHOLE | set(listed())


def listed() -> dict[str, Any]:
    return dict(yaml.safe_load(resources.files("bot.ingest").joinpath("data/claims.yaml").read_text(encoding="utf-8")))


def patterns() -> Iterator[str]:
    for rule in listed().values():
        yield from rule["patterns"]
        if "unless" in rule:
            yield rule["unless"]


def repetitions(parsed: Any) -> Iterator[int]:
    """The most times that each repetition of a pattern may go round, those within it multiplied with it."""
    for item in parsed if isinstance(parsed, (list, tuple)) or hasattr(parsed, "data") else ():
        if isinstance(item, tuple) and len(item) == 2 and str(item[0]).endswith("_REPEAT"):
            _, most, inner = item[1]
            yield int(most)
            yield from (int(most) * each for each in repetitions(inner))
        elif isinstance(item, (list, tuple)) or hasattr(item, "data"):
            yield from repetitions(item)


@pytest.mark.parametrize("pattern", list(patterns()))
def test_every_repetition_in_the_rules_is_bounded(pattern: str) -> None:
    parser = re._parser  # type: ignore[attr-defined]  # the one that the patterns are compiled with

    assert all(most <= 100 for most in repetitions(parser.parse(pattern))), "a file could make this search for ever"


def test_unbounded_repetitions_are_seen_wherever_they_stand() -> None:
    parser = re._parser  # type: ignore[attr-defined]

    for pattern in (r"\d+", r"(?:a|b[.,]*c)", r"(?:\w{1,30} ){0,9}", r"(?<=a)(?P<x>b{2,})?", r"a(?! b+)", "a*?"):
        assert any(most > 100 for most in repetitions(parser.parse(pattern))), pattern


@pytest.mark.parametrize("text", ["Dr. " * 3_000, "1" * 9_000, "Words " * 2_000, "a" * 9_000, "x. Y" * 3_000])
def test_no_sentence_is_longer_than_the_rules_may_see(text: str) -> None:
    sentences = sentences_in(text)

    assert max(map(len, sentences)) <= LONGEST_SENTENCE
    assert "".join(sentences).replace(" ", "") == text.replace(" ", "")


def test_a_long_row_and_a_long_sentence_are_searched_in_parts() -> None:
    table = Block(kind=Kind.TABLE, place="", rows=(("plain words " * 300, "It cures eczema"),))
    words = Block(kind=Kind.PARAGRAPH, place="", text="plain words " * 300 + "and no prescription needed")
    section = Section(number=1, level=1, heading="A", path=("A",), blocks=(table, words), place="")

    warnings = check_section(section)

    assert {"absolute", "purchase"} <= {each.rule for each in warnings}
    assert all(len(each.quote) <= LONGEST_SENTENCE for each in warnings)


def test_a_suggestion_reads_as_a_sentence() -> None:
    (warning,) = (each for each in check_sentence("Many see permanent or near-permanent relief.") if each.suggestion)

    assert warning.suggestion == "Many see long-lasting relief."
