"""A message to the clinic as it may be sent: name, one contact, text and consent, each checked and tidied."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from bot.errors import InputError, InputErrors
from bot.faq.entry import Region

LONGEST_NAME, LONGEST_CONTACT, LONGEST_MESSAGE = 80, 254, 2000
CONTACT = "an email address such as name@example.org, or a phone number with its area code"
CONSENT = "true: the sender agrees that the clinic keeps the message and answers it"
_ISO = {Region.UK: "GB", Region.US: "US"}
_MAIL = re.compile(r"[^@\s\"(),:;<>\[\]\\]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,63}")
_PHONE = re.compile(r"[+(]?[\d\s()./\u2010-\u2015-]{5,40}(?:(?:ext|x)\.?\s?\d{1,7})?", re.IGNORECASE)
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # the category Cc but tab and line end
_INVISIBLE = ("C", "Z", "M")
_TURNED = re.compile("[\u202a-\u202e]")  # they show letters in another order than they stand in, beyond where they end

T = TypeVar("T")
ContactKind = Literal["phone", "mail"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What somebody wants to send; right by construction. A phone number is in E.164, its extension after a space."""

    name: str
    contact_kind: ContactKind
    contact: str
    text: str

    def plain(self) -> Mapping[str, str]:
        """What is sealed."""
        kind: str = self.contact_kind
        return {"name": self.name, "contact_kind": kind, "contact": self.contact, "message": self.text}


def message_of(*, name: str, contact: str, message: str, consent: bool, region: Region) -> Message:
    """The message; a phone number without a country is read as one of `region`. Raises InputErrors with every fault."""
    faults: list[InputError] = []
    checked_name = _taken(lambda: _text("name", name, LONGEST_NAME), "", faults)
    nothing: tuple[ContactKind, str] = ("phone", "")
    kind, checked_contact = _taken(lambda: contact_of(contact, region), nothing, faults)
    text = _taken(lambda: _text("message", message, LONGEST_MESSAGE, lines=True), "", faults)
    if consent is not True:
        faults.append(InputError(field="consent", got="no consent", allowed=CONSENT))
    if faults:
        raise InputErrors(tuple(faults))
    return Message(name=checked_name, contact_kind=kind, contact=checked_contact, text=text)


def contact_of(contact: str, region: Region) -> tuple[ContactKind, str]:
    """Whether it is mail or phone, and how it is stored. Raises InputError."""
    seen = "".join(letter for letter in contact if unicodedata.category(letter) != "Cf")  # marks that come with a copy
    text = _text("contact", seen, LONGEST_CONTACT, allowed=CONTACT)
    if "@" in text:
        if not _MAIL.fullmatch(text) or ".." in text or text.startswith(".") or ".@" in text:
            raise InputError(field="contact", got="no whole email address", allowed=CONTACT)
        return "mail", text
    if not _PHONE.fullmatch(text):
        raise InputError(field="contact", got="neither an email address nor a phone number", allowed=CONTACT)
    try:
        number = phonenumbers.parse(text, _ISO[region])
    except NumberParseException as error:
        raise InputError(field="contact", got="no phone number", allowed=CONTACT) from error
    if not phonenumbers.is_possible_number(number):  # whether it is in use, no table knows for sure
        raise InputError(field="contact", got="a phone number that is too short or too long", allowed=CONTACT)
    dialled = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return "phone", f"{dialled} x{number.extension}" if number.extension else dialled


def _taken(check: Callable[[], T], otherwise: T, faults: list[InputError]) -> T:
    """What the check gives; its fault is noted, so that all faults are told at once."""
    try:
        return check()
    except InputError as error:
        faults.append(error)
        return otherwise


def _text(field: str, text: str, longest: int, *, lines: bool = False, allowed: str = "") -> str:
    """The text as NFC without spaces around it or marks that turn it round; one line unless `lines`.

    Raises InputError.
    """
    allowed = allowed or f"1 to {longest} characters of text"
    if _HALF_CHARACTER.search(text):
        raise InputError(field=field, got="half of a character (a lone surrogate)", allowed=allowed)
    read = _TURNED.sub("", text[: 8 * longest])
    composed = unicodedata.normalize("NFC", read).replace("\r\n", "\n").replace("\r", "\n").strip()
    tidy = composed if lines else " ".join(filter(None, composed.split(" ")))
    if not any(not unicodedata.category(letter).startswith(_INVISIBLE) for letter in tidy):
        raise InputError(field=field, got="nothing" if not tidy else "nothing that can be read", allowed=allowed)
    if len(tidy) > longest:
        raise InputError(field=field, got=f"{len(tidy)} characters", allowed=allowed)
    if CONTROL.search(tidy) or (not lines and ("\n" in tidy or "\t" in tidy)):
        got = "control characters" if lines else "line ends or control characters"
        raise InputError(field=field, got=got, allowed=allowed)
    return tidy
