"""The lines of a PDF's pages: their words, size, weight and place, as they are printed."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as c

from bot.errors import InputError
from bot.ingest.lines import bullet_of, numbered

MOST_PAGES = 2_000
MOST_LETTERS_A_PAGE = 200_000
MOST_SHAPES = 5_000  # looked at on one page
_HEAVY = 600  # a font's weight from which it is bold
_PASSWORD = 4  # what the library calls a document that wants one
_BOLD_NAMES = ("bold", "black", "heavy", "semibold", "demi")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Words in one row, in points from the lower left of the page; `base` is where the letters stand."""

    text: str
    page: int
    left: float
    right: float
    bottom: float
    top: float
    base: float
    size: float
    bold: bool
    italic: bool
    width: float
    height: float
    words_left: float = 0.0  # where the words begin after a bullet


@dataclass(slots=True)
class _Look:
    text: list[str]
    left: float
    right: float
    bottom: float
    top: float
    base: float
    sizes: dict[float, int]
    bold: int
    italic: int
    letters: int


def lines_of_pdf(data: bytes, tell: Callable[[int, int], None]) -> tuple[list[Line], dict[str, str]]:
    """Every line in the order in which the file holds it, and the file's properties; `tell` hears page and pages.

    Raises InputError with the reason why it is not read.
    """
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD or "password" in str(error).lower():
            raise InputError(field="file", got="a PDF with a password", allowed="a PDF without a password") from error
        raise InputError(field="file", got="a damaged PDF", allowed="a whole PDF") from error
    count = len(document)
    if count > MOST_PAGES:
        raise InputError(field="file", got=f"{count} pages", allowed=f"at most {MOST_PAGES}")
    lines: list[Line] = []
    for number in range(count):
        try:
            page = document[number]
        except pdfium.PdfiumError:
            continue  # one broken page is no reason to lose the others; it is missed where nothing was read
        lines += _page_lines(page, number + 1)
        page.close()
        tell(number + 1, count)
    return lines, document.get_metadata_dict(skip_empty=True)


def _page_lines(page: Any, number: int) -> list[Line]:
    text = page.get_textpage()
    width, height = page.get_size()
    raw, count = text.raw, min(c.FPDFText_CountChars(text.raw), MOST_LETTERS_A_PAGE)
    found: list[Line] = []
    open_line: _Look | None = None
    reader = _Letters(raw)
    for place in range(max(0, count)):
        code = c.FPDFText_GetUnicode(raw, place)
        letter = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else ""
        if letter in ("\r", "\n") or (letter and ord(letter) < 9):
            if letter == "\x02" and open_line is not None:  # a hyphen at the line's end
                open_line.text.append("\u00ad")
            elif open_line is not None:
                found.append(_made(open_line, number, width, height))
                open_line = None
            continue
        if letter in ("", "\ufffe", "\uffff"):
            if open_line is not None and code == 0xFFFE:
                open_line.text.append("\u00ad")
            continue
        if letter.isspace():
            if open_line is not None:
                open_line.text.append(" ")
            continue
        box = reader.box(place)
        if box is None:
            continue
        size, bold, italic = reader.look(place)
        if open_line is not None and _is_apart(open_line, box, size):
            found.append(_made(open_line, number, width, height))
            open_line = None
        if open_line is None:
            open_line = _Look([], box[0], box[1], box[2], box[3], reader.base(place, box[2]), {}, 0, 0, 0)
        open_line.text.append(letter)
        open_line.left, open_line.right = min(open_line.left, box[0]), max(open_line.right, box[1])
        open_line.bottom, open_line.top = min(open_line.bottom, box[2]), max(open_line.top, box[3])
        open_line.sizes[size] = open_line.sizes.get(size, 0) + 1
        open_line.bold += bold
        open_line.italic += italic
        open_line.letters += 1
    if open_line is not None:
        found.append(_made(open_line, number, width, height))
    text.close()
    return _with_dots([line for line in found if line.text], list(_dots(page)))


