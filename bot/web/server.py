"""The server process: waitress within limits, ended without dropping a request, and started from a socket kept open."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from typing import Any, cast

from flask import Flask
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import BaseWSGIServer, create_server
from waitress.task import WSGITask
from waitress.trigger import trigger

from bot.web.bodies import most_bytes
from bot.web.limits import MOST_HELD
from bot.web.security import MOST_UPLOAD_BYTES
from bot.web.senders import sender_of

SPARE_THREADS = 8  # to read pages, and to refuse, when all the others work or wait
MOST_HEADER_BYTES = 16 * 1024
MOST_CONNECTIONS = 800  # the usual 1,024 open files leave room for it
MOST_OF_ONE_ADDRESS = 200  # of these; behind one may be a school, or a phone network's customers
IDLE_S = 75  # a silent connection is closed; longer than proxies keep theirs, so that they are the first to close
NOTICE_S = 1.0  # for clients and proxies to learn that the next request must go elsewhere
FRESH_S = 3.0  # on a connection that was opened or used just now the next request may be on its way
LONGEST_END_S = 30.0
MOST_LOOKS, LOOK_S = 20, 0.1  # for connections that wait, before nobody is let in any more
LAST_WAIT_S = 5  # for threads, once nothing waits for their answers any more
_FIRST_HANDED_DOWN = 3
_LENGTH, _ENCODED = (
    re.compile(rb"\n" + name + rb"[ \t]*:", re.IGNORECASE) for name in (b"content-length", b"transfer-encoding")
)


class Server:
    """Serves `app` until it is told to stop. Then it finishes what it has begun, and what is on its way to it."""

    def __init__(
        self,
        app: Flask,
        *,
        host: str,
        port: int,
        threads: int,
        sockets: tuple[socket.socket, ...] = (),
        is_behind_proxy: bool = False,
    ) -> None:
        """Listen at `host` and `port`, or on `sockets` that somebody else has opened. Raises OSError."""
        self._app, self._kept = app, bool(sockets)
        self._stop, self._notice_s = threading.Event(), 0.0
        self._map: dict[int, Any] = {}
        options: dict[str, Any] = {
            **({"sockets": list(sockets)} if sockets else {"host": host, "port": port}),
            "threads": threads + MOST_HELD + SPARE_THREADS,
            "ident": None,
            "asyncore_use_poll": True,
            "connection_limit": MOST_CONNECTIONS,
            "channel_timeout": IDLE_S,
            "max_request_header_size": MOST_HEADER_BYTES,
            "max_request_body_size": MOST_UPLOAD_BYTES,
            "log_socket_errors": False,
            # What proxies say is kept or left out by `bot.web.security`, by how many there are; here it would be lost.
            "clear_untrusted_proxy_headers": False,
        }
        try:
            made = create_server(app, map=self._map, **options)
        except OSError:
            wasyncore.close_all(self._map, ignore_all=True)
            raise
        self._dispatcher = made.task_dispatcher
        self._doors = tuple(each for each in self._map.values() if isinstance(each, BaseWSGIServer))
        for door in self._doors:
            door.channel_class = _channel_of(self._stop, _parser_of(app, door.adj))
            if not is_behind_proxy:  # whose address would be that of everybody
                door.channel_class = cast("type[HTTPChannel]", self._let_in_few(door.channel_class))
        self.port = int(self._doors[0].getsockname()[1])

    def stop(self, notice_s: float = NOTICE_S) -> None:
        """End soon; may be called from a signal handler, and from any thread."""
        self._notice_s = notice_s
        if self._stop.is_set():
            return
        self._app.extensions["clinicbot.stopping"] = True
        self._stop.set()
        for door in self._doors:
            door.pull_trigger()

    def run(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Serve until `stop`, then end: take no more, answer what is there, close."""
        while not self._stop.is_set():
            self._turn(1.0)
        until = clock() + self._notice_s
        while clock() < until:
            self._turn(0.05)
        self._close_doors()
        until = clock() + LONGEST_END_S
        while self._has_work(time.time()) and clock() < until:
            self._turn(0.05)
        self._dispatcher.shutdown(timeout=LAST_WAIT_S)
        if self._dispatcher.threads:
            # Whoever still works will write a byte to the trigger by its number, which must not be another file's then.
            self._map = {number: each for number, each in self._map.items() if not isinstance(each, trigger)}
        wasyncore.close_all(self._map)

    def _turn(self, most_s: float) -> None:
        wasyncore.loop(timeout=most_s, use_poll=True, map=self._map, count=1)

    def _close_doors(self) -> None:
        """Listen no more. Connections that wait are taken first; in a socket kept open they wait for who comes next."""
        for door in self._doors:
            last = None if self._kept or door.socket is None else self._let_all_in(door, door.socket)
            door.accepting = False
            door.del_channel()
            if door.socket is not None:
                door.socket.close()
            if last is not None:
                last.close()

    def _let_all_in(self, door: BaseWSGIServer, listening: socket.socket) -> socket.socket | None:
        """Take every connection that waits; then one of our own has the only place left to wait in.

        Whoever comes between the last look and the closing is refused by that, as whoever comes later. A connection
        that was let into the queue would be cut off when it is closed.
        """
        listening.listen(0)  # leaves room for one
        for _ in range(MOST_LOOKS):
            known = -1
            while known < len(self._map):  # until nobody more was let in
                known = len(self._map)
                door.handle_accept()
            last = socket.socket(listening.family, socket.SOCK_STREAM)
            last.settimeout(LOOK_S)
            try:
                last.connect(listening.getsockname())
            except OSError:  # somebody else was quicker, and is taken now
                last.close()
            else:
                return last
        return None

    def _let_in_few(self, made: Callable[..., HTTPChannel]) -> Callable[..., HTTPChannel | None]:
        """A channel for a connection; none, and the connection closed, where its address has too many already."""

        def open_channel(door: BaseWSGIServer, found: socket.socket, address: Any, *rest: Any, **named: Any) -> Any:
            sender = _sender_of(address)
            if sender and sum(_sender_of(each.addr) == sender for each in self._channels()) >= MOST_OF_ONE_ADDRESS:
                return found.close()
            return made(door, found, address, *rest, **named)

        return open_channel

    def _has_work(self, now: float) -> bool:
        """Whether a request is under way; connections without one are closed."""
        busy = False
        for channel in self._channels():
            is_fresh = max(channel.last_activity, channel.creation_time) > now - FRESH_S
            if channel.requests or channel.request or channel.total_outbufs_len or is_fresh or _has_unread(channel):
                busy = True
            else:
                channel.will_close = True
        return busy

    def _channels(self) -> Iterator[HTTPChannel]:
        return (each for each in list(self._map.values()) if isinstance(each, HTTPChannel))


