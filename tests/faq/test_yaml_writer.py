"""Texts written as YAML: read back they are the same, and a person can read them in a file."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
import yaml

from bot.faq.yaml_writer import WIDTH, block, field_line, folded, inline_list, inline_map, joined, scalar, text_list

ODD = ["", " a", "a ", "no", "NULL", "12", "1e3", "2026-11-24", "a: b", "- a", "#a", "a #b", '"', "a\\b", "'a'", "{a}",
       "a\nb", "a\tb", "é", "@a", "?", "*a", "a,b", "[", "\u200b", "\x85", "~", "true"]  # fmt: skip


def read(lines: Iterable[str]) -> object:
    return yaml.load(joined(lines), Loader=yaml.BaseLoader)  # noqa: S506 - texts stay texts


@pytest.mark.parametrize("text", ODD)
def test_any_text_comes_back_as_it_was(text: str) -> None:
    assert read([field_line("name", text, "")]) == {"name": text}
    assert read([f"list: {inline_list([text, 'b'])}"]) == {"list": [text, "b"]}
    assert read([f"map: {inline_map({'a': text})}"]) == {"map": {"a": text}}
    assert read(text_list("list", [text])) == {"list": [text]}
    assert read(folded("name", text)) == {"name": text}
    assert read(block("name", text)) in ({"name": text}, {"name": f"{text}\n"})  # readers take the last line's end away


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("dry lips", "dry lips"),
        ("What helps?", "What helps?"),
        ("no", '"no"'),
        ("a: b", '"a: b"'),
        ('say "a"\n', '"say \\"a\\"\\n"'),
        ("", '""'),
    ],
)
def test_quotes_stand_only_where_they_must(text: str, written: str) -> None:
    assert scalar(text) == written


def test_figures_dates_and_lists_may_stand_bare_in_a_map() -> None:
    assert inline_map({"share": "0.05", "name": "0.05"}, bare=["share"]) == '{share: 0.05, name: "0.05"}'


def test_a_list_stands_a_line_each_and_an_empty_one_not_at_all() -> None:
    assert list(text_list("names", ["a", "b"], "  ")) == ["  names:", "    - a", "    - b"]
    assert list(text_list("names", [])) == []


def test_a_text_of_lines_stands_as_it_is() -> None:
    assert list(block("reply", "Stop.\n\nCall us.", "  ")) == ["  reply: |", "    Stop.", "", "    Call us."]
    assert list(block("reply", "Stop.")) == ["reply: Stop."]
    assert read(block("reply", "Stop.\n\nCall us.")) == {"reply": "Stop.\n\nCall us.\n"}


@pytest.mark.parametrize("indent", ["", "    "])
@pytest.mark.parametrize("letters", [1, 7, 30])
def test_a_long_text_is_broken_at_spaces_into_lines_that_are_full(indent: str, letters: int) -> None:
    words = ["x" * letters] * (3 * WIDTH // (letters + 1))
    first, *lines = folded("pattern", " ".join(words), indent)

    assert first == f"{indent}pattern: >-"
    assert read([first, *lines]) == {"pattern": " ".join(words)}
    assert all(line.startswith(f"{indent}  x") for line in lines)
    assert all(len(line) <= WIDTH for line in lines)
    assert all(len(line) + 1 + letters + 1 > WIDTH for line in lines[:-1])


def test_a_text_that_fits_is_not_broken() -> None:
    assert list(folded("pattern", "x" * WIDTH)) == [f"pattern: {'x' * WIDTH}"]
    assert list(folded("pattern", "x " * 80)) == [f'pattern: "{"x " * 80}"']
