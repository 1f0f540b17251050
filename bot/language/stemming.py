"""Snowball stems, from threads as well: the library keeps the word that it works on in its stemmer."""

from __future__ import annotations

from threading import Lock

import snowballstemmer


class Stemmer:
    """Finds the stems of lower-case words of one language. Safe to share between threads.

    In C where PyStemmer is installed, which the library then hands out itself; else in Python, with the same stems.
    Source: Porter, "Snowball: a language for stemming algorithms", 2001.
    """

    def __init__(self, language: str) -> None:
        """Raises KeyError for a language that Snowball does not know."""
        self._stemmer = snowballstemmer.stemmer(language)
        self._lock = Lock()

    def stem(self, word: str) -> str:
        """The stem of a word. Two at once would be mixed up, and each remembered as the other's."""
        with self._lock:
            return str(self._stemmer.stemWord(word))
