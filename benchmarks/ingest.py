"""Reading documents: sections found, time and memory of 200 pages, and what mutated files do.

`python benchmarks/ingest.py [sections|pages|mutations]`; all three without a name.
"""

from __future__ import annotations

import random
import re
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from documents import FOLDER, WAYS, Content, Part, contents, pdf, read_content  # noqa: E402

from bot.errors import InputError  # noqa: E402
from bot.ingest.blocks import Block  # noqa: E402
from bot.ingest.readers import read_bytes  # noqa: E402
from bot.ingest.sandbox import read_document, silent  # noqa: E402
from bot.ingest.sections import Section, sections_of  # noqa: E402

MUTATED = 200


def letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def key_of(section: Section) -> tuple[str, tuple[str, ...], str]:
    def words(block: Block) -> list[str]:
        cells = [cell for row in block.rows for cell in row]
        return [block.text, *(item.text for item in block.items), *cells]

    whole = " ".join(text for block in section.blocks for text in words(block))
    return letters(section.heading), tuple(map(letters, section.items)), letters(whole)


def wanted(part: Part) -> tuple[str, tuple[str, ...], str]:
    return letters(part.heading), tuple(map(letters, part.items)), letters(" ".join(part.words))


def documents() -> list[tuple[str, bytes, Content]]:
    """Every document of the tests in every way, and those that a browser printed."""
    found = [
        (f"{each.name}.{way}{suffix}", write(each), each)
        for each in contents()
        for way, (suffix, write) in WAYS.items()
    ]
    known = {each.name: each for each in contents()}
    for path in sorted((FOLDER / "printed").glob("*.pdf")):
        found.append((path.name, path.read_bytes(), known[path.name.split(".")[0]]))
    for path in sorted((FOLDER / "by-hand").glob("*")):
        if path.suffix != ".expected":
            found.append((path.name, path.read_bytes(), read_content(path.with_name(path.name + ".expected"))))
    return found


def sections() -> None:
    """A section counts as found when heading, items in order, and all words are as they should be."""
    hit = there = found = 0
    for name, data, content in documents():
        got = [key_of(section) for section in sections_of(read_bytes(name, data, silent).blocks)]
        right = [wanted(part) for part in content.parts]
        same = sum((Counter(got) & Counter(right)).values())
        hit, there, found = hit + same, there + len(right), found + len(got)
        if same < max(len(right), len(got)):
            print(f"  {name}: {same} of {len(right)}, {len(got)} found")
    count = len(documents())
    print(f"sections: {count} documents, recall {hit / there:.4f} ({hit}/{there}), precision {hit / found:.4f}")


def pages() -> None:
    """A PDF of 200 pages: seconds and megabytes of the process that reads it."""
    long = Content("long", tuple(part for number in range(196) for part in (_numbered(number))))
    data = pdf(long)
    count = data.count(b"/Type /Page ")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.pdf"
        path.write_bytes(data)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.perf_counter()
        reading = read_document(path).reading
        took_s = time.perf_counter() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = len(sections_of(reading.blocks))
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(
        f"pages: {count} pages, {found} of {len(long.parts)} sections, {took_s:.1f} s ({cpu_s:.1f} s of a processor), "
        f"{after.ru_maxrss / 1024:.0f} MB at most"
    )


def _numbered(number: int) -> list[Part]:
    parts = []
    for content in contents()[number % len(contents()) :][:1]:
        parts += [Part(part.level, f"{part.heading} {number}", part.blocks) for part in content.parts]
    return parts


def mutations() -> None:
    """Files with bytes changed, cut out, doubled or put in: read, or refused with a reason; nothing else may happen."""
    sys.path.insert(0, str(ROOT / "tests" / "ingest"))
    from test_sandbox import HOSTILE, mutated

    choose = random.Random(20261126)
    whole = [(name, data) for name, data, _ in documents()] + [
        (name, data) for name, (data, _) in HOSTILE.items() if data
    ]
    outcomes: Counter[str] = Counter()
    slowest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(MUTATED):
            name, data = choose.choice(whole)
            path = Path(folder) / f"{number}-{name}"
            path.write_bytes(mutated(data[:2_000_000], choose))
            began = time.perf_counter()
            try:
                read_document(path)
                outcomes["read"] += 1
            except InputError as error:
                outcomes["refused"] += 1
                outcomes["its reader broke down"] += "breaks down" in error.got
                outcomes["too long"] += "too long" in error.got
            slowest = max(slowest, time.perf_counter() - began)
            path.unlink()
        left = len(list(Path(folder).iterdir()))
    told = ", ".join(f"{count} {what}" for what, count in outcomes.items() if count)
    print(f"mutations: {MUTATED} files: {told}; slowest {slowest:.1f} s; {left} files left behind")


def main() -> None:
    wanted_ = sys.argv[1:] or ["sections", "pages", "mutations"]
    for name in wanted_:
        {"sections": sections, "pages": pages, "mutations": mutations}[name]()


if __name__ == "__main__":
    main()
