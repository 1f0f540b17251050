"""One HTTP POST to a target: to the address that was looked at, without redirects, and over in a set time."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

from bot.delivery.addresses import Resolve, look_up, open_addresses
from bot.delivery.letter import DeliveryError

MOST_BYTES = 1_000_000  # a message has some thousand characters; more than this is a fault of ours
LONGEST_WAIT_S = 3600
# What the other side refuses for what it is: sent again, it would be refused again.
_REFUSED = (400, 405, 406, 410, 411, 412, 413, 414, 415, 422, 431, 501, 505)


@lru_cache(maxsize=1)
def usual_tls() -> ssl.SSLContext:
    """Certificates as this system trusts them; reading them takes some milliseconds, so it is done once."""
    return ssl.create_default_context()


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """How to post. `allowed`: hosts that may be in a network that is not public.

    `step_s` is the longest wait for one step, such as connecting or the next piece of an answer; `whole_s` for all of
    it, so that a server that sends a letter a second holds nobody up.
    """

    allowed: tuple[str, ...] = ()
    step_s: float = 10.0
    whole_s: float = 20.0
    resolve: Resolve = look_up
    tls: Callable[[], ssl.SSLContext] = usual_tls

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Post the body; back once the server has taken it (2xx). Raises DeliveryError."""
        if len(body) > MOST_BYTES:
            raise DeliveryError("the message is too large", permanent=True)
        parts = urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        with self._connection(parts) as connection:
            connection.request("POST", path, body, {"User-Agent": "clinicbot", **headers})
            response = connection.getresponse()
        _judge(response.status, response.getheader("Retry-After") or "")

    def reach(self, url: str) -> None:
        """Connect as for a post, and send nothing. Raises DeliveryError."""
        with self._connection(urlsplit(url)) as connection:
            connection.connect()

    @contextmanager
    def _connection(self, parts: SplitResult) -> Iterator[http.client.HTTPConnection]:
        connection = _Connection(parts, self)
        over = threading.Event()
        try:
            with _cut_off(connection, self.whole_s, over):
                yield connection
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise DeliveryError(_why(error, over.is_set())) from error
        finally:
            connection.close()


class _Connection(http.client.HTTPConnection):
    """A connection to one of the addresses that may be used; the certificate is still the name's."""

    def __init__(self, parts: SplitResult, post: Post) -> None:
        self._secure = parts.scheme == "https"
        port = parts.port or (443 if self._secure else 80)
        super().__init__(parts.hostname or "", port, timeout=post.step_s)
        self.default_port = 443 if self._secure else 80  # left out of the Host header
        self._post = post
        self._addresses = open_addresses(self.host, port, allowed=post.allowed, resolve=post.resolve)

    def connect(self) -> None:
        """Connect to the first address that answers."""
        self.sock = self._first_open()
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._secure:
            # The handshake comes after, so that it too can be cut off from outside.
            wrapped = self._post.tls().wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = wrapped
            wrapped.do_handshake()

    def _first_open(self) -> socket.socket:
        until, last = time.monotonic() + self._post.step_s, OSError("no address")
        for address in self._addresses:
            try:
                return socket.create_connection((address, self.port), timeout=max(0.1, until - time.monotonic()))
            except OSError as error:
                last = error
        raise last


@contextmanager
def _cut_off(connection: http.client.HTTPConnection, after_s: float, over: threading.Event) -> Iterator[None]:
    """Ends the connection from outside when the time is over, whatever it waits for then."""

    def cut() -> None:
        over.set()
        if (sock := connection.sock) is not None:
            shut(sock)

    timer = threading.Timer(after_s, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def shut(sock: socket.socket) -> None:
    """End both directions at once; whoever waits for the socket is woken. Not the TLS way, which would wait itself."""
    try:
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
    except OSError:
        return  # it had ended already


def _judge(status: int, retry_after: str) -> None:
    if 200 <= status < 300:
        return
    after_s = min(int(retry_after), LONGEST_WAIT_S) if retry_after.isdecimal() and len(retry_after) < 10 else 0
    if 300 <= status < 400:
        raise DeliveryError(f"the server answered {status}: redirects are not followed")
    raise DeliveryError(f"the server answered {status}", permanent=status in _REFUSED, after_s=after_s)


def _why(error: Exception, was_cut: bool) -> str:
    if was_cut or isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the server's certificate cannot be trusted: {error.verify_message}"
    if isinstance(error, ConnectionRefusedError):
        return "the connection is refused"
    if isinstance(error, ssl.SSLError):
        return "no secure connection can be made"
    if isinstance(error, OSError):
        return "the connection broke"
    return "what the server answered is not HTTP"
