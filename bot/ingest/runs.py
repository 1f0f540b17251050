"""Words as they stand in a line, with what is bold or a link; and what a line of them is: a heading, a list, prose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.ingest.blocks import Block, Item, Kind
from bot.ingest.lines import bullet_of, ends_sentence, is_short, numbered

MOST_BOLD_WORDS = 14


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one look."""

    text: str
    bold: bool = False
    link: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """A line: its text, and which share of its letters is bold or a link, 0 to 1."""

    text: str
    bold: float
    link: float


def lines_of(runs: Sequence[Run]) -> list[Words]:
    """The lines that stand between line breaks; empty ones stay, as they part paragraphs."""
    lines: list[list[Run]] = [[]]
    for run in runs:
        for place, piece in enumerate(run.text.split("\n")):
            if place:
                lines.append([])
            lines[-1].append(Run(piece, run.bold, run.link))
    return [_words(line) for line in lines]


def joined(runs: Sequence[Run]) -> Words:
    """All of it as one line."""
    return _words([Run(run.text.replace("\n", " "), run.bold, run.link) for run in runs])


def blocks_of(runs: Sequence[Run], level: int, place: str) -> Iterator[Block]:
    """The blocks of a paragraph: a bold line that stands alone is a heading below `level`, marked lines are lists."""
    lines = lines_of(runs)
    prose: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        items, end = _items(lines, at)
        heads = _is_bold_heading(line, alone=not prose)
        if (not line.text or items or heads) and prose:
            yield Block(kind=Kind.PARAGRAPH, text=" ".join(prose), place=place)
            prose = []
        if items:
            kind = Kind.NUMBERS if items[0].number else Kind.BULLETS
            yield Block(kind=kind, items=items, place=place)
        elif heads:
            yield Block(kind=Kind.HEADING, text=line.text.rstrip(":").rstrip(), level=level + 1, place=place)
        elif line.text:
            prose.append(line.text)
        at = end if items else at + 1
    if prose:
        yield Block(kind=Kind.PARAGRAPH, text=" ".join(prose), place=place)


def _items(lines: Sequence[Words], at: int) -> tuple[tuple[Item, ...], int]:
    """The list that begins here, and where it ends; two marked lines at least, or one bullet that is no dash."""
    items: list[Item] = []
    end = at
    while end < len(lines):
        marked, number = bullet_of(lines[end].text), numbered(lines[end].text)
        if marked:
            items.append(Item(marked))
        elif number:
            items.append(Item(number[1], number=number[0]))
        else:
            break
        end += 1
    single = len(items) == 1 and not items[0].number and lines[at].text[:1] in "•·▪◦‣●○■□✓✔"
    return (tuple(items), end) if len(items) > 1 or single else ((), at)


def _is_bold_heading(line: Words, *, alone: bool) -> bool:
    text = line.text
    if not text or line.bold < 0.98 or not alone or not is_short(text) or len(text.split()) > MOST_BOLD_WORDS:
        return False
    return not ends_sentence(text) or text.endswith(("?", ":"))


def _words(runs: Sequence[Run]) -> Words:
    text = " ".join("".join(run.text for run in runs).split())
    count = sum(_letters(run.text) for run in runs) or 1
    bold = sum(_letters(run.text) for run in runs if run.bold) / count
    link = sum(_letters(run.text) for run in runs if run.link) / count
    return Words(text, bold, link)


def _letters(text: str) -> int:
    return sum(letter.isalnum() for letter in text)
