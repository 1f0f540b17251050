"""Text without characters that nobody sees: knowledge files refuse them, and a terminal would obey some."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.faq.yaml_reader import CONTROL

# Other breaks between words and lines: what they part must not become one word.
_BREAKS = re.compile(r"[\x0b-\x0d\x1c-\x1f\x85\u2028\u2029]+")
_OTHERS = re.compile(r"[\x7f-\x9f\ufeff\ud800-\udfff]")
_COMMANDS = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")


def visible(text: str) -> str:
    """The text as knowledge files can hold it: without invisible and control characters, tab and line end aside."""
    return _OTHERS.sub("", CONTROL.sub("", _BREAKS.sub(" ", text.replace("\r\n", "\n"))))


def without_controls(text: str) -> str:
    """The text without control characters, tab and line ends aside: a terminal that shows it does nothing else."""
    return _COMMANDS.sub("", _BREAKS.sub(" ", text))


def all_visible(value: Any) -> Any:
    """A JSON-ready value, every text in it that files refuse made `visible`."""
    if isinstance(value, str):
        return visible(value) if CONTROL.search(value) else value
    if isinstance(value, Mapping):
        return {name: all_visible(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [all_visible(each) for each in value]
    return value
