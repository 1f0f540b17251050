"""A release as JSON and back: nothing is lost, and what is wrong is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import InputError
from bot.faq.clinic import ClinicProfile
from bot.faq.entry import Entry
from bot.faq.files import load_knowledge
from bot.faq.json_form import (
    clinic_from_plain,
    documents_from_plain,
    entry_from_plain,
    from_plain,
    release_from_plain,
)
from bot.faq.release import Correction, Release, SafetyRule, WordLists, content_hash_of, plain
from bot.faq.sources import Section, SourceDocument

CLINICS = st.builds(ClinicProfile, accepted_error=st.floats(allow_nan=False, allow_infinity=False))
PIECES: list[st.SearchStrategy[Any]] = [
    CLINICS,
    *(st.from_type(kind) for kind in (Entry, SafetyRule, WordLists, Correction, SourceDocument)),
]
RELEASES = st.builds(
    Release,
    published_at=st.datetimes(timezones=st.just(UTC)),
    entries=st.lists(st.from_type(Entry), max_size=2).map(tuple),
    rules=st.lists(st.from_type(SafetyRule), max_size=2).map(tuple),
    clinic=CLINICS,
)


@pytest.fixture(scope="module")
def shipped() -> Release:
    folder = Path(__file__).parent.parent.parent / "knowledge"
    return load_knowledge(folder, number=1, published_at=datetime(2026, 11, 24, tzinfo=UTC)).release


@settings(max_examples=60, deadline=None)
@given(RELEASES)
def test_any_release_comes_back_from_json_as_it_was(release: Release) -> None:
    again = release_from_plain(json.loads(json.dumps(plain(release))))

    assert again == release
    assert content_hash_of(again) == content_hash_of(release)


@settings(max_examples=150, deadline=None)
@given(st.one_of(PIECES))
def test_any_piece_comes_back_from_json_as_it_was(piece: Any) -> None:
    assert from_plain(type(piece), json.loads(json.dumps(plain(piece)))) == piece


def test_the_shipped_release_comes_back_with_its_content_hash(shipped: Release) -> None:
    again = release_from_plain(json.loads(json.dumps(plain(shipped))))

    assert again == shipped
    assert content_hash_of(again) == shipped.content_hash


def test_pieces_have_readers_of_their_own(shipped: Release) -> None:
    entry = shipped.entries[0]
    documents = (SourceDocument(id="a", title="A", kind="", note="", sections=(Section("One", 1, "00"),)),)

    assert entry_from_plain(_object(entry)) == entry
    assert clinic_from_plain(_object(shipped.clinic)) == shipped.clinic
    assert documents_from_plain([plain(each) for each in documents]) == documents


def _object(value: object) -> dict[str, Any]:
    found = plain(value)
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda data: data.pop("owner"), "owner"),
        (lambda data: data["answer"].update(short=3), "answer.short"),
        (lambda data: data["answer"].update(shrot="x"), "answer.shrot"),
        (lambda data: data["next_step"].update(kind="panic"), "next_step.kind"),
        (lambda data: data["phrasings"][1].update(origin="robot"), "phrasings.1.origin"),
        (lambda data: data.update(review_by="31.2.2027"), "review_by"),
        (lambda data: data.update(review_by=20270101), "review_by"),
        (lambda data: data.update(related="dry-skin"), "related"),
        (lambda data: data.update(golden={1, 2}), "Entry"),
        (lambda data: data.update(owner="\ud800"), "Entry"),
        (lambda data: data.update(related=data), "Entry"),
        (lambda data: data["answer"].update(variants={"mars": dict(data["answer"])}), "answer.variants.mars"),
    ],
)
def test_wrong_data_is_refused_by_its_field(
    shipped: Release, change: Callable[[dict[str, Any]], object], field: str
) -> None:
    data = _object(shipped.entries[0])
    change(data)

    with pytest.raises(InputError) as caught:
        entry_from_plain(data)

    assert caught.value.field.startswith(field)


def test_what_is_missing_or_wrong_at_the_top_is_named_too() -> None:
    with pytest.raises(InputError, match=r"documents\.0\.title: got nothing"):
        documents_from_plain([{"id": "a", "kind": "", "note": "", "sections": []}])
    with pytest.raises(InputError, match="Release"):
        release_from_plain([])  # type: ignore[arg-type]
