"""Personal details taken out of a patient's words before anything is stored."""

from __future__ import annotations

import re

_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_LONG_NUMBER = re.compile(r"\+?\d[\d \-()]{7,}\d")


def redact(text: str) -> str:
    """The text without mail addresses and long numbers."""
    return _LONG_NUMBER.sub("[number]", _MAIL.sub("[email]", text))
