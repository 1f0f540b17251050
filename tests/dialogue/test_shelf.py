"""What was learnt is kept by what it rests on: an answer changes nothing of it, and old releases stay at hand."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from bot.dialogue.bot import Bot
from bot.dialogue.shelf import MOST_KEPT, keep
from bot.faq.entry import Entry, Phrasing
from bot.faq.files import Loaded
from bot.faq.release import Release
from bot.staff.assembly import with_entries


@pytest.fixture(scope="module")
def release(small: Loaded) -> Release:
    return replace(small.release, rules=small.release.rules[:2])


def changed(release: Release, **values: object) -> Release:
    first, *others = release.entries
    return with_entries(release, [replace(first, **values), *others])


def phrased(entry: Entry, text: str) -> tuple[Phrasing, ...]:
    return (*entry.phrasings, Phrasing(text))


def test_an_answer_is_no_part_of_what_is_learnt(release: Release) -> None:
    entry = release.entries[0]
    one, other = (
        Bot(release, meaning=False),
        Bot(changed(release, answer=replace(entry.answer, short="x")), meaning=False),
    )

    assert (one.matching_key, one.safety_key) == (other.matching_key, other.safety_key)


def test_a_phrasing_is(release: Release) -> None:
    one = Bot(release, meaning=False)
    other = Bot(changed(release, phrasings=phrased(release.entries[0], "may i ask lanolin")), meaning=False)

    assert one.matching_key != other.matching_key
    assert one.safety_key != other.safety_key


def test_a_taken_over_safety_is_not_told_to_be_ones_own(release: Release) -> None:
    own = Bot(release, meaning=False)

    assert Bot(release, meaning=False, like=own).safety_key != own.safety_key


def test_a_new_word_teaches_safety_nothing_unless_what_it_is_taught_is_read_otherwise(
    release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.dialogue.opening.HARMLESS_PER_ENTRY", 1)  # the question of an entry, no phrasing
    rule = release.rules[0]
    taught = replace(release, rules=(replace(rule, examples=(*rule.examples, "my lanolinwaxx burns")),))
    entry = taught.entries[0]

    def bot_with(text: str) -> Bot:
        phrasings = (Phrasing(text), *entry.phrasings)
        return Bot(changed(taught, phrasings=phrasings), meaning=False, store=tmp_path)

    known, other, read_otherwise = (bot_with(text) for text in ("is it good", "is urgolan good", "is lanolinwax good"))

    assert len({bot.safety_key for bot in (known, other, read_otherwise)}) == 3
    assert known.taught_key == other.taught_key != read_otherwise.taught_key
    assert len(list(tmp_path.glob("safety-*.learnt"))) == 2
    assert other.as_read("is urgolam good") != known.as_read("is urgolam good")
    assert other.as_read("is it good") == known.as_read("is it good")


def test_the_releases_before_stay_on_the_shelf(release: Release, tmp_path: Path) -> None:
    for number in range(3):
        Bot(changed(release, question=f"Which way {'x' * number}?"), meaning=False, store=tmp_path)

    assert len(list(tmp_path.glob("safety-*.learnt"))) == 3
    assert len([each for each in tmp_path.iterdir() if each.is_dir() and each.suffix != ".learnt"]) == 3


def test_only_the_last_few_are_kept_those_in_use_first(tmp_path: Path) -> None:
    places = [tmp_path / f"safety-{number:032}.learnt" for number in range(MOST_KEPT + 2)]
    (tmp_path / "vectors-x.npy").touch()
    for at, place in enumerate(places):
        place.touch()
        os.utime(place, (at, at))

    keep(places[0])

    left = sorted(place.name for place in tmp_path.glob("safety-*"))
    assert left == sorted(place.name for place in [places[0], *places[3:]])
    assert (tmp_path / "vectors-x.npy").exists()


def test_however_many_entries_there_are_the_red_flags_are_not_drowned_out(release: Release) -> None:
    entry = release.entries[0]
    few = entry.phrasings[:2]
    many = [replace(entry, id=f"e{n}", question=f"{entry.question} {n}", phrasings=few) for n in range(510)]
    wide = Bot(with_entries(release, many), meaning=False)
    more = [replace(many[0], phrasings=phrased(many[0], entry.phrasings[0].text)), *many[1:]]

    assert Bot(with_entries(release, more), meaning=False).safety_key == wide.safety_key
