"""What a candidate would say differently: found question by question, and never missed where decisions are shared."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.dialogue.bot import Bot
from bot.evaluate.asking import Asker
from bot.evaluate.behaviour import Behaviour, compare
from bot.faq.entry import Entry, Phrasing
from bot.faq.files import Loaded
from bot.faq.release import Release
from bot.staff.assembly import with_entries

QUESTIONS = ("how do i complain", "how do i book an appointment", "what is 2+2", "i want to kill myself", "  ")
CHANGED = "complaints-feedback"


def changed(release: Release, **values: object) -> Release:
    return with_entries(release, [replace(e, **values) if e.id == CHANGED else e for e in release.entries])


def behaviour(live: Bot, candidate: Bot) -> Behaviour:
    with Asker((live, candidate)) as asker:
        return compare(QUESTIONS, asker)


@pytest.fixture(scope="module")
def entry(small: Loaded) -> Entry:
    found = small.release.entry(CHANGED)
    assert found is not None
    return found


def test_the_same_release_says_the_same(small_bot: Bot, small: Loaded) -> None:
    found = behaviour(small_bot, Bot(small.release))

    assert found.asked == len(QUESTIONS) - 1
    assert found.different == ()


def test_an_answer_that_is_worded_anew_is_named(small_bot: Bot, small: Loaded, entry: Entry) -> None:
    other = Bot(changed(small.release, answer=replace(entry.answer, short="Tell us.")))
    assert other.decides_as(small_bot, QUESTIONS[0])

    found = behaviour(small_bot, other)

    assert [(each.question, each.kind) for each in found.different] == [(QUESTIONS[0], "wording")]


def test_a_next_step_counts_as_wording(small_bot: Bot, small: Loaded, entry: Entry) -> None:
    found = behaviour(small_bot, Bot(changed(small.release, next_step=replace(entry.next_step, text="Write to us."))))

    assert [each.kind for each in found.different] == ["wording"]


def test_another_wording_to_find_it_by_is_asked_anew(small_bot: Bot, small: Loaded, entry: Entry) -> None:
    other = Bot(changed(small.release, phrasings=(*entry.phrasings, Phrasing("what is 2+2"))), like=small_bot)

    found = behaviour(small_bot, other)

    assert not other.decides_as(small_bot, QUESTIONS[2])
    assert (QUESTIONS[2], "outcome") in [(each.question, each.kind) for each in found.different]


def test_what_is_no_emergency_any_more_falls(small_bot: Bot, small: Loaded) -> None:
    found = behaviour(small_bot, Bot(replace(small.release, rules=())))

    assert [each.question for each in found.falling] == ["i want to kill myself"]


def test_a_message_of_two_questions_is_asked_of_both(small_bot: Bot, small: Loaded, entry: Entry) -> None:
    other = Bot(changed(small.release, answer=replace(entry.answer, short="Tell us.")))

    assert not other.decides_as(small_bot, "how do i complain? and how do i book an appointment?")
