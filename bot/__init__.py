"""clinicbot: a clinic's FAQ chat. `from bot import Bot`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.dialogue.bot import Bot

__all__ = ["Bot"]
__version__ = "1.0.0"


def __getattr__(name: str) -> Any:
    """The Bot when it is asked for: who reads a document in a process of its own does not load the encoder."""
    if name == "Bot":
        return import_module("bot.dialogue.bot").Bot
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
