"""How far something is: on one line of a terminal; elsewhere a line when it begins."""

from __future__ import annotations

import sys

import click

WIDTH = 30  # characters


class Bar:
    """Call it with how much is done, and of how much. It writes to stderr."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._begun = False
        self._shown = -1

    def __call__(self, done: int, total: int) -> None:
        """Show it, where anything changed that can be seen."""
        if not sys.stderr.isatty():
            if not self._begun and total > 1:
                click.echo(f"{self._label} …", err=True)
            self._begun = True
            return
        filled = WIDTH * done // total if total else 0
        if filled == self._shown:
            return
        self._shown = filled
        end = "\n" if done == total else ""
        sys.stderr.write(f"\r\x1b[K{self._label} {'█' * filled}{'░' * (WIDTH - filled)} {done}/{total}{end}")
        sys.stderr.flush()
