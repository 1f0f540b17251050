"""What all tests share: the shipped knowledge, loaded once, and the rule for what may be skipped."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.dialogue.bot import Bot

ROOT = Path(__file__).parent.parent
KNOWLEDGE = ROOT / "knowledge"


@pytest.fixture(scope="session")
def bot() -> Bot:
    return Bot.from_knowledge(KNOWLEDGE)


@pytest.fixture
def knowledge(tmp_path: Path) -> Path:
    """A copy of the shipped knowledge, to break."""
    return Path(shutil.copytree(KNOWLEDGE, tmp_path / "knowledge"))


@pytest.fixture(scope="session")
def missing() -> Callable[[str], None]:
    """Skip for what this machine lacks, or fail where everything is required."""

    def leave(reason: str) -> None:
        if os.environ.get("CLINICBOT_REQUIRE_ALL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)

    return leave
