"""Two editors at once: nothing that either of them wrote is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.faq.entry import Answer, Citation, Entry, NextStep, Phrasing, Region, StepKind
from bot.staff.fields import LABELS, LISTS, changed_fields, text_of, value_of, with_value
from bot.staff.merging import choose, merge

WORDS = st.sampled_from(["dry lips", "sore lips", "balm", "ointment", "at night", "Tell us.", "Wait a week.", "é–✓"])
_DATES = st.dates(date(2026, 1, 1), date(2028, 1, 1))
_STEPS = st.builds(NextStep, st.sampled_from(StepKind), WORDS, st.none() | st.just("{{ clinic.phone }}"))
_PLAIN_ANSWERS = st.builds(Answer, WORDS, WORDS | st.just(""))


def _in_order(variants: dict[Region, object]) -> dict[Region, object]:
    return {region: variants[region] for region in Region if region in variants}


ENTRIES = st.builds(
    Entry,
    id=st.just("dry-lips"),
    topic=st.sampled_from(["side-effects", "living"]),
    question=WORDS,
    phrasings=st.lists(
        st.builds(Phrasing, WORDS, st.sampled_from(["written", "patient"])), unique_by=lambda each: each.text
    ).map(tuple),
    answer=st.builds(Answer, WORDS, WORDS, st.dictionaries(st.sampled_from(Region), _PLAIN_ANSWERS).map(_in_order)),
    next_step=_STEPS,
    citations=st.lists(st.builds(Citation, WORDS, checked=st.none() | _DATES), unique=True).map(tuple),
    related=st.lists(st.sampled_from(["dry-skin", "nosebleeds", "alcohol"]), unique=True).map(tuple),
    golden=st.lists(WORDS, unique=True).map(tuple),
    review_by=_DATES,
    owner=WORDS,
    next_step_variants=st.dictionaries(st.sampled_from(Region), _STEPS).map(_in_order),
)

BASE = Entry(
    id="dry-lips",
    topic="side-effects",
    question="My lips are dry. What helps?",
    phrasings=(Phrasing("sore lips"), Phrasing("cracked lips"), Phrasing("lip balm")),
    answer=Answer("Use a balm.", "Many times a day."),
    next_step=NextStep(StepKind.SELF_CARE, "Look after them."),
    citations=(),
    related=("dry-skin",),
    golden=("which salve",),
    review_by=date(2027, 1, 1),
    owner="nursing team",
)


@given(ENTRIES, ENTRIES)
def test_who_changed_nothing_gets_the_other_text(base: Entry, changed: Entry) -> None:
    assert merge(base, changed, base).entry == changed
    assert merge(base, base, changed).entry == changed
    assert merge(base, changed, changed).entry == changed
    assert not merge(base, changed, base).collisions


@given(ENTRIES, ENTRIES, ENTRIES)
def test_nothing_that_either_side_added_to_a_list_is_lost(base: Entry, theirs: Entry, mine: Entry) -> None:
    merged = merge(base, theirs, mine).entry

    for name in LISTS:
        old, one, other, new = (_keys(entry, name) for entry in (base, theirs, mine, merged))
        assert set(new) == (set(one) & set(other)) | (set(one) - set(old)) | (set(other) - set(old))
        assert len(new) == len(set(new))


@given(ENTRIES, ENTRIES, ENTRIES)
def test_every_changed_text_stands_in_the_entry_or_in_a_collision(base: Entry, theirs: Entry, mine: Entry) -> None:
    merged = merge(base, theirs, mine)
    collided = {each.field: each for each in merged.collisions}

    for name in LABELS:
        if name in LISTS:
            continue
        for side in (theirs, mine):
            if value_of(side, name) == value_of(base, name):
                continue
            found = collided.get(name)
            kept = (found.theirs, found.mine) if found else (text_of(merged.entry, name),)
            assert text_of(side, name) in kept


@given(ENTRIES, ENTRIES, ENTRIES)
def test_it_does_not_matter_who_saves_first_but_for_the_order(base: Entry, theirs: Entry, mine: Entry) -> None:
    one, other = merge(base, theirs, mine), merge(base, mine, theirs)

    assert {(each.field, each.theirs, each.mine) for each in one.collisions} == {
        (each.field, each.mine, each.theirs) for each in other.collisions
    }
    collided = {each.field for each in one.collisions}
    for name in LABELS:
        if name in LISTS:
            assert set(value_of(one.entry, name)) == set(value_of(other.entry, name))
        elif name not in collided:
            assert value_of(one.entry, name) == value_of(other.entry, name)


@given(ENTRIES, ENTRIES, ENTRIES)
def test_choosing_mine_everywhere_gives_my_text_where_it_collided(base: Entry, theirs: Entry, mine: Entry) -> None:
    merged = merge(base, theirs, mine)
    fields = tuple(each.field for each in merged.collisions)

    chosen = choose(merged.entry, mine, fields)

    assert all(value_of(chosen, name) == value_of(mine, name) for name in fields)


@given(ENTRIES, ENTRIES, st.sampled_from(list(LABELS)))
def test_a_field_takes_a_value_and_leaves_the_others(entry: Entry, other: Entry, name: str) -> None:
    changed = with_value(entry, name, value_of(other, name))

    assert value_of(changed, name) == value_of(other, name)
    assert set(changed_fields(entry, changed)) <= {name}


def test_what_i_add_stands_where_i_put_it() -> None:
    theirs = replace(BASE, phrasings=(*BASE.phrasings, Phrasing("theirs")))
    mine = replace(BASE, phrasings=(Phrasing("first"), BASE.phrasings[0], Phrasing("mine"), *BASE.phrasings[1:]))

    merged = merge(BASE, theirs, mine)

    assert [each.text for each in merged.entry.phrasings] == [
        "first", "sore lips", "mine", "cracked lips", "lip balm", "theirs",
    ]  # fmt: skip
    assert not merged.collisions


def test_a_reworded_phrasing_outlives_its_removal_by_the_other() -> None:
    theirs = replace(BASE, phrasings=BASE.phrasings[1:])
    mine = replace(BASE, phrasings=(Phrasing("very sore lips"), *BASE.phrasings[1:]))

    assert [each.text for each in merge(BASE, theirs, mine).entry.phrasings] == [
        "very sore lips", "cracked lips", "lip balm",
    ]  # fmt: skip


def test_a_next_step_goes_together() -> None:
    """A kind from one and the words of another could tell a patient to wait who should call."""
    theirs = replace(BASE, next_step=replace(BASE.next_step, kind=StepKind.SAME_DAY))
    mine = replace(BASE, next_step=replace(BASE.next_step, text="Try for a week."))

    merged = merge(BASE, theirs, mine)

    assert merged.entry.next_step == theirs.next_step
    assert [(each.field, each.mine) for each in merged.collisions] == [
        ("next_step", "Look after it yourself: Try for a week.")
    ]


@pytest.mark.parametrize("mine", ["Put on a balm.", ""])
def test_the_same_text_changed_by_both_collides(mine: str) -> None:
    merged = merge(
        BASE,
        replace(BASE, answer=replace(BASE.answer, short="Use an ointment.")),
        replace(BASE, answer=replace(BASE.answer, short=mine), owner="ward"),
    )

    assert merged.entry.answer.short == "Use an ointment."
    assert merged.entry.owner == "ward"
    (collision,) = merged.collisions
    assert (collision.base, collision.theirs, collision.mine) == ("Use a balm.", "Use an ointment.", mine)


def test_a_regional_answer_can_be_added_by_one_and_the_main_one_changed_by_the_other() -> None:
    theirs = with_value(BASE, "us_answer", Answer("Use petrolatum.", ""))
    mine = replace(BASE, answer=replace(BASE.answer, detail="At night too."))

    merged = merge(BASE, theirs, mine).entry

    assert merged.answer.variants == {Region.US: Answer("Use petrolatum.", "")}
    assert merged.answer.detail == "At night too."


def _keys(entry: Entry, name: str) -> list[object]:
    return [getattr(item, "text", item) for item in value_of(entry, name)]
