"""The server process from inside: what it refuses, what it closes, and what it finishes before it ends."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, request

from bot.config import read_settings
from bot.store.database import Database
from bot.web import gate_process
from bot.web import server as serving
from bot.web.bodies import most_bytes
from bot.web.contact import MOST_CONTACT_BYTES
from bot.web.security import MOST_UPLOAD_BYTES, secure
from bot.web.server import MOST_HEADER_BYTES, Server, handed_down, notify
from bot.web.staff_door import MOST_FORM_BYTES
from bot.web.starting import ASKS_EVERY_S, EACH_S, patience


class Running:
    """A server in a thread, and an application in it that takes as long as a test wants."""

    def __init__(self) -> None:
        self.entered, self.go_on = threading.Event(), threading.Event()
        app = Flask("bot.web")

        @app.get("/")
        def quick() -> str:
            return "here"

        @app.post("/")
        def slow() -> str:
            self.entered.set()
            self.go_on.wait(20)
            return "done " + request.get_data(as_text=True)

        self.server = Server(app, host="127.0.0.1", port=0, threads=2)
        self.app = app
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()

    def connect(self) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        connection.connect()
        return connection


@pytest.fixture
def running() -> Iterator[Running]:
    made = Running()
    yield made
    made.go_on.set()
    made.server.stop(notice_s=0)
    made.thread.join(20)


def test_what_is_under_way_is_finished_and_what_is_idle_is_closed(running: Running) -> None:
    idle, busy = running.connect(), running.connect()
    idle.request("GET", "/")
    idle.getresponse().read()
    busy.request("POST", "/", "question")
    assert running.entered.wait(20)

    running.server.stop(notice_s=0)
    assert idle.sock.recv(1) == b""
    running.go_on.set()
    response = busy.getresponse()

    assert response.read() == b"done question"
    assert response.headers["Connection"] == "close"
    running.thread.join(20)
    assert not running.thread.is_alive()
    with pytest.raises(ConnectionRefusedError):
        running.connect()
    idle.close()
    busy.close()
    assert running.app.extensions["clinicbot.stopping"]


def test_a_request_on_its_way_when_the_door_closes_is_answered(running: Running) -> None:
    coming = running.connect()

    running.server.stop(notice_s=0)
    coming.request("GET", "/")

    assert coming.getresponse().read() == b"here"
    coming.close()


def test_a_request_that_came_unseen_on_a_quiet_connection_is_answered() -> None:
    """A process that was given no time for a while finds the request only when it looks what it may close."""
    app = Flask("bot.web")
    app.add_url_rule("/", view_func=lambda: "here")
    server = Server(app, host="127.0.0.1", port=0, threads=1)
    quiet = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    looked, sent = itertools.count(1), threading.Event()

    def clock() -> float:
        if next(looked) == 3:  # the notice is over and the door is closed; nothing was read since
            quiet.request("GET", "/")
            sent.set()
        return time.monotonic()

    thread = threading.Thread(target=server.run, args=(clock,), daemon=True)
    thread.start()
    quiet.request("GET", "/")
    quiet.getresponse().read()
    server.stop(notice_s=0)
    assert sent.wait(20)

    assert quiet.getresponse().read() == b"here"
    quiet.close()
    thread.join(20)
    assert not thread.is_alive()


def test_a_thread_that_outlives_the_server_writes_into_nobody_elses_file(
    running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.server.LAST_WAIT_S", 0)
    monkeypatch.setattr("bot.web.server.LONGEST_END_S", 0.0)
    pulled = threading.Event()

    @running.app.after_request
    def pull(response: Response) -> Response:
        # What the thread does last, had the connection been there a moment ago.
        request.environ["waitress.client_disconnected"].__self__.server.pull_trigger()
        pulled.set()
        return response

    busy = running.connect()
    busy.request("POST", "/", "question")
    assert running.entered.wait(20)
    running.server.stop(notice_s=0)
    running.thread.join(20)
    assert not running.thread.is_alive()

    with contextlib.ExitStack() as files:  # they take the numbers that the server has closed
        opened = [files.enter_context((tmp_path / str(number)).open("wb")) for number in range(40)]
        running.go_on.set()
        assert pulled.wait(20)
        assert not any(os.fstat(each.fileno()).st_size for each in opened)
    busy.close()


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * MOST_HEADER_BYTES + b"\r\n\r\n", b"431"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (MOST_UPLOAD_BYTES + 1), b"413"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"nonsense\r\n\r\n", b"400"),
    ],
)
def test_what_is_too_large_or_no_request_is_refused_and_closed(running: Running, head: bytes, status: bytes) -> None:
    with socket.create_connection(("127.0.0.1", running.server.port), timeout=20) as raw:
        told = status  # a reset: the server has closed before it read to the end, and its answer is lost on the way
        with contextlib.suppress(ConnectionResetError):
            raw.sendall(head)
            told = raw.recv(4096).split(b" ")[1]

    assert told == status
    assert not running.entered.is_set()


@pytest.mark.parametrize(
    "head",
    [
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTRANSFER-ENCODING:chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc",
    ],
)
def test_a_body_of_which_two_lengths_are_said_is_refused(running: Running, head: bytes) -> None:
    with socket.create_connection(("127.0.0.1", running.server.port), timeout=20) as raw:
        raw.sendall(head)
        told = raw.recv(4096)

    assert told.split(b" ")[1] == b"400"
    assert not running.entered.is_set()


def test_a_large_body_is_read_from_staff_alone_and_where_documents_are_taken(sign_in: Any, staff_app: Flask) -> None:
    editor, visitor = sign_in("editor"), staff_app.test_client()
    visitor.get("/staff/sign-in")  # has a cookie from then on, but no session

    def most(client: Any, path: str, method: str = "POST") -> int:
        cookie = client.get_cookie("clinicbot_staff", path="/staff")
        return most_bytes(staff_app, method, path, f"{cookie.key}={cookie.value}")

    assert most(editor, "/staff/documents") == MOST_UPLOAD_BYTES
    assert most(editor, "/staff/documents", "GET") == most(editor, "/staff/nowhere") == MOST_FORM_BYTES
    assert most(visitor, "/staff/documents") == MOST_FORM_BYTES
    assert most_bytes(staff_app, "POST", "/staff/documents", "clinicbot_staff=made.up.token; x") == MOST_FORM_BYTES
    for path in ("/", "/contact", "/staff-documents", "/api/v1/ask"):
        assert most(editor, path) == MOST_CONTACT_BYTES


@pytest.mark.parametrize("head", [b"Content-Length: %d" % (MOST_CONTACT_BYTES + 1), b"Transfer-Encoding: chunked"])
def test_a_strangers_large_body_is_refused_before_it_is_stored(running: Running, head: bytes) -> None:
    with socket.create_connection(("127.0.0.1", running.server.port), timeout=20) as raw:
        told = b" 413"
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            raw.sendall(b"POST / HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\n")
            if b"chunked" in head:
                raw.sendall((b"4000\r\n" + b"x" * 0x4000 + b"\r\n") * 5)
            told = raw.recv(4096)

    assert told.split(b" ")[1] == b"413"
    assert not running.entered.is_set()


def test_one_address_has_a_share_of_the_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "MOST_OF_ONE_ADDRESS", 2)
    monkeypatch.setattr(serving, "_sender_of", lambda _address: "198.51.100.7")
    crowded = Running()
    kept = [crowded.connect() for _ in range(2)]
    for each in kept:
        each.request("GET", "/")
        assert each.getresponse().read() == b"here"

    refused = crowded.connect()
    with contextlib.suppress(OSError):  # it may be closed before this is written, or after
        refused.request("GET", "/")
    with pytest.raises((OSError, http.client.HTTPException)):
        refused.getresponse()
    for each in (*kept, refused):
        each.close()
    crowded.server.stop(notice_s=0)
    crowded.thread.join(20)


def test_half_a_request_holds_up_nobody(running: Running) -> None:
    halves = [running.connect() for _ in range(30)]
    for half in halves:
        half.sock.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Le")

    other = running.connect()
    other.request("GET", "/")

    assert other.getresponse().read() == b"here"
    for half in (*halves, other):
        half.close()


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [("0", "127.0.0.1 http clinic.example:8000"), ("1", "198.51.100.7 https chat.clinic.example")],
)
def test_what_as_many_proxies_say_as_there_are_reaches_the_application(proxies: str, seen: str) -> None:
    app = Flask("bot.web")
    secure(app, read_settings({"CLINICBOT_TRUSTED_PROXIES": proxies}))
    app.add_url_rule("/who", view_func=lambda: f"{request.remote_addr} {request.scheme} {request.host}")
    server = Server(app, host="127.0.0.1", port=0, threads=1)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    said = {"For": "127.0.0.1, 198.51.100.7", "Proto": "https", "Host": "chat.clinic.example"}
    headers = {"Host": "clinic.example:8000"} | {f"X-Forwarded-{name}": value for name, value in said.items()}

    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", "/who", headers=headers)
    found = connection.getresponse().read().decode()
    connection.close()
    server.stop(notice_s=0)
    thread.join(20)

    assert found == seen


def test_a_port_that_is_taken_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        Server(Flask("bot.web"), host="127.0.0.1", port=taken.getsockname()[1], threads=1)


def test_sockets_of_another_process_are_not_taken() -> None:
    assert handed_down({"LISTEN_PID": "1", "LISTEN_FDS": "1"}, 2) == ()
    assert handed_down({}, 2) == ()


def test_systemd_is_told_when_it_wants_to_know(tmp_path: Path) -> None:
    address = os.fspath(tmp_path / "told")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(address)
        notify({"NOTIFY_SOCKET": address}, "READY=1")
        assert told.recv(100) == b"READY=1"
    notify({"NOTIFY_SOCKET": address}, "STOPPING=1")
    notify({}, "READY=1")


def test_systemd_is_asked_for_patience_while_a_start_takes_long(tmp_path: Path) -> None:
    address = str(tmp_path / "told")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(address)
        systemd.settimeout(20)
        with patience({"NOTIFY_SOCKET": address}):
            told = systemd.recv(100)

    assert told == b"EXTEND_TIMEOUT_USEC=120000000"
    assert EACH_S > ASKS_EVERY_S


def test_gates_are_those_of_this_program_and_not_of_a_folder_that_stands_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "__main__.py").write_text("open('was_run', 'w').close()", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    begun: list[subprocess.Popen[bytes]] = []

    def begin(*arguments: Any, **named: Any) -> subprocess.Popen[bytes]:
        begun.append(real(*arguments, **named))
        return begun[-1]

    real = subprocess.Popen
    monkeypatch.setattr(gate_process.subprocess, "Popen", begin)
    settings = read_settings({"CLINICBOT_DATA_DIR": str(tmp_path)}, tmp_path)
    database = Database(f"sqlite:///{tmp_path / 'none.db'}")

    gate_process.start_gates(settings, database, 1)

    assert begun[0].wait(60) == 2  # this program: there is no database
    assert not (tmp_path / "was_run").exists()
    database.close()
