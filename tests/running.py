"""Real server processes for journeys: started on a small release, asked without pause, stopped or killed."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
LONGEST_S = 150.0  # a machine that does other things as well may need long to start a server
# The third descriptor, and the number of the process that it is for, as systemd has it.
_HAND_DOWN = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
os.execv(sys.argv[2], sys.argv[2:])
"""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Process:
    """`clinicbot serve` in a process of its own; `listening` is handed down to it as systemd would."""

    def __init__(
        self, folder: Path, port: int, listening: socket.socket | None = None, extra: Mapping[str, str] | None = None
    ) -> None:
        self.port = port
        env = {name: value for name, value in os.environ.items() if not name.startswith("CLINICBOT_")}
        env |= {
            "PYTHONPATH": str(ROOT),
            "CLINICBOT_DATA_DIR": str(folder),
            "CLINICBOT_PORT": str(port),
            **(extra or {}),
        }
        serve = [sys.executable, "-m", "bot", "serve"]
        command = [sys.executable, "-c", _HAND_DOWN, str(listening.fileno()), *serve] if listening else serve
        self.running = subprocess.Popen(
            command,
            cwd=folder,
            env=env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            pass_fds=[listening.fileno()] if listening else [],
        )
        self.said: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_ready(self) -> None:
        """Until it listens."""
        until = time.monotonic() + LONGEST_S
        while not any("The chat is at" in line for line in self.said):
            assert self.running.poll() is None, "".join(self.said)
            assert time.monotonic() < until, "".join(self.said)
            time.sleep(0.02)

    def stop(self) -> int:
        """Ask it to end, as systemd and Docker do; its exit code."""
        self.running.terminate()
        return self.wait()

    def wait(self) -> int:
        """Until it has ended; its exit code."""
        code = self.running.wait(LONGEST_S)
        self._reader.join(LONGEST_S)
        return code

    def kill(self) -> None:
        """End it without a warning."""
        self.running.kill()
        self.running.wait(LONGEST_S)

    def _read(self) -> None:
        if self.running.stderr is not None:
            with self.running.stderr as told:
                for line in told:
                    self.said.append(line)


class Client(threading.Thread):
    """Asks without pause until told to stop, or until nobody listens any more; keeps what it was answered."""

    def __init__(self, ports: Sequence[int], question: str, *, keeps_connection: bool = False) -> None:
        super().__init__(daemon=True)
        self._ports, self._question, self._keeps = list(ports), question, keeps_connection
        self.turns: list[tuple[str, int, str]] = []  # id, release, outcome
        self.failures: list[str] = []
        self.refused = 0
        self.live = True

    def run(self) -> None:
        """Ask; on to the next port when one is not there any more."""
        connection = None
        while self.live and self._ports:
            try:
                connection = connection or http.client.HTTPConnection("127.0.0.1", self._ports[0], timeout=LONGEST_S)
                if connection.sock is None:
                    connection.connect()
            except ConnectionRefusedError:  # nobody has taken this request: as a proxy would, try elsewhere
                self.refused += 1
                self._ports.pop(0)
                connection = None
                continue
            try:
                self._ask(connection)
            except (OSError, http.client.HTTPException, ValueError) as error:
                self.failures.append(f"{self._ports[0]}: {error!r}")
                connection = None
            if not self._keeps and connection is not None:
                connection.close()
                connection = None

    def _ask(self, connection: http.client.HTTPConnection) -> None:
        body = json.dumps({"question": self._question})
        connection.request("POST", "/api/v1/ask", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        text = response.read()
        if response.status != 200:
            raise ValueError(f"status {response.status}")
        reply = json.loads(text)
        self.turns.append((reply["turn"], reply["release"], reply["outcome"]))


def until(clients: Sequence[Client], reached: Callable[[Client], bool], *, may_fail: bool = False) -> None:
    """Let them ask until each has come so far; a failure ends it at once, unless one is expected."""
    while not all(reached(client) for client in clients):
        failures = [failure for client in clients for failure in client.failures]
        assert may_fail or failures == []
        time.sleep(0.01)
