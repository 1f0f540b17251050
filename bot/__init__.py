"""clinicbot: a clinic's FAQ chat. `from bot import Bot`."""

from bot.dialogue.bot import Bot

__all__ = ["Bot"]
__version__ = "0.1.0"
