"""Results that are begun before they are wanted."""

from __future__ import annotations

import multiprocessing
import threading

import pytest

from bot.language import ahead
from bot.language.ahead import Coming


@pytest.fixture(autouse=True)
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    ahead._helper.cache_clear()
    monkeypatch.setattr(ahead, "processors", lambda: 2)


def test_begun_work_is_done_once_by_another_thread() -> None:
    by, go = [], threading.Event()

    def work() -> int:
        by.append(threading.current_thread().name)
        go.set()
        return 7

    coming = Coming(work)
    coming.begin()
    assert go.wait(10)

    assert (coming.result(), coming.result()) == (7, 7)
    assert by == [name for name in by if name.startswith("ahead")]
    assert len(by) == 1


def test_what_nobody_has_taken_up_is_done_by_who_wants_it() -> None:
    go = threading.Event()
    held = Coming(go.wait)
    held.begin()
    waiting = Coming(lambda: threading.current_thread().name)
    waiting.begin()

    assert waiting.result() == threading.current_thread().name
    go.set()
    assert held.result()


def test_on_one_processor_nothing_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    ahead._helper.cache_clear()
    monkeypatch.setattr(ahead, "processors", lambda: 1)
    coming = Coming(lambda: threading.current_thread().name)
    coming.begin()

    assert coming.result() == threading.current_thread().name


def test_what_breaks_ahead_breaks_for_who_wants_it_and_may_be_tried_again() -> None:
    answers = iter([ValueError("broken"), None])

    def work() -> str:
        if (error := next(answers)) is not None:
            raise error
        return "mended"

    coming = Coming(work)
    coming.begin()

    with pytest.raises(ValueError, match="broken"):
        coming.result()
    assert coming.result() == "mended"


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="this system forks no processes")
def test_a_forked_process_has_a_helper_of_its_own() -> None:
    Coming(lambda: 1).begin()

    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.apply_async(_begun_and_wanted).get(30) == 5


def _begun_and_wanted() -> int:
    ended = threading.Event()
    coming = Coming(lambda: ended.set() or 5)
    coming.begin()
    return coming.result() if ended.wait(20) else 0
