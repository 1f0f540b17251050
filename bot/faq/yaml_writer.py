"""YAML written for people to read on: plain words stay plain, all else is quoted so that it comes back exactly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

WIDTH = 110  # a folded text is broken before this column

# No need of quotes: words of Latin letters, with marks that mean nothing to YAML where they stand.
_LETTER = "A-Za-zÀ-ÖØ-öø-ÿ"
_PLAIN = re.compile(rf"[{_LETTER}](?:[{_LETTER}0-9 .,;!?()/%£€$+*@'’_-]*[{_LETTER}0-9.,;!?)%£€$+*'’_-])?")
_PLAIN_INLINE = re.compile(rf"[{_LETTER}](?:[{_LETTER}0-9 .;!()/%£€$'’_-]*[{_LETTER}0-9.;!)%£€$'’_-])?")
# Words that other readers of YAML take for something else.
_TAKEN = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
# What cannot be seen or would end the line.
_UNSEEN_CLASS = r"\x00-\x1f\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ud800-\uf8ff\ufeff\ufff0-\uffff"
_UNSEEN = re.compile(f"[{_UNSEEN_CLASS}]")
_TO_ESCAPE = re.compile(rf'[{_UNSEEN_CLASS}"\\]')
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
_FOLD = re.compile(r"(?<! ) (?! )")


def scalar(text: str, *, inline: bool = False) -> str:
    """One text on one line; `inline` inside [ ] or { }."""
    plain = _PLAIN_INLINE if inline else _PLAIN
    if plain.fullmatch(text) and text.casefold() not in _TAKEN:
        return text
    return '"' + _TO_ESCAPE.sub(lambda odd: _escaped(odd.group()), text) + '"'


def inline_list(texts: Iterable[str]) -> str:
    """Texts as [a, b]."""
    return "[" + ", ".join(scalar(text, inline=True) for text in texts) + "]"


def inline_map(texts: Mapping[str, str], *, bare: Iterable[str] = ()) -> str:
    """Texts by name as {a: b, c: d}; those of `bare` are written as they stand (numbers, dates, lists)."""
    bare = frozenset(bare)
    pairs = (
        f"{scalar(name, inline=True)}: {text if name in bare else scalar(text, inline=True)}"
        for name, text in texts.items()
    )
    return "{" + ", ".join(pairs) + "}"


def field_line(name: str, text: str, indent: str = "") -> str:
    """One text under its name."""
    return f"{indent}{scalar(name)}: {scalar(text)}"


def text_list(name: str, texts: Iterable[str], indent: str = "") -> Iterator[str]:
    """Texts under a name, one a line; nothing at all where there are none."""
    lines = [f"{indent}  - {scalar(text)}" for text in texts]
    if lines:
        yield f"{indent}{name}:"
        yield from lines


def block(name: str, text: str, indent: str = "") -> Iterator[str]:
    """A text of several lines under its name, as it stands; on one line where a block could not hold it exactly."""
    lines = text.split("\n")
    if len(lines) == 1 or text != text.strip() or any(_UNSEEN.search(line) for line in lines):
        yield field_line(name, text, indent)
        return
    yield f"{indent}{scalar(name)}: |"
    yield from (f"{indent}  {line}" if line else "" for line in lines)


def folded(name: str, text: str, indent: str = "") -> Iterator[str]:
    """A long text of one line under its name, broken at its spaces, which is where it is joined again."""
    if len(text) <= WIDTH or text != text.strip() or _UNSEEN.search(text):
        yield field_line(name, text, indent)
        return
    yield f"{indent}{scalar(name)}: >-"
    line = ""
    for piece in _FOLD.split(text):
        if line and len(indent) + len(line) + len(piece) + 3 > WIDTH:
            yield f"{indent}  {line}"
            line = piece
        else:
            line = f"{line} {piece}" if line else piece
    yield f"{indent}  {line}"


def joined(lines: Iterable[str]) -> str:
    """The lines as the text of a file."""
    return "\n".join(lines) + "\n"


def _escaped(letter: str) -> str:
    known = _ESCAPES.get(letter)
    return known if known is not None else f"\\u{ord(letter):04X}"
