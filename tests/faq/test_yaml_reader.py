"""Every wrong value of a YAML text is named where it stands, and what is right is read all the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time

import pytest

from bot.faq.places import TextFolder
from bot.faq.yaml_reader import Fields, Problems, parse_clock, parse_date, parse_slug, read_fields, read_text

TEXT = """\
name: Elm
empty:
nothing: ""
list: [a, " b "]
inner:
  day: 2026-11-24
  deep: {x: no}
rows:
- {id: one}
- two
- {id: three}
odd: [a, [b], ""]
day: 31.2.2027
long: abcdef
invisible: "a\\u200bb"
"""


def read(text: str = TEXT, offset: int = 0) -> tuple[Fields, Problems]:
    problems = Problems("file.yaml")
    fields = read_fields(text, problems, offset)
    assert fields is not None
    return fields, problems


def said(problems: Problems) -> list[tuple[int, str, str]]:
    return [(each.line, each.field, each.problem) for each in problems.found]


@pytest.mark.parametrize("text", ["👩\u200d🔬", "❤\ufe0f\u200d🔥", "🧑🏽\u200d⚕\ufe0f helps"])
def test_pictures_may_be_joined(text: str) -> None:
    fields, problems = read(f'joined: "{text}"')

    assert fields.text("joined") == text
    assert problems.found == []


@pytest.mark.parametrize("text", ["sui\u200dcide", "😀\u200d", "\u200d😀", "😀\u200d\u200d😀", "a\u200d😀"])
def test_what_joins_nothing_is_invisible(text: str) -> None:
    fields, problems = read(f'joined: "{text}"')
    fields.text("joined")

    assert [each.problem for each in problems.found] == ["holds invisible or control characters"]


def test_what_is_right_is_read_and_nothing_is_said() -> None:
    fields, problems = read()

    assert fields.text("name") == "Elm"
    assert fields.text("empty", "else") == fields.text("gone", "else") == "else"
    assert fields.texts("list") == ("a", "b")
    assert fields.texts("gone") == fields.texts("empty") == ()
    inner = fields.fields("inner")
    assert inner is not None
    assert inner.date("day") == date(2026, 11, 24)
    assert inner.date("gone", date.max) == date.max
    assert inner.text_map("deep") == {"x": "no"}
    assert fields.text_map("gone") == {}
    assert fields.fields("gone") is None
    assert fields.fields("empty") is None
    assert list(fields.items("gone")) == []
    assert problems.found == []


def test_it_is_told_what_is_there() -> None:
    fields, _ = read()

    assert [fields.has(name) for name in ("name", "empty", "nothing", "gone", "inner")] == [
        True,
        False,
        False,
        False,
        True,
    ]
    assert [fields.is_emptied(name) for name in ("nothing", "empty", "name", "gone")] == [True, False, False, False]
    assert [fields.is_mapping(name) for name in ("inner", "list", "gone")] == [True, False, False]
    assert fields.names()[:3] == ("name", "empty", "nothing")
    assert [fields.line(name) for name in ("name", "list", "inner", "gone")] == [1, 4, 6, 1]


@pytest.mark.parametrize(
    ("ask", "line", "field", "problem"),
    [
        (lambda fields: fields.text("empty"), 2, "empty", "is missing"),
        (lambda fields: fields.text("gone"), 1, "gone", "is missing"),
        (lambda fields: fields.text("list"), 4, "list", "must be text"),
        (lambda fields: fields.text("long", limit=5), 14, "long", "has 6 characters; allowed: at most 5"),
        (lambda fields: fields.text("invisible"), 15, "invisible", "holds invisible or control characters"),
        (lambda fields: fields.texts("gone", at_least=2), 1, "gone", "is missing; at least 2 needed"),
        (lambda fields: fields.texts("list", at_least=3), 4, "list", "has 2; at least 3 needed"),
        (lambda fields: fields.texts("name"), 1, "name", "must be a list"),
        (lambda fields: fields.texts("list", limit=0), 4, "list", "has 1 characters; allowed: at most 0"),
        (lambda fields: fields.date("day"), 13, "day", '"31.2.2027" is not a date (YYYY-MM-DD)'),
        (lambda fields: fields.fields("name"), 1, "name", "must be a mapping of names to values"),
        (lambda fields: list(fields.items("rows", at_least=4)), 9, "rows", "has 3; at least 4 needed"),
        (lambda fields: list(fields.items("gone", at_least=1)), 1, "gone", "is missing; at least 1 needed"),
        (lambda fields: list(fields.items("name")), 1, "name", "must be a list"),
        (lambda fields: fields.fields("inner").text("gone"), 6, "inner.gone", "is missing"),
        (lambda fields: fields.parsed("name", parse_slug, "a slug", ""), 1, "name", '"Elm" is not a slug'),
    ],
)
def test_what_is_wrong_is_named_by_line_and_field(
    ask: Callable[[Fields], object], line: int, field: str, problem: str
) -> None:
    fields, problems = read()
    ask(fields)
    assert said(problems)[0] == (line, field, problem)

    fields, problems = read(offset=10)
    ask(fields)
    assert said(problems)[0] == (line + 10, field, problem)


def test_in_a_list_the_wrong_ones_are_left_out() -> None:
    fields, problems = read()

    assert fields.texts("odd") == ("a",)
    assert [row.text("id") for row in fields.items("rows")] == ["one", "three"]
    assert said(problems) == [
        (12, "odd", "must hold texts only"),
        (12, "odd", "must hold texts only"),
        (10, "rows", "must hold mappings only"),
    ]


def test_rows_are_counted_from_one() -> None:
    fields, problems = read()
    for row in fields.items("rows"):
        row.text("gone")

    assert [field for _, field, _ in said(problems)] == ["rows[1].gone", "rows", "rows[3].gone"]


def test_a_field_that_nobody_knows_is_refused_with_those_that_are() -> None:
    fields, problems = read("name: Elm\nnmae: Oak\nage: 3\n")
    fields.text("name")
    fields.text("age")
    fields.close()

    assert said(problems) == [(2, "nmae", "is not a known field; allowed: age, name")]


def test_a_field_that_stands_twice_is_refused() -> None:
    _, problems = read("name: Elm\nname: Oak\n")

    assert said(problems) == [(2, "name", "stands twice")]


@pytest.mark.parametrize(
    ("text", "line", "begins"),
    [
        ("a: [1\nb: 2\n", 2, "did not find expected"),
        ("a: 'open\n", 2, "found unexpected end of stream"),
        ("- a\n- b\n", 1, "must be a mapping"),
        ("", 1, "must be a mapping"),
        ("a: \x07\n", 1, ""),
    ],
)
def test_what_is_no_yaml_is_named_by_its_line(text: str, line: int, begins: str) -> None:
    problems = Problems("file.yaml")

    assert read_fields(text, problems, offset=5) is None
    ((at, field, problem),) = said(problems)
    assert (at, field) == (line + 5, "(YAML)")
    assert problem.startswith(begins)
    assert problem not in ("", "None")


def test_a_file_that_cannot_be_read_is_named() -> None:
    class Latin(TextFolder):
        def read_text(self, encoding: str) -> str:
            return b"caf\xe9".decode(encoding)

    problems = Problems("file.yaml")

    assert read_text(TextFolder({}, ("knowledge", "gone.yaml")), problems) is None
    assert read_text(Latin({}, ("knowledge", "latin.yaml")), problems) is None
    assert said(problems) == [(1, "(file)", "is missing"), (1, "(file)", "is not UTF-8 text (byte 3)")]


@pytest.mark.parametrize(
    ("parse", "right", "value", "wrong"),
    [
        (parse_date, "2026-02-28", date(2026, 2, 28), ["2026-02-30", "2026-2-28", "20260228", "28.2.2026", ""]),
        (parse_clock, "09:05", time(9, 5), ["9:05", "24:00", "09:60", "09:05:00", ""]),
        (parse_slug, "dry-lips-2", "dry-lips-2", ["Dry", "dry--lips", "-dry", "dry-", "dry lips", ""]),
    ],
)
def test_only_the_one_way_to_write_it_is_read(
    parse: Callable[[str], object], right: str, value: object, wrong: list[str]
) -> None:
    assert parse(right) == value
    for text in wrong:
        with pytest.raises(ValueError, match=r".*"):
            parse(text)
