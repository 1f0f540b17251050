"""What README and docs tell people to type is there to be typed, and their links lead somewhere."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from bot.cli.main import COMMANDS, cli

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / name for name in ("README.md", "CHANGELOG.md", "SECURITY.md")] + sorted((ROOT / "docs").glob("**/*.md"))
FENCED = re.compile(r"^ *```.*?\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
IN_LINE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
ENDS = {"|", "&&", ";", ">", "<", "2>"}


def commands(page: Path) -> Iterator[list[str]]:
    """The words after `clinicbot` in every command of a page, as a shell reads them."""
    text = page.read_text(encoding="utf-8")
    lines = [line for block in FENCED.findall(text) for line in block.splitlines()]
    lines += [" ".join(code.split()) for code in IN_LINE.findall(FENCED.sub("", text))]
    for line in lines:
        found = re.search(r"(?:^|[\s/])clinicbot ((?:[a-z]|--).*)$", line)
        if found and not re.match(r"docker build|systemctl|\d+ \d+ ", line):
            words = shlex.split(found[1].replace("…", " ").replace("\\%", "%"), comments=True)
            words = words[: next((place for place, word in enumerate(words) if word in ENDS), len(words))]
            yield from ([one if word == either else word for word in words] for either, one in choices(words))


def choices(words: list[str]) -> list[tuple[str, str]]:
    """Each one of "add|reset", with the word it stands in; where there is no choice, nothing for nothing."""
    either = next((word for word in words if re.fullmatch(r"[a-z-]+(\|[a-z-]+)+", word)), "")
    return [(either, one) for one in either.split("|")] if either else [("", "")]


def understand(words: list[str]) -> None:
    """Raises click.UsageError for a command or an option that there is not."""
    command: click.Command = cli
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        inner = command.get_command(click.Context(command), words[0])
        if inner is None:
            raise click.UsageError(f"no such command: {words[0]}")
        command, words = inner, words[1:]
    command.make_parser(click.Context(command)).parse_args(words)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_is_shown_can_be_given(page: Path) -> None:
    for words in commands(page):
        try:
            understand(list(words))
        except click.UsageError as error:
            pytest.fail(f"{page.name}: clinicbot {shlex.join(words)}: {error.format_message()}")


def test_commands_are_found_and_wrong_ones_noticed() -> None:
    assert sum(1 for page in PAGES for _ in commands(page)) > 60
    for wrong in (["fly"], ["staff", "fly"], ["ask", "--loudly", "x"]):
        with pytest.raises(click.UsageError):
            understand(wrong)


def test_every_command_is_told_of() -> None:
    told = {words[0] for page in PAGES for words in commands(page) if words}

    assert set(COMMANDS) - told == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_something_that_is_there(page: Path) -> None:
    for target in LINK.findall(IN_LINE.sub("", FENCED.sub("", page.read_text(encoding="utf-8")))):
        if "://" in target or target.startswith(("mailto:", "#")):
            continue
        path, _, heading = target.partition("#")
        there = (page.parent / path).resolve()
        assert there.exists(), target
        if heading:
            assert heading in headings(there), target


def headings(page: Path) -> set[str]:
    """The anchors that a page's headings make."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.replace("`", "").casefold()).replace(" ", "-") for title in titles}


def test_the_picture_of_the_rooms_shows_the_layers_that_tests_hold() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    picture = (ROOT / "docs" / "pictures" / "rooms.svg").read_text(encoding="utf-8")
    named = [re.findall(r"bot\.(\w+)", layer) for layer in layers]
    drawn = re.findall(r'<text x="[\d.]+" y="([\d.]+)"[^>]*font-weight="600">(\w+)</text>', picture)
    floors = [[room for height, room in drawn if height == each] for each in dict.fromkeys(at for at, _ in drawn)]

    assert [sorted(floor) for floor in floors] == [sorted(layer) for layer in named]


def test_every_page_of_the_documentation_is_listed() -> None:
    listed = {
        (ROOT / "docs" / target.split("#")[0]).resolve()
        for target in LINK.findall((ROOT / "docs/README.md").read_text())
    }

    assert {page for page in PAGES if ROOT / "docs" in page.parents} - listed == {ROOT / "docs" / "README.md"}
