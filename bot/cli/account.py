"""Who runs a command, as the audit names them: the account on this machine."""

from __future__ import annotations

import getpass
import os


def account_name() -> str:
    """The account's name; in a container, say, it may be a number alone."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def actor() -> str:
    """As it stands in the audit."""
    return f"{account_name()} (command line)"
