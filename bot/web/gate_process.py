"""A candidate's gates in a process of their own, so that no patient waits for them."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable

from flask import current_app

from bot.config import Settings
from bot.errors import Conflict, NotReady
from bot.staff.accounts import User
from bot.staff.candidates import is_checking, prepare
from bot.store.database import Database
from bot.web.pages import desk

LOG = logging.getLogger("clinicbot.staff")
Start = Callable[[Settings, Database, int], None]
GATES = "clinicbot gates"  # the application's extension that starts them, where it is not the usual one


def check_approved(user: User) -> None:
    """Make a candidate of everything approved, and start its gates. Raises Conflict and Forbidden as `prepare` does."""
    settings, database = desk().settings, desk().require_database()
    candidate_id = prepare(database, user=user, now=desk().now())
    start: Start = current_app.extensions.get(GATES, start_gates)
    start(settings, database, candidate_id)


def check_ahead(user: User) -> bool:
    """The same before anybody asks for it, so that nobody has to wait; whether it was begun. Never raises for what
    stands in the way, for what led here is done and stored: then somebody starts it under Publish.
    """
    try:
        with desk().require_database().read() as db:
            if is_checking(db, desk().now()):
                return False
        check_approved(user)
    except (Conflict, NotReady) as error:
        LOG.info("the checks did not begin by themselves: %s", error)
        return False
    return True


def start_gates(settings: Settings, database: Database, candidate_id: int) -> None:
    """Begin; how far they are stands in the database. A process that dies is noticed there by its silence."""
    # -P: this program, and no folder `bot` that may stand where the server was started.
    command = [sys.executable, "-P", "-m", "bot", "publish", "--gates-only", str(candidate_id)]
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
