"""Mail to the clinic that something waits in the inbox, never what a patient wrote; and the clinic's replies."""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from functools import lru_cache
from threading import Event, Timer
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from bot.config import shipped
from bot.config_delivery import SmtpServer
from bot.delivery.letter import DeliveryError, Letter, required_contents
from bot.delivery.posting import shut, usual_tls

LOG = logging.getLogger("clinicbot.delivery")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """What stands on our mails: the clinic's name, phone and time zone, and where the staff area is.

    Phone and staff area are "" where they are not known.
    """

    clinic: str = "Clinic"
    phone: str = ""
    zone: str = "UTC"
    staff_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail server, and the clinic's mailboxes. `sign` is asked for each mail, since staff may change it.

    `step_s` is the longest wait for one answer of the server, `whole_s` for all of it.
    """

    server: SmtpServer
    sender: str
    clinic: tuple[str, ...]
    sign: Callable[[], Sign] = Sign
    step_s: float = 10.0
    whole_s: float = 25.0
    tls: Callable[[], ssl.SSLContext] = usual_tls
    name: str = "mail"

    def wants_contents(self, kind: str) -> bool:
        """Only to reply to a patient: other mail lies about in mailboxes, so it holds nothing of theirs."""
        return kind == "reply"

    def send(self, letter: Letter, at: datetime) -> None:
        """Hand the mail to the server."""
        to = self._mailboxes(letter)
        try:
            message = mail_of(letter, sender=self.sender, to=to, sign=self.sign())
        except (ValueError, IndexError) as error:
            raise DeliveryError("the mail cannot be written to this address", permanent=True) from error
        with self._connected() as smtp:
            refused = smtp.send_message(message, self.sender, to)
        if refused:  # some mailboxes took it, so it did arrive; the others are the operator's to mend
            codes = ", ".join(str(code) for code in sorted({code for code, _ in refused.values()}))
            LOG.warning("%s of %s mailboxes were refused (%s)", len(refused), len(to), codes)

    def _mailboxes(self, letter: Letter) -> tuple[str, ...]:
        if letter.kind != "reply":
            return self.clinic
        contents = required_contents(letter)
        if contents.contact_kind != "mail":
            raise DeliveryError("the patient left no mail address", permanent=True)
        return (_plain_address(contents.contact),)

    def check(self) -> None:
        """Connect, secure the line and sign in, without sending. Raises DeliveryError."""
        with self._connected() as smtp:
            smtp.noop()

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        over = Event()
        smtp = self._made()
        timer = Timer(self.whole_s, _cut, (smtp, over))
        timer.daemon = True
        timer.start()
        try:
            self._open(smtp)
            if over.is_set():  # a name with many addresses that do not answer
                raise TimeoutError
            if self.server.user:
                smtp.login(self.server.user, self.server.password)
            yield smtp
            _say_goodbye(smtp)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise _explained(error, over.is_set()) from error
        finally:
            timer.cancel()
            smtp.close()

    def _made(self) -> smtplib.SMTP:
        # Our own name is the sender's domain: asking the system for it can wait for a name server.
        ours = self.sender.rpartition("@")[2]
        if self.server.tls == "at once":
            return smtplib.SMTP_SSL(timeout=self.step_s, local_hostname=ours, context=self.tls())
        return smtplib.SMTP(timeout=self.step_s, local_hostname=ours)

    def _open(self, smtp: smtplib.SMTP) -> None:
        # Connected here and not by the constructor, so that whatever it waits for can be cut off. The constructor would
        # also have noted the name that the certificate must be for.
        smtp._host = self.server.host  # type: ignore[attr-defined]
        code, _ = smtp.connect(self.server.host, self.server.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, b"")
        if self.server.tls == "upgrade":
            smtp.starttls(context=self.tls())


def mail_of(letter: Letter, *, sender: str, to: tuple[str, ...], sign: Sign) -> EmailMessage:
    """The mail for a letter: the same one, with the same id, however often it is made."""
    facts = _facts(letter, sign)
    words = _templates()
    message = EmailMessage()
    message["Subject"] = words.get_template(f"mail/{letter.kind}.subject.txt").render(facts).strip()
    message["From"] = Address(display_name=sign.clinic, addr_spec=sender)
    message["To"] = [Address(addr_spec=each) for each in to]
    message["Date"] = letter.created_at
    message["Message-ID"] = f"<{letter.message_id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(words.get_template(f"mail/{letter.kind}.txt").render(facts))
    message.add_alternative(words.get_template(f"mail/{letter.kind}.html").render(facts), subtype="html")
    return message


def _plain_address(text: str) -> str:
    """The address as every mail server takes it, its domain in the letters of the name system."""
    local, _, domain = text.rpartition("@")
    try:
        plain = f"{local}@{domain.encode('idna').decode('ascii')}"
        plain.encode("ascii")
    except UnicodeError as error:
        raise DeliveryError("mail servers do not take the letters of the patient's address", permanent=True) from error
    return plain


def _facts(letter: Letter, sign: Sign) -> Mapping[str, object]:
    zone = ZoneInfo(sign.zone)
    return {
        "sign": sign,
        "reference": letter.reference,
        "level": letter.level,
        "received_at": letter.received_at.astimezone(zone) if letter.received_at else None,
        "due_at": letter.due_at.astimezone(zone) if letter.due_at else None,
        "detail": letter.detail,
        "reply": letter.contents.message if letter.kind == "reply" and letter.contents else "",
    }


def _cut(smtp: smtplib.SMTP, over: Event) -> None:
    over.set()
    if smtp.sock is not None:
        shut(smtp.sock)


def _say_goodbye(smtp: smtplib.SMTP) -> None:
    """The mail is taken by now: a server that breaks off instead of saying goodbye changes nothing of that."""
    try:
        smtp.quit()
    except (OSError, smtplib.SMTPException):
        return


def _explained(error: Exception, was_cut: bool) -> DeliveryError:
    """In words that repeat nothing of what the server said: it may have said an address."""
    if was_cut or isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return DeliveryError("the mail server gives no answer in time")
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return DeliveryError(f"the mail server refuses user and password ({error.smtp_code})")
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = sorted(code for code, _ in error.recipients.values())
        return _refused("every mailbox", codes[0], permanent=codes[0] >= 500)
    if isinstance(error, smtplib.SMTPSenderRefused):
        return _refused("the sender", error.smtp_code, permanent=error.smtp_code >= 500)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return DeliveryError("the mail server offers no TLS or no sign-in, and the setting asks for it")
    if isinstance(error, smtplib.SMTPResponseException):
        final = isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500
        return _refused("the mail", error.smtp_code, permanent=final)
    if isinstance(error, ssl.SSLCertVerificationError):
        return DeliveryError(f"the mail server's certificate cannot be trusted: {error.verify_message}")
    if isinstance(error, ConnectionRefusedError):
        return DeliveryError("the mail server refuses the connection")
    return DeliveryError(f"the connection to the mail server broke ({type(error).__name__})")


def _refused(what: str, code: int, *, permanent: bool) -> DeliveryError:
    return DeliveryError(f"the mail server refuses {what} ({code})", permanent=permanent)


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(shipped("templates")),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
