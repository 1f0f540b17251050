"""A message is answered once per key, however often and from however many threads it arrives."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.bot import Bot
from bot.errors import Conflict
from bot.patients.chat import Chat
from bot.patients.live import Live
from bot.patients.repeats import KEPT_S, MOST_KEYS, Repeats


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_repeat_gets_what_was_given_first() -> None:
    repeats: Repeats[object] = Repeats(Clock())
    first = repeats.once("key", ("hello",), object)

    assert repeats.once("key", ("hello",), object) is first
    assert repeats.once("other", ("hello",), object) is not first


def test_another_message_under_the_same_key_is_a_conflict() -> None:
    repeats: Repeats[object] = Repeats(Clock())
    repeats.once("key", ("hello", ""), object)

    with pytest.raises(Conflict):
        repeats.once("key", ("goodbye", ""), object)
    with pytest.raises(Conflict):
        repeats.once("key", ("", "hello"), object)


def test_after_ten_minutes_it_is_asked_anew() -> None:
    clock = Clock()
    repeats: Repeats[object] = Repeats(clock)
    first = repeats.once("key", ("hello",), object)
    clock.now = KEPT_S

    assert repeats.once("key", ("goodbye",), object) is not first


def test_a_failure_is_not_remembered() -> None:
    repeats: Repeats[object] = Repeats(Clock())

    with pytest.raises(ZeroDivisionError):
        repeats.once("key", ("hello",), lambda: 1 / 0)
    assert repeats.once("key", ("hello",), lambda: "well") == "well"


def test_it_never_holds_more_than_its_share() -> None:
    repeats: Repeats[int] = Repeats(Clock())
    for number in range(MOST_KEYS + 10):
        repeats.once(f"key {number}", ("hello",), lambda: 1)

    assert len(repeats) == MOST_KEYS


def test_two_at_once_are_made_once() -> None:
    repeats: Repeats[object] = Repeats(Clock())
    begun, go = threading.Event(), threading.Event()
    made: list[object] = []

    def make() -> object:
        begun.set()
        assert go.wait(10)
        made.append(object())
        return made[-1]

    with ThreadPoolExecutor() as pool:
        first = pool.submit(repeats.once, "key", ("hello",), make)
        assert begun.wait(10)
        second = pool.submit(repeats.once, "key", ("hello",), make)
        go.set()
        assert first.result(10) is second.result(10)
    assert len(made) == 1


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(("x", "y"))), max_size=30))
def test_each_key_has_one_message_and_one_reply(sent: list[tuple[str, str]]) -> None:
    repeats: Repeats[tuple[str, int]] = Repeats(Clock())
    first: dict[str, tuple[str, int]] = {}
    for number, (key, said) in enumerate(sent):
        given_before = first.setdefault(key, (said, number))
        if given_before[0] != said:
            with pytest.raises(Conflict):
                repeats.once(key, (said,), lambda said=said, number=number: (said, number))
        else:
            assert repeats.once(key, (said,), lambda said=said, number=number: (said, number)) == given_before


def test_the_chat_gives_the_same_turn_and_forgets_it_with_its_conversation(bot: Bot) -> None:
    chat = Chat(Live(bot), Clock())
    first = chat.ask("dry lips", key="k" * 16)

    assert chat.ask("dry lips", key="k" * 16) is first
    chat.forget(first.conversation)
    assert chat.ask("dry lips", key="k" * 16) is not first
