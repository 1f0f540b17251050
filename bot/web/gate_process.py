"""A candidate's gates in a process of their own, so that no patient waits for them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable

from bot.config import Settings
from bot.store.database import Database

Start = Callable[[Settings, Database, int], None]


def start_gates(settings: Settings, database: Database, candidate_id: int) -> None:
    """Begin; how far they are stands in the database. A process that dies is noticed there by its silence."""
    command = [sys.executable, "-m", "bot", "publish", "--gates-only", str(candidate_id)]
    process = subprocess.Popen(  # noqa: S603 - nothing of it comes from outside
        command,
        env={**os.environ, **_environment(settings, database)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=None,  # what it has to say goes where this process says it
        start_new_session=True,  # a server that is stopped leaves them to finish
    )
    threading.Thread(target=process.wait, name="gates", daemon=True).start()  # so that no dead process is left


def _environment(settings: Settings, database: Database) -> dict[str, str]:
    """The settings that matter, wherever they came from."""
    return {
        "CLINICBOT_DATABASE_URL": database.url.render_as_string(hide_password=False),
        "CLINICBOT_DATA_DIR": str(settings.data_dir),
        "CLINICBOT_KNOWLEDGE_DIR": str(settings.knowledge_dir),
        "CLINICBOT_RETENTION_DAYS": str(settings.retention_days),
    }
