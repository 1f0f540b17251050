"""Faults stand beside their fields, and each wording with the rank it would get today."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from curating import revise

from bot.dialogue.bot import Bot
from bot.faq.entry import Answer, Citation, Entry, NextStep, Phrasing, Region, StepKind
from bot.faq.files import Loaded
from bot.staff.around import Around, load_around
from bot.staff.checking import Fault, check, must_mend
from bot.staff.fields import LABELS, with_value
from bot.staff.previewing import preview
from bot.staff.ranking import ranks_of
from bot.staff.seeding import seed_if_empty
from bot.staff.starting import empty_entry
from bot.store.content import add_review
from bot.store.database import Database
from bot.store.standings import load_standings

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TODAY = NOON.date()


@pytest.fixture
def around(database: Database, loaded: Loaded) -> Around:
    seed_if_empty(database, loaded, NOON)
    with database.read() as db:
        return load_around(db, "dry-lips")


@pytest.fixture
def lips(loaded: Loaded) -> Entry:
    found = loaded.release.entry("dry-lips")
    assert found
    return found


def test_every_shipped_entry_may_be_sent_as_it_is(database: Database, loaded: Loaded) -> None:
    seed_if_empty(database, loaded, NOON)
    with database.read() as db:
        standings = load_standings(db)
        for entry in loaded.release.entries:
            assert must_mend(check(entry, load_around(db, entry.id, standings), TODAY)) == (), entry.id


def test_what_an_empty_entry_lacks_is_said_once_for_each_field(around: Around) -> None:
    faults = check(empty_entry("lip-filler", "", "", date(2027, 5, 25)), around, TODAY)

    fields = [fault.field for fault in must_mend(faults)]
    assert fields == ["question", "topic", "phrasings", "short", "next_step", "sources", "owner"]
    assert [fault.field for fault in faults] == sorted((fault.field for fault in faults), key=list(LABELS).index)


def short(text: str) -> Callable[[Entry], Entry]:
    return lambda entry: replace(entry, answer=replace(entry.answer, short=text))


def detail(text: str) -> Callable[[Entry], Entry]:
    return lambda entry: replace(entry, answer=replace(entry.answer, detail=text))


def put(name: str, value: object) -> Callable[[Entry], Entry]:
    return lambda entry: with_value(entry, name, value)


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        (short("Put on <b>balm</b>."), "short", "raw HTML"),
        (detail("<script>x</script>"), "detail", "raw HTML"),
        (detail("See [this](https://example.org)."), "detail", "links to entries"),
        (short("See [this](entry:nothing)."), "short", "no entry"),
        (short("Call {{ clinic.fone }}."), "short", "clinic.phone"),
        (detail("Call {{ clinic.fone }}."), "detail", "clinic.phone"),
        (put("us_answer", Answer("Call {{ clinic.fone }}.", "")), "us_answer", "clinic.phone"),
        (put("us_answer", Answer("", "More.")), "us_answer", "Write the short answer"),
        (put("uk_step", NextStep(StepKind.SAME_DAY, "<i>Call</i>")), "uk_step", "raw HTML"),
        (put("uk_step", NextStep(StepKind.SAME_DAY, "")), "uk_step", "Say what to do next"),
        (put("next_step", NextStep(StepKind.SELF_CARE, "x" * 301)), "next_step", "301 characters"),
        (put("next_step", NextStep(StepKind.SELF_CARE, "Call.", "{{ clinic.fone }}")), "next_step", "clinic.phone"),
        (put("related", ("dry-skin", "nothing")), "related", '"nothing" is no other entry'),
        (put("related", ("dry-lips",)), "related", "no other entry"),
        (put("topic", "nowhere"), "topic", "not in topics"),
        (put("question", "x" * 201), "question", "201 characters"),
        (put("question", "My skin is very dry. What helps?"), "question", "dry-skin already"),
        (put("phrasings", (Phrasing("My  SKIN is very dry. what helps?"),)), "phrasings", "dry-skin already"),
        (put("phrasings", (Phrasing("sore"), Phrasing("Sore"))), "phrasings", "dry-lips already"),
        (put("phrasings", (Phrasing("sore\u200blips"),)), "phrasings", "invisible"),
        (put("golden", ("x" * 501,)), "golden", "501 characters"),
        (put("sources", (Citation(""),)), "sources", "no name"),
    ],
)  # fmt: skip
def test_what_the_loader_would_refuse_must_be_mended(
    around: Around, lips: Entry, change: Callable[[Entry], Entry], field: str, said: str
) -> None:
    faults = must_mend(check(change(lips), around, TODAY))

    assert {fault.field for fault in faults} == {field}
    assert said.lower() in " ".join(fault.text for fault in faults).lower()


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        (short("It is a miracle."), "short", "promotional"),
        (detail("You will be fine."), "detail", "a verdict"),
        (short("word " * 61), "short", "61 words"),
        (detail("Characteristically, pharmacological considerations necessitate dermatological evaluation."), "detail",
         "reading grade"),
        (put("us_answer", Answer("This cures it.", "")), "us_answer", "absolute"),
        (put("phrasings", (Phrasing("sore lips"),)), "phrasings", "at least 10"),
        (put("golden", ()), "golden", "at least 2"),
        (put("golden", ("lips keep splitting", "which salve")), "golden", "one of the phrasings"),
        (put("review_by", date(2026, 11, 23)), "review_by", "passed"),
        (put("review_by", date(2028, 11, 25)), "review_by", "two years"),
        (put("sources", (Citation("NHS", checked=date(2027, 1, 1)),)), "sources", "yet to come"),
    ],
)  # fmt: skip
def test_what_could_be_better_is_said_and_stops_nothing(
    around: Around, lips: Entry, change: Callable[[Entry], Entry], field: str, said: str
) -> None:
    faults = check(change(lips), around, TODAY)

    assert must_mend(faults) == ()
    assert [fault.field for fault in faults] == [field]
    assert said.lower() in faults[0].text.lower()


def test_what_no_release_may_hold_is_told_before_it_is_sent(around: Around, lips: Entry) -> None:
    bare = replace(lips, golden=(), phrasings=lips.phrasings[:3])

    found = {fault.field: fault.severity for fault in check(bare, around, TODAY)}

    assert (found["golden"], found["phrasings"]) == ("release", "release")
    assert must_mend(check(bare, around, TODAY)) == ()


def test_a_fault_is_a_sentence(around: Around, lips: Entry) -> None:
    for fault in check(short("Call {{ clinic.fone }} <b>!")(lips), around, TODAY):
        assert isinstance(fault, Fault)
        assert fault.text[0] == fault.text[0].upper()
        assert fault.text.endswith(".")


def test_a_neighbour_that_is_retired_is_noted_and_blocks_nothing(
    database: Database, loaded: Loaded, lips: Entry
) -> None:
    seed_if_empty(database, loaded, NOON)
    near = replace(lips, related=("dry-skin",))
    asked = revise(database, "dry-skin", lambda entry: entry, retired=True)
    with database.read() as db:
        waiting = check(near, load_around(db, "dry-lips"), TODAY)
    with database.change() as db:
        add_review(db, asked.revision_id, "approve", reviewer="Cleo", own=False, comment="", at=NOON)
        around = load_around(db, "dry-lips")
    linked = replace(near, answer=replace(near.answer, detail="See [dry skin](entry:dry-skin)."))

    assert [fault.text for fault in waiting if fault.field == "related"] == [
        "“dry-skin” waits to be retired: then nothing can lead to it any more."
    ]
    assert must_mend(waiting) == must_mend(check(near, around, TODAY)) == ()
    assert "dry-skin" not in around.ids
    assert [fault.field for fault in must_mend(check(linked, around, TODAY))] == ["detail"]


def test_a_review_date_that_has_passed_stands_before_publishing(around: Around, lips: Entry) -> None:
    faults = check(replace(lips, review_by=date(2026, 11, 1)), around, TODAY)

    assert [fault.severity for fault in faults if fault.field == "review_by"] == ["release"]


def test_each_wording_has_its_rank(bot: Bot) -> None:
    live, new, other, alarm, blank, long = ranks_of(
        bot,
        "dry-lips",
        [
            "My lips are very dry. What helps?",
            "my lips hurt so much they are so dry",
            "can i drink alcohol on it",
            "my throat is closing up",
            "???",
            "x" * 501,
        ],
    )

    assert (live.place, live.live, live.outcome, live.rival) == (1, True, "answered", "")
    assert (new.place, new.live) == (1, False)
    assert other.rival == "alcohol"
    assert other.rival_confidence > 0.8
    assert alarm.alarm
    assert (blank.place, long.place) == (None, None)


def test_a_new_entry_is_told_who_stands_in_its_way(bot: Bot) -> None:
    (rank,) = ranks_of(bot, "not-there", ["my lips are so dry", " ", "my lips are so dry"])

    assert (rank.place, rank.live, rank.rival) == (None, False, "dry-lips")


@pytest.mark.parametrize("region", list(Region))
def test_the_preview_is_word_for_word_what_patients_get(bot: Bot, region: Region) -> None:
    for entry in bot.release.entries:
        shown = preview(bot.release, entry, region).parts[0]
        answered = bot.answer(entry.id, region)
        assert answered
        assert (shown.whole_html, shown.next_step, shown.citations, shown.headline) == (
            answered.whole_html,
            answered.next_step,
            answered.citations,
            answered.headline,
        )
