"""The other side of deliveries: an HTTP server and a mail server of our own, which can also misbehave."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any, ClassVar

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bot.delivery.letter import Contents, Letter

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
A_MESSAGE = "0b0e6c9e-1111-4222-8333-444455556666"


def a_letter(message_id: str = A_MESSAGE, *, kind: str = "handoff", **changes: Any) -> Letter:
    """A letter as the worker would bring it."""
    contents = Contents(name="Zoë Patient", contact_kind="phone", contact="+44 20 7946 0018", message="My lips bleed.")
    values: dict[str, Any] = {
        "message_id": message_id,
        "kind": kind,
        "created_at": NOON,
        "reference": "K7QF-3MRD",
        "received_at": NOON,
        "due_at": NOON + timedelta(days=1),
        "level": "urgent",
        "channel": "web",
        "locale": "en-GB",
        "contents": contents,
    }
    return Letter(**{**values, **changes})


class _Taking(BaseHTTPRequestHandler):
    server: Receiver
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        receiver = self.server
        receiver.taken.append((self.path, dict(self.headers), body))
        receiver.before_answer()
        if receiver.status == 0:  # hangs until the test is over
            receiver.released.wait(30)
            return
        if receiver.status < 0:  # drips
            while not receiver.released.wait(0.05):
                try:
                    self.wfile.write(b"x")
                except OSError:
                    return
            return
        self.send_response(receiver.status)
        for name, value in receiver.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


class Receiver(ThreadingHTTPServer):
    """An HTTP server that notes what is posted to it. `status` 0 hangs, -1 sends one byte after another."""

    daemon_threads = True
    status = 200
    headers: ClassVar[Mapping[str, str]] = {}

    def __init__(self, context: ssl.SSLContext | None = None, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Taking)
        if context is not None:
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.scheme = "https" if context else "http"
        self.taken: list[tuple[str, dict[str, str], bytes]] = []
        self.released = threading.Event()
        self.before_answer: Callable[[], object] = lambda: None
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def url(self, path: str = "/hook") -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_port}{path}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is part of the test."""

    def stop(self) -> None:
        self.released.set()
        self.shutdown()
        self.server_close()
        self._thread.join(5)


class Mailroom:
    """A mail server that notes what it is given. `answer` is what it says to a mail; `deaf` lets it hang."""

    def __init__(self, context: ssl.SSLContext | None = None, *, password: str = "", at_once: bool = False) -> None:
        self.mails: list[tuple[list[str], EmailMessage]] = []
        self.answer = "250 OK"
        self.to_mailbox: dict[str, str] = {}
        self.sign_ins: list[str] = []
        self._password = password
        options: dict[str, Any] = {"require_starttls": context is not None and not at_once, "auth_require_tls": False}
        if password:
            # With TLS from the first byte it does not see that there is any, so it cannot insist on a sign-in.
            options |= {"authenticator": self._sign_in, "auth_required": not at_once, "auth_require_tls": not at_once}
        tls = {"ssl_context": context} if at_once else {"tls_context": context}
        if context is None:
            tls = {}
        self._controller = _Quick(self, hostname="127.0.0.1", port=0, **tls, **options)
        self._controller.start()

    @property
    def port(self) -> int:
        return int(self._controller.server.sockets[0].getsockname()[1])

    def stop(self) -> None:
        if not self._controller.loop.is_closed():  # a test may have stopped it already
            self._controller.stop(no_assert=True)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.to_mailbox.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.answer.startswith("250"):
            mail = message_from_bytes(bytes(envelope.content or b""), policy=policy.default)
            assert isinstance(mail, EmailMessage)
            self.mails.append((list(envelope.rcpt_tos), mail))
        return self.answer

    def _sign_in(self, server: SMTP, session: Session, envelope: Envelope, way: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.sign_ins.append(data.login.decode())
        return AuthResult(success=data.password.decode() == self._password, handled=False)


class _Quick(Controller):
    def _trigger_server(self) -> None:
        """The usual one connects to the port that was asked for, and at port 0 nobody listens."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def certificate_for(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's TLS with a certificate for `name`, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    try:
        named: x509.GeneralName = x509.IPAddress(ip_address(name))
    except ValueError:
        named = x509.DNSName(name)
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([named]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    public = made.public_bytes(serialization.Encoding.PEM)
    both = folder / f"{name}.pem"
    both.write_bytes(private + public)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(both)
    return server, ssl.create_default_context(cadata=public.decode())
