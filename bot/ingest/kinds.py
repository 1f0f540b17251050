"""What kind of document a file is, by its content and its name; and the words of a text file, whatever its encoding."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import PurePath

from bot.errors import InputError

READ = ".txt, .md, .html, .pdf or .docx"
_MOST_ODD = 0.02  # share of control characters from which it is no text


class FileKind(StrEnum):
    """The kinds that are read."""

    TEXT = "a text"
    MARKDOWN = "a Markdown text"
    HTML = "a web page"
    PDF = "a PDF"
    WORD = "a Word file"


_BY_NAME = {
    ".txt": FileKind.TEXT,
    ".text": FileKind.TEXT,
    ".md": FileKind.MARKDOWN,
    ".markdown": FileKind.MARKDOWN,
    ".html": FileKind.HTML,
    ".htm": FileKind.HTML,
    ".xhtml": FileKind.HTML,
    ".pdf": FileKind.PDF,
    ".docx": FileKind.WORD,
}
_OTHERS = (
    (b"{\\rtf", "a Rich Text file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"\x1f\x8b", "a packed file"),
    (b"Rar!", "a packed file"),
    (b"7z\xbc\xaf", "a packed file"),
    (b"ID3", "a sound"),
    (b"%!PS", "a PostScript file"),
)
_PAGE = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]{2,30})""", re.IGNORECASE)
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def kind_of(name: str, data: bytes) -> FileKind:
    """The kind of a file. Raises InputError where it is none that is read, or its name says another one."""
    if not data.strip():
        raise _refused("an empty file", f"a file with text: {READ}")
    suffix = PurePath(name).suffix.lower()
    named = _BY_NAME.get(suffix)
    if suffix == ".docm":
        raise _refused("a Word file with macros", "a Word file without macros; save it as .docx")
    found = _by_content(data)
    if named is None and suffix:
        raise _refused(f"a file whose name ends in {suffix}", READ)
    if found is None:  # some text
        if named in (FileKind.PDF, FileKind.WORD):
            raise _refused(f"not {named} though its name ends in {suffix}", f"{named}, or the right ending")
        return named or FileKind.TEXT
    if named is not None and found is not named and not (found is FileKind.HTML and named is FileKind.MARKDOWN):
        raise _refused(f"{found} though its name ends in {suffix}", f"{named}, or the right ending")
    return named or found


def _by_content(data: bytes) -> FileKind | None:
    head = data[:2048]
    if b"%PDF-" in data[:1024]:
        return FileKind.PDF
    if head.startswith(b"PK\x03\x04"):
        if b"word/" in data:
            return FileKind.WORD
        if b"xl/" in data:
            raise _refused("a spreadsheet", READ)
        raise _refused("an archive that is no Word file", READ)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        locked = "EncryptedPackage".encode("utf-16-le") in data
        got = "a Word file with a password" if locked else "an old Word file (.doc)"
        raise _refused(got, "a .docx file without a password")
    for magic, what in _OTHERS:
        if head.startswith(magic):
            raise _refused(what, READ)
    return FileKind.HTML if _PAGE.match(head) else None


def decoded(data: bytes, *, page: bool = False) -> tuple[str, str]:
    """The words of a text file, and a note where its encoding had to be guessed. Raises InputError for no text."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            try:
                return _checked(data.decode(encoding).lstrip("\ufeff")), ""
            except UnicodeDecodeError as error:
                raise _refused(f"a damaged {encoding.upper()} text", "a text in UTF-8") from error
    declared = _CHARSET.search(data[:4096]) if page else None
    tried = ["utf-8", *([declared.group(1).decode("ascii")] if declared else [])]
    for encoding in tried:
        try:
            return _checked(data.decode(encoding)), ""
        except (UnicodeDecodeError, LookupError):
            continue
    if b"\x00" in data:
        raise _refused("no text, or a text in an unknown encoding", "a text in UTF-8")
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise _refused("a text in an unknown encoding", "a text in UTF-8") from error
    strange = sum(0xA0 < ord(letter) < 0x100 and not letter.isalpha() for letter in text)
    if strange > 0.1 * len(text):
        raise _refused("a text in an unknown encoding", "a text in UTF-8")
    return _checked(text), "read as Windows-1252, for it is not UTF-8: check letters with accents"


def _checked(text: str) -> str:
    odd = sum((letter < " " and letter not in "\t\n\r\f\v") or letter == "\x7f" for letter in text)
    if odd > _MOST_ODD * len(text) or "\x00" in text:
        raise _refused("no text, or a text in an unknown encoding", "a text in UTF-8")
    if not any(letter.isalnum() for letter in text):
        raise _refused("a file without words", f"a file with text: {READ}")
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace("\v", "\n")
    return "".join(letter for letter in plain if letter >= " " or letter in "\t\n")


def _refused(got: str, allowed: str) -> InputError:
    return InputError(field="file", got=got, allowed=allowed)
