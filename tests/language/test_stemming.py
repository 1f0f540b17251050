"""Stems, also when many threads want some at once."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from snowballstemmer.english_stemmer import EnglishStemmer

from bot.language import stemming
from bot.language.stemming import Stemmer
from bot.language.words import english_ranks


@pytest.fixture
def hurried() -> Iterator[None]:
    """Threads that take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.parametrize("in_python", [True, False])
def test_threads_that_stem_at_once_get_each_their_own_stem(
    hurried: None, monkeypatch: pytest.MonkeyPatch, in_python: bool
) -> None:
    words = sorted(word for word in english_ranks() if len(word) > 6)[:3_000]
    alone = EnglishStemmer()
    wanted = [alone.stemWord(word) for word in words]
    if in_python:
        monkeypatch.setattr(stemming.snowballstemmer, "stemmer", lambda _: EnglishStemmer())
    stemmer = Stemmer("english")

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(stemmer.stem, words))

    assert found == wanted


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(KeyError):
        Stemmer("klingon")