def _has_unread(channel: HTTPChannel) -> bool:
    """Whether bytes came that nobody has read yet: a connection closed now would answer them with a reset.

    They wait there when this process was given no time for a while, which says nothing about the client.
    """
    try:
        return channel.socket is not None and bool(channel.socket.recv(1, socket.MSG_PEEK))
    except OSError:  # nothing is there, or the client is gone
        return False


def handed_down(environ: Mapping[str, str], pid: int) -> tuple[socket.socket, ...]:
    """Sockets that systemd has opened for this process (sd_listen_fds), so that a restart refuses nobody."""
    if environ.get("LISTEN_PID") != str(pid):
        return ()
    count = int(environ.get("LISTEN_FDS", "0"))
    return tuple(socket.socket(fileno=_FIRST_HANDED_DOWN + number) for number in range(count))


def notify(environ: Mapping[str, str], state: str) -> None:
    """Tell systemd how far this process is (sd_notify): READY=1, STOPPING=1. Does nothing elsewhere."""
    address = environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        try:
            told.sendto(state.encode(), f"\0{address[1:]}" if address.startswith("@") else address)
        except OSError:  # nobody listens any more; that is no reason to stop serving
            return


def _sender_of(address: object) -> str:
    """Who is at the other end, "" where that may be many."""
    sender = sender_of(str(address[0])) if isinstance(address, tuple) else None
    return sender.subject if sender and not sender.may_be_many else ""


def _parser_of(app: Flask, adj: Any) -> type[HTTPRequestParser]:
    """Requests whose body is no larger than who sends them may send there, by what its head says."""

    class Parser(HTTPRequestParser):
        """A request that is being read."""

        def parse_header(self, header_plus: bytes) -> None:
            """Read the head. Raises ParsingError for one of which two readers could think differently."""
            if _LENGTH.search(header_plus) and _ENCODED.search(header_plus):
                raise ParsingError("Content-Length and Transfer-Encoding in one request")
            super().parse_header(header_plus)
            head: Any = self  # whose types the library's stubs have wrong
            self.adj = copy(adj)
            # The library refuses what is as large as this, not only what is larger.
            most = most_bytes(app, head.command, head.path, head.headers.get("COOKIE", ""))
            self.adj.max_request_body_size = most + 1

    return Parser


def _channel_of(stopping: threading.Event, parser: type[HTTPRequestParser]) -> type[HTTPChannel]:
    """Connections that end after the response under way, once the server is stopping."""

    class Task(WSGITask):
        """Says `Connection: close`, so that the client sends its next request elsewhere."""

        def build_response_header(self) -> bytes:
            """The header, with that word in it."""
            if stopping.is_set():
                self.set_close_on_finish()
            return super().build_response_header()

    class Channel(HTTPChannel):
        """A connection."""

        task_class = Task
        parser_class = parser

    return Channel
