"""Readers: the sections of a document are found in whatever way it was written down, and nothing else is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from documents import FOLDER, WAYS, Content, Part, contents, read_content
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.faq.release import plain
from bot.ingest.blocks import Block, Kind, Reading
from bot.ingest.plain_text import _Maker, read_plain_text
from bot.ingest.readers import read_bytes
from bot.ingest.sandbox import silent
from bot.ingest.sections import Section, sections_of

CONTENTS = {content.name: content for content in contents()}
BY_HAND = sorted(path for path in (FOLDER / "by-hand").iterdir() if path.suffix != ".expected")
PRINTED = sorted((FOLDER / "printed").glob("*.pdf"))


def read(name: str, data: bytes) -> Reading:
    return read_bytes(name, data, silent)


def letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def found(section: Section) -> tuple[str, tuple[str, ...], str]:
    def words(block: Block) -> Iterable[str]:
        yield block.text
        yield from (item.text for item in block.items)
        yield from (cell for row in block.rows for cell in row)

    whole = " ".join(text for block in section.blocks for text in words(block))
    return letters(section.heading), tuple(map(letters, section.items)), letters(whole)


def wanted(part: Part) -> tuple[str, tuple[str, ...], str]:
    return letters(part.heading), tuple(map(letters, part.items)), letters(" ".join(part.words))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", CONTENTS)
def test_every_section_is_found_however_it_is_written(name: str, way: str) -> None:
    suffix, write = WAYS[way]
    content: Content = CONTENTS[name]

    reading = read(name + suffix, write(content))

    assert [found(section) for section in sections_of(reading.blocks)] == [wanted(part) for part in content.parts]


@pytest.mark.parametrize("path", PRINTED, ids=lambda path: path.stem)
def test_every_section_of_a_printed_leaflet_is_found_with_its_level(path: Path) -> None:
    content = CONTENTS[path.name.split(".")[0]]

    sections = sections_of(read(path.name, path.read_bytes()).blocks)

    assert [found(section) for section in sections] == [wanted(part) for part in content.parts]
    assert [section.level for section in sections] == [part.level for part in content.parts]


@pytest.mark.parametrize("path", BY_HAND, ids=lambda path: path.name)
def test_every_section_of_a_document_written_by_hand_is_found(path: Path) -> None:
    content = read_content(path.with_name(f"{path.name}.expected"))

    sections = sections_of(read(path.name, path.read_bytes()).blocks)

    assert [found(section) for section in sections] == [wanted(part) for part in content.parts]


@pytest.mark.parametrize("way", ["wrapped", "markdown", "news-page", "accordion", "word"])
def test_levels_and_paths_are_those_of_the_document(way: str) -> None:
    suffix, write = WAYS[way]
    content = read_content(FOLDER / "wisdom-tooth.md")

    sections = sections_of(read("tooth" + suffix, write(content)).blocks)

    assert [section.level for section in sections] == [part.level for part in content.parts]
    path = next(section.path for section in sections if section.heading == "Numbing")
    assert path == ("Your wisdom tooth operation", "During the operation", "Numbing")


def test_the_same_words_have_the_same_hash_in_every_format() -> None:
    content = CONTENTS["warts"]
    hashes = {
        way: [section.sha256 for section in sections_of(read("a" + suffix, write(content)).blocks)]
        for way, (suffix, write) in WAYS.items()
    }

    assert len({tuple(each) for each in hashes.values()}) == 1


def test_a_copied_article_has_its_bare_headings_and_lists_and_nothing_else() -> None:
    reading = read("article.txt", (FOLDER / "copied-article.txt").read_bytes())
    sections = sections_of(reading.blocks)

    assert [(section.level, section.heading, len(section.items)) for section in sections] == [
        (1, "Introduction", 0),
        (1, "What Is Nasafree?", 3),
        (1, "The Three Things It Does", 0),
        (2, "1. Shrinks the Lining", 0),
        (2, "2. Dries the Drip", 0),
        (2, "3. Quiets the Itch", 0),
        (1, "How Soon Will I Notice?", 3),
        (1, "Nasafree's Lasting Relief", 2),
        (1, "Good Things Beyond the Nose", 2),
        (1, "Unwanted Effects of Nasafree", 0),
        (2, "Common Effects", 2),
        (2, "Less Common but Serious Effects", 2),
        (1, "Who Should Think About It?", 2),
        (1, "Conclusion", 0),
    ]
    assert [removed.text for removed in reading.removed] == ["views", "Comments", "0 comment"]
    assert sections[6].items[2] == "Weeks 2–4 (Full Effect): Most users breathe freely day and night."


def test_what_stands_around_an_article_is_left_out_and_named() -> None:
    reading = read("page.html", WAYS["news-page"][1](CONTENTS["sleep"]))
    reasons = {removed.why for removed in reading.removed}

    assert {"a view counter", "a share link", "a shop link", "related links", "a comment"} <= reasons
    assert (reading.author, reading.dated) == ("Nora Field", "12 May 2025")
    assert reading.title == "Sleeping better"


def test_a_list_within_a_list_keeps_its_order_and_depth() -> None:
    page = "<h1>Bags</h1><ul><li>One<ul><li>a<li>b</ul>more<li><p>Two</p><p>and a half</p></ul>"
    (section,) = sections_of(read("a.html", page.encode()).blocks)

    assert section.items == ("One more", "a", "b", "Two and a half")
    assert [item.depth for item in section.blocks[0].items] == [0, 1, 1, 0]


def test_an_address_is_no_row_of_headings() -> None:
    text = "Where we are\n\nThe Old Mill\nMill Lane 4\nLittle Wood\n\nComing by bus\n\nTake line nine to the end.\n"

    headings = [section.heading for section in sections_of(read("a.txt", text.encode()).blocks)]

    assert headings == ["Where we are", "Coming by bus"]


def test_questions_and_answers_with_letters_before_them_are_sections() -> None:
    text = "Q: Can I swim?\nA: Yes, after a week.\n\nQ: Can I fly?\nA: Ask us first.\n"

    sections = sections_of(read("faq.txt", text.encode()).blocks)

    assert [(section.heading, section.text) for section in sections] == [
        ("Can I swim?", "Yes, after a week."),
        ("Can I fly?", "Ask us first."),
    ]


_WORD = st.from_regex(r"[a-z]{2,9}", fullmatch=True)
_SENTENCE = st.lists(_WORD, min_size=6, max_size=20).map(lambda words: " ".join(words).capitalize() + ".")
_HEADING = st.lists(_WORD.map(str.capitalize), min_size=1, max_size=4).map(" ".join)


@settings(deadline=None)
@given(parts=st.lists(st.tuples(_HEADING, st.lists(_SENTENCE, min_size=1, max_size=3)), min_size=1, max_size=5))
def test_no_word_of_a_markdown_text_is_lost_or_moved(parts: list[tuple[str, list[str]]]) -> None:
    text = "\n\n".join(f"## {heading}\n\n" + "\n\n".join(sentences) for heading, sentences in parts)

    blocks = read("a.md", text.encode()).blocks

    prose = [block.text for block in blocks if block.kind is Kind.PARAGRAPH]
    assert prose == [sentence for _, sentences in parts for sentence in sentences]


@settings(deadline=None)
@given(data=st.text(max_size=400))
def test_any_text_is_read_or_refused(data: str) -> None:
    for name in ("a.txt", "a.md", "a.html"):
        try:
            reading = read(name, data.encode("utf-8", errors="replace"))
        except Exception as error:  # noqa: BLE001 - what else it could be is what this test is about
            assert type(error).__name__ == "InputError"
        else:
            assert sections_of(reading.blocks)


@pytest.mark.parametrize("name", ["a.html", "a.md"])
def test_a_document_cannot_command_the_terminal_that_shows_it(name: str) -> None:
    spelt = "&#27;[2J&#x9b;31m&#13;"
    page = f"<h1>Ask {spelt}us</h1><p>Ring {spelt}now.</p>"
    text = page if name == "a.html" else f"# Ask {spelt}us\n\nRing {spelt}now.\n"

    reading = read(name, text.encode())

    assert letters(reading.blocks[-1].text).startswith("ring")
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", json.dumps(plain(reading), ensure_ascii=False))


def test_a_long_text_takes_no_longer_for_each_of_its_headings(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = 0
    may_head = _Maker._may_head

    def counted(maker: _Maker, place: int) -> bool:
        nonlocal looked
        looked += 1
        return may_head(maker, place)

    monkeypatch.setattr(_Maker, "_may_head", counted)
    part = "ALL ABOUT SKIN\n\nDry Lips\n\nUse a plain ointment as often as you like, day and night.\n\n"
    sections = sections_of(read_plain_text("TITLE OF IT\n\nA first sentence stands here.\n\n" + part * 200).blocks)

    assert len(sections) == 401
    assert looked < 10 * len(sections)
