"""Stored JSON text read back into entries; the same text is read once."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from bot.faq.entry import Entry
from bot.faq.json_form import entry_from_plain
from bot.store.types import parsed

MOST_REMEMBERED = 4096  # texts; a list of a thousand entries reads each of them at every look


@lru_cache(maxsize=MOST_REMEMBERED)
def entry_of(content: str) -> Entry:
    """The entry that a stored text holds. Raises InputError for a text that holds none.

    Texts of older versions may hold translations as well; they are kept by themselves now (`store.translations`).
    """
    return replace(entry_from_plain(parsed(content)), translations={})
