"""Reading in a process of its own: whatever the file is, there is a reading or a reason, and nothing else happens."""

from __future__ import annotations

import io
import random
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest
from documents import FOLDER, WAYS, docx, docx_of, pdf, raw_pdf, read_content, word_paragraph

from bot.errors import InputError
from bot.ingest.importers import Format
from bot.ingest.sandbox import Limits, read_document, read_faq

CONTENT = read_content(FOLDER / "inhaler.md")
LOCKED_PDF = b"""%PDF-1.4
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >> endobj
4 0 obj << /Filter /Standard /V 2 /R 3 /Length 128 /P -44
/O <c431fab9cc5ef7b59c244b61b745f71ac5ba427b1b9102da468e77127f1e69d6>
/U <7c6d9ae0f4a7f8a7dba8d3a6b6c7e5d900000000000000000000000000000000> >> endobj
trailer << /Root 1 0 R /Size 5 /Encrypt 4 0 R /ID [<0123456789abcdef0123456789abcdef> <0123456789abcdef0123456789abcdef>] >>
%%EOF
"""


def bomb(size: int = 60_000_000) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("word/document.xml", "w") as part:
        for _ in range(size // 1_000_000):
            part.write(b" " * 1_000_000)
    return packed.getvalue()


def entities(encoding: str = "utf-8", name: str = "", declared: str = "") -> bytes:
    body = f'{declared}<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document><w:t>&x;</w:t></w:document>'
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>" if name else body.encode(encoding))
        if name:
            archive.writestr(name, body.encode(encoding))
    return packed.getvalue()


def deep_word(depth: int = 20_000) -> bytes:
    return docx_of("<w:tbl><w:tr><w:tc>" * depth + word_paragraph("x") + "</w:tc></w:tr></w:tbl>" * depth)


HOSTILE = {
    "empty.txt": (b"", "an empty file"),
    "blank.html": (b" \n\t ", "an empty file"),
    "notes.pdf": (b"Only some text.", "not a PDF though its name ends in .pdf"),
    "page.pdf": (b"<!doctype html><p>Hello there</p>", "a web page though its name ends in .pdf"),
    "paper.txt": (pdf(CONTENT), "a PDF though its name ends in .txt"),
    "letter.pdf": (docx(CONTENT), "a Word file though its name ends in .pdf"),
    "locked.pdf": (LOCKED_PDF, "a PDF with a password"),
    "half.pdf": (pdf(CONTENT)[:300], "a damaged PDF"),
    "scan.pdf": (raw_pdf([b"0 0 100 100 re f"]), "a PDF without words"),
    "half.docx": (docx(CONTENT)[:900], "a damaged archive"),
    "bomb.docx": (bomb(), "unpacks to far more"),
    "macros.docx": (docx_of(word_paragraph("x"), {"word/vbaProject.bin": b"x"}), "macros"),
    "macros.docm": (docx(CONTENT), "macros"),
    "entities.docx": (entities(), "defines entities"),
    "elsewhere.docx": (entities(name="word/other.part"), "defines entities"),
    "utf16.docx": (entities("utf-16"), "not written in UTF-8"),
    "utf16-without-mark.docx": (entities("utf-16-be", name="word/styles.bin"), "not written in UTF-8"),
    "utf32.docx": (entities("utf-32"), "not written in UTF-8"),
    "utf7.docx": (entities("utf-7", declared="<?xml version='1.0' encoding='utf-7'?>"), "not written in UTF-8"),
    "deep.docx": (deep_word(), "within parts"),
    "deep.html": (b"<div>" * 100_000 + b"<p>Words at the bottom.</p>", "within parts"),
    "old.docx": (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "an old Word file"),
    "sheet.docx": (docx_of("").replace(b"word/", b"xlxx/"), "an archive that is no Word file"),
    "binary.txt": (bytes(range(256)) * 40, "no text"),
    "wide.txt": (("Words. " * 20).encode("utf-16-le"), "no text"),
    "picture.html": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "a picture"),
    "song.mp3": (b"ID3 something", "a sound"),
    "sheet.xlsx": (b"a,b,c", "a file whose name ends in .xlsx"),
    "atlas.md": (b"# Bones\n\nWords of it.\n\n" * 2001, "a document of 2001 sections"),
    "novel.txt": (b"Words and more words. " * 100_000, "characters"),
    "counter.txt": (b"1,024 views\nShare\n0 comments\n", "nothing but headings and boilerplate"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_read_is_refused_with_the_reason(name: str, tmp_path: Path) -> None:
    data, reason = HOSTILE[name]
    path = tmp_path / name
    path.write_bytes(data)

    with pytest.raises(InputError) as refused:
        read_document(path)

    assert reason in refused.value.got
    assert refused.value.field == name
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_a_file_of_500_mb_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.pdf"
    with path.open("wb") as file:
        file.truncate(500 * 1024 * 1024)

    with pytest.raises(InputError, match="500 MB"):
        read_document(path)


def test_a_page_nested_twenty_thousand_deep_is_read(tmp_path: Path) -> None:
    path = tmp_path / "deep.html"
    path.write_text("<div class='x'><b>" * 10_000 + "<h1>Deep</h1><p>Words at the bottom.</p>", encoding="utf-8")

    assert read_document(path).reading.blocks[0].text == "Deep"


@pytest.mark.parametrize(
    "opening", ["<table><tr><td>", "<div class='sidebar'>", "<article>", "<div class='panel hidden'>"]
)
def test_parts_within_parts_are_read_however_they_are_nested(opening: str, tmp_path: Path) -> None:
    path = tmp_path / "nested.html"
    path.write_text(opening * 2_000 + "<h1>Deep</h1><p>Words at the bottom of it all.</p>", encoding="utf-8")

    blocks = read_document(path, limits=Limits(cpu_s=20)).reading.blocks

    assert [block.text for block in blocks] == ["Deep", "Words at the bottom of it all."]


def test_many_lines_side_by_side_are_not_taken_for_deep(tmp_path: Path) -> None:
    path = tmp_path / "long.html"
    path.write_text("<p>A word.<br>" * 30_000, encoding="utf-8")

    assert len(read_document(path).reading.blocks) == 30_000


def test_more_memory_than_allowed_is_a_reason_and_no_crash(tmp_path: Path) -> None:
    path = tmp_path / "many.html"
    path.write_bytes(b"<p>" + b"<i>a</i>" * 1_000_000)

    with pytest.raises(InputError, match=r"memory|breaks down"):
        read_document(path, limits=Limits(memory_mb=80))


def test_what_takes_too_long_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "slow.html"
    path.write_bytes(b"<p>" + b"<i>a</i>" * 2_000_000)

    with pytest.raises(InputError, match="too long"):
        read_document(path, limits=Limits(wall_s=0.05))


@pytest.mark.parametrize(
    ("form", "name", "text", "reason"),
    [
        ("rasa", "nlu.yml", "nlu: " + "[" * 20_000, "too long"),
        ("jsonld", "page.html", "<div>" * 100_000, "within parts"),
        ("csv", "faq.csv", "question,answer\nWhat?," + "<div>" * 100_000, "within parts"),
        ("csv", "faq.csv", "", "an empty file"),
        ("qnamaker", "faq.tsv", "\0\1", "no text"),
    ],
)
def test_another_faqs_file_is_read_within_limits_too(
    form: str, name: str, text: str, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")

    with pytest.raises(InputError, match=reason) as refused:
        read_faq([path], Format(form), Limits(cpu_s=2))

    assert refused.value.field == name
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_a_name_that_looks_like_an_option_is_a_name(tmp_path: Path) -> None:
    path = tmp_path / "-c.txt"
    path.write_text("Some words that are a sentence.", encoding="utf-8")

    assert read_document(path, name="--help\n.txt").reading.blocks[0].text == "Some words that are a sentence."


def test_progress_is_told_page_by_page(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(read_content(FOLDER / "hay-fever.md")))
    told: list[tuple[int, int]] = []

    read_document(path, tell=lambda done, total: told.append((done, total)))

    assert told[0] == (1, 2)
    assert told[-1] == (1, 1)


@pytest.mark.parametrize("seed", range(12))
def test_a_mutated_file_is_read_or_refused(seed: int, tmp_path: Path) -> None:
    choose = random.Random(seed)  # noqa: S311 - the same files each time
    way = choose.choice(list(WAYS))
    suffix, write = WAYS[way]
    path = tmp_path / f"mutated{suffix}"
    path.write_bytes(mutated(write(CONTENT), choose))

    try:
        assert read_document(path).reading.blocks
    except InputError as error:
        assert error.got

    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def mutated(data: bytes, choose: random.Random) -> bytes:
    """The bytes with some of them changed, cut out, doubled or moved."""
    out = bytearray(data)
    for _ in range(choose.randint(1, 30)):
        at = choose.randrange(len(out))
        match choose.randrange(4):
            case 0:
                out[at] = choose.randrange(256)
            case 1:
                del out[at : at + choose.randrange(1, 200)]
            case 2:
                out[at:at] = out[at : at + choose.randrange(1, 200)]
            case _:
                out[at:at] = choose.randbytes(choose.randrange(1, 40))
        if not out:
            return b"x"
    return bytes(out)


def test_commands_and_servers_start_without_the_readers() -> None:
    code = "import sys, bot.cli.main; print(sorted({'mammoth', 'pypdfium2'} & set(sys.modules)))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_modules_that_lie_about_are_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planted, shared = tmp_path / "planted", tmp_path / "shared"
    for folder in (planted, shared):
        folder.mkdir()
        for name in ("mammoth", "yaml", "selectolax"):
            (folder / f"{name}.py").write_text("raise SystemExit(99)\n", encoding="utf-8")
    monkeypatch.setattr(tempfile, "tempdir", str(shared))
    monkeypatch.setenv("PYTHONPATH", str(planted))
    monkeypatch.chdir(shared)
    path = tmp_path / "inhaler.docx"
    path.write_bytes(docx(CONTENT))

    assert read_document(path).reading.blocks
    assert not [each for each in shared.iterdir() if each.name.startswith("clinicbot")]
