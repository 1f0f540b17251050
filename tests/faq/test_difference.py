"""The difference of two releases: all of it, by name, and texts word by word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.faq.difference import Change, Difference, FieldChange, Names, difference, entry_changes, words_changed
from bot.faq.entry import Answer, Entry, Phrasing, Region
from bot.faq.files import load_knowledge
from bot.faq.release import Correction, Release, content_hash_of

WORDS = st.lists(
    st.sampled_from(["dry", "lips", "Dry", "don't", " ", "  ", "\n\n", ".", ",", "é", "😀"]), max_size=25
).map("".join)


@pytest.fixture(scope="module")
def shipped() -> Release:
    folder = Path(__file__).parent.parent.parent / "knowledge"
    return load_knowledge(folder, number=1, published_at=datetime(2026, 11, 24, tzinfo=UTC)).release


@settings(max_examples=300, deadline=None)
@given(WORDS | st.text(max_size=60), WORDS | st.text(max_size=60))
def test_the_pieces_of_a_change_are_the_two_texts(old: str, new: str) -> None:
    changes = words_changed(old, new)

    assert "".join(each.text for each in changes if each.kind != "added") == old
    assert "".join(each.text for each in changes if each.kind != "removed") == new
    assert all(each.text for each in changes)
    assert all(one.kind != other.kind for one, other in pairwise(changes))


@settings(max_examples=100, deadline=None)
@given(st.text(min_size=1, max_size=60))
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert words_changed(text, text) == (Change("same", text),)


def test_a_changed_word_is_shown_with_its_surroundings_as_they_were() -> None:
    assert words_changed("Use it twice a day, please.", "Use it once per day, please.") == (
        Change("same", "Use it "),
        Change("removed", "twice a"),
        Change("added", "once per"),
        Change("same", " day, please."),
    )


def test_a_text_of_one_word_over_and_over_takes_no_time_to_compare() -> None:
    changes = words_changed("begin " + "a " * 2000 + "end", "begin " + "a b " * 1000 + "end")

    assert changes[0] == Change("same", "begin a ")
    assert len(changes) <= 4


def test_equal_releases_have_no_difference(shipped: Release) -> None:
    found = difference(shipped, replace(shipped, number=9, content_hash="x"))

    assert not found
    assert found == Difference()


def test_entries_are_told_by_field(shipped: Release) -> None:
    first, second, third, *rest = shipped.entries
    changed = replace(
        second,
        answer=replace(second.answer, short="New.", variants={Region.US: Answer("Us.", "")}),
        phrasings=(*second.phrasings, Phrasing("from me", "patient")),
    )
    new = replace(third, id="new-one")

    found = difference(shipped, replace(shipped, entries=(changed, third, *rest, new)))

    assert found.entries == Names(added=("new-one",), removed=(first.id,), changed=(second.id,))
    (change,) = found.changes
    assert change.entry_id == second.id
    assert {each.field for each in change.changes} >= {"phrasings", "answer.short"}
    by_field = {each.field: each for each in change.changes}
    assert by_field["answer.short"] == FieldChange("answer.short", second.answer.short, "New.")
    assert by_field["answer.variants.us.short"].new == "Us."
    assert by_field["phrasings"].new == by_field["phrasings"].old + "\nfrom me (patient)"


def test_what_is_left_out_of_a_region_is_told(shipped: Release) -> None:
    entry = shipped.entry("supply-window")
    assert entry is not None
    fields = [each.field for each in entry_changes(entry, replace(entry, answer=replace(entry.answer, variants={})))]

    assert fields == ["answer.variants.us.short", "answer.variants.us.detail"]


@pytest.mark.parametrize(
    ("change", "name", "expected"),
    [
        (lambda r: replace(r, entries=r.entries[::-1]), "entries", Names(moved=True)),
        (lambda r: replace(r, topics=r.topics[1:]), "topics", Names(removed=("understanding",))),
        (lambda r: replace(r, topics=(replace(r.topics[0], title="T"), *r.topics[1:])), "topics", Names(changed=("understanding",))),
        (lambda r: replace(r, rules=(replace(r.rules[0], examples=()), *r.rules[1:])), "rules", None),
        (lambda r: replace(r, vocabulary=replace(r.vocabulary, chat={**r.vocabulary.chat, "u": "ewe"})), "vocabulary", Names(changed=("chat: u",))),
        (lambda r: replace(r, vocabulary=replace(r.vocabulary, protected=r.vocabulary.protected | {"zz"})), "vocabulary", Names(added=("protected: zz",))),
        (lambda r: replace(r, clinic=replace(r.clinic, phone="1")), "clinic", Names(changed=("phone",))),
        (lambda r: replace(r, clinic=replace(r.clinic, facts={**r.clinic.facts, "x": "y"})), "clinic", Names(added=("facts.x",))),
        (lambda r: replace(r, clinic=replace(r.clinic, approved_by="Dr A")), "clinic", Names(changed=("approved_by",))),
        (lambda r: replace(r, background=(*r.background, r.background[0])), "background", None),
        (lambda r: replace(r, background=(*r.background[1:], r.background[0])), "background", Names(moved=True)),
        (lambda r: replace(r, harmless=("new", *r.harmless)), "harmless", Names(added=("new",))),
        (lambda r: replace(r, corrections=(*r.corrections, Correction(question="q", wrong="a"))), "corrections", Names(added=("q",))),
    ],
)  # fmt: skip
def test_all_else_is_told_by_name(
    shipped: Release, change: Callable[[Release], Release], name: str, expected: Names | None
) -> None:
    found = difference(shipped, change(shipped))

    assert getattr(found, name) == expected or (expected is None and getattr(found, name))
    assert bool(found.facts) == (name == "clinic")
    assert replace(found, facts=(), **{name: Names()}) == Difference()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.from_type(Entry), min_size=2, max_size=2))
def test_two_states_of_an_entry_differ_in_some_field_or_are_equal(states: list[Entry]) -> None:
    one, other = states

    assert bool(entry_changes(one, replace(other, id=one.id))) == (one != replace(other, id=one.id))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from("abc"), max_size=4), st.lists(st.sampled_from("abc"), max_size=4))
def test_there_is_a_difference_exactly_where_the_content_differs(
    shipped: Release, old: list[str], new: list[str]
) -> None:
    one, other = replace(shipped, background=tuple(old)), replace(shipped, background=tuple(new))

    assert bool(difference(one, other)) == (content_hash_of(one) != content_hash_of(other))


def test_what_a_fact_of_the_clinic_said_and_says_is_told(shipped: Release) -> None:
    old = shipped
    new = replace(old, clinic=replace(old.clinic, phone="1", holidays={}))
    days = [each.isoformat() for each in old.clinic.holidays]

    facts = {each.field: (each.old, each.new) for each in difference(old, new).facts}

    assert facts.pop("phone") == (old.clinic.phone, "1")
    assert sorted(facts) == sorted(f"holidays.{day}" for day in days)
    assert all(said and not says for said, says in facts.values())
