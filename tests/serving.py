"""Applications served on this machine for as long as a test needs them, by the server that clinics run."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from bot.web.server import Server


class Served:
    """`app` at `address`, until `close`."""

    def __init__(self, app: Flask, *, threads: int = 4) -> None:
        self._server = Server(app, host="127.0.0.1", port=0, threads=threads)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        self.port = self._server.port
        self.address = f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        """End it, threads and all: none may write to a descriptor that is another's by then."""
        self._server.stop(notice_s=0)
        self._thread.join(60)
        assert not self._thread.is_alive()


@contextmanager
def served(app: Flask, *, threads: int = 4) -> Iterator[str]:
    """Where `app` is served meanwhile."""
    running = Served(app, threads=threads)
    try:
        yield running.address
    finally:
        running.close()
