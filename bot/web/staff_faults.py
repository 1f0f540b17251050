"""What cannot be used, in whole sentences beside the field."""

from __future__ import annotations

import re

from bot.errors import InputError

FEWEST_WORDS = 2


def require_question(text: str) -> None:
    """Raises InputError for what can be no question of a new entry."""
    if len(re.findall(r"\w+", text)) < FEWEST_WORDS:
        allowed = "the question as a patient would ask it, in two words or more"
        raise InputError(field="question", got="too short", allowed=allowed)


def told(error: InputError) -> str:
    """What to write instead; first how long it is, where that is what is wrong."""
    has = f"This has {error.got}. " if error.got.endswith("characters") else ""
    return f"{has}{_verb(error)} {error.allowed}."


def _verb(error: InputError) -> str:
    if error.field == "many" or error.allowed.startswith("one of"):
        return "Choose"
    return "Use" if error.allowed.startswith(("at most", "sections", "small letters")) else "Write"