def _is_apart(line: _Look, box: tuple[float, float, float, float], size: float) -> bool:
    """Whether a letter begins a line of its own: another row, another column, or back at the left."""
    row = box[3] < line.bottom or box[2] > line.top
    gap = box[0] - line.right
    return row or gap > 2.2 * max(size, 6) or gap < -4 * max(size, 6)


def _made(look: _Look, page: int, width: float, height: float) -> Line:
    size = max(look.sizes, key=lambda each: look.sizes[each])
    return Line(
        text=" ".join("".join(look.text).split()),
        page=page,
        left=look.left,
        right=look.right,
        bottom=look.bottom,
        top=look.top,
        base=look.base,
        size=size,
        bold=look.bold > 0.8 * look.letters,
        italic=look.italic > 0.8 * look.letters,
        width=width,
        height=height,
        words_left=look.left,
    )


class _Letters:
    """Asks the library about letters; fonts are asked about once."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._edges = [ctypes.c_double() for _ in range(4)]
        self._matrix = c.FS_MATRIX()
        self._name = ctypes.create_string_buffer(256)
        self._flags = ctypes.c_int()

    def box(self, place: int) -> tuple[float, float, float, float] | None:
        """Left, right, bottom and top."""
        left, right, bottom, top = self._edges
        if not c.FPDFText_GetCharBox(self._raw, place, left, right, bottom, top):
            return None
        values = (left.value, right.value, bottom.value, top.value)
        return values if all(math.isfinite(value) for value in values) else None

    def base(self, place: int, bottom: float) -> float:
        """Where the letter stands; its lower edge where the file does not tell."""
        x, y = self._edges[0], self._edges[2]
        return y.value if c.FPDFText_GetCharOrigin(self._raw, place, x, y) and math.isfinite(y.value) else bottom

    def look(self, place: int) -> tuple[float, bool, bool]:
        """The size in points as printed, to half a point, and whether it is bold and whether it is slanted."""
        size = c.FPDFText_GetFontSize(self._raw, place)
        if c.FPDFText_GetMatrix(self._raw, place, self._matrix):
            size *= math.hypot(self._matrix.c, self._matrix.d) or 1.0
        weight = c.FPDFText_GetFontWeight(self._raw, place)
        c.FPDFText_GetFontInfo(self._raw, place, self._name, 256, self._flags)
        name = self._name.value.decode("latin-1").lower()
        bold = weight >= _HEAVY or any(word in name for word in _BOLD_NAMES)
        slanted = "italic" in name or "oblique" in name
        return (round(2 * size) / 2 if math.isfinite(size) else 0.0), bold, slanted


def _dots(page: Any) -> Iterator[tuple[float, float]]:
    """Where small shapes as wide as high are painted: bullets that are no letters. Middle of each."""
    for number, shape in enumerate(page.get_objects(filter=(c.FPDF_PAGEOBJ_PATH,), max_depth=4)):
        if number > MOST_SHAPES:
            return
        left, bottom, right, top = shape.get_bounds()
        across, high = right - left, top - bottom
        if 1.2 <= across <= 9 and 1.2 <= high <= 9 and 0.7 <= across / high <= 1.4:
            yield (left + right) / 2, (bottom + top) / 2


def _with_dots(lines: list[Line], dots: list[tuple[float, float]]) -> list[Line]:
    found = []
    for line in lines:
        near = [x for x, y in dots if line.bottom - 2 <= y <= line.top + 1 and 1 <= line.left - x <= 36]
        found.append(replace(line, text=f"• {line.text}", left=max(near)) if near else line)
    return found


def rows_joined(lines: list[Line]) -> list[Line]:
    """A bullet or number that stands alone joined with the words to its right."""
    found: list[Line] = []
    for line in lines:
        before = found[-1] if found else None
        same = before is not None and before.page == line.page and abs(before.base - line.base) < 4
        if before and same and _is_mark(before.text) and -1 <= line.left - before.right < 60:
            low, high = min(before.bottom, line.bottom), max(before.top, line.top)
            found[-1] = replace(line, text=f"{before.text} {line.text}", left=before.left, bottom=low, top=high)
            continue
        found.append(line)
    return found


def _is_mark(text: str) -> bool:
    return bullet_of(text) == "" or bool(numbered(f"{text} x"))
