"""The checklist of docs/asvs.md is whole: each requirement of level 2 once, and what it rests on is there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from test_threats import names_in

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
# The requirements of levels 1 and 2 in each section of version 5.0; those of level 3 are left out.
LEVEL_2 = """
1.1:1-2 1.2:1-9 1.3:1-11 1.4:1-3 1.5:1-2 2.1:1-3 2.2:1-3 2.3:1-4 2.4:1 3.2:1-2 3.3:1-4 3.4:1-6 3.5:1-5 3.7:1-2 4.1:1-3
4.2:1 4.3:1-2 4.4:1-4 5.1:1 5.2:1-3 5.3:1-2 5.4:1-3 6.1:1-3 6.2:1-12 6.3:1-4 6.4:1-4 6.5:1-5 6.6:1-3 6.8:1-4 7.1:1-3
7.2:1-4 7.3:1-2 7.4:1-5 7.5:1-2 7.6:1-2 8.1:1-2 8.2:1-3 8.3:1 8.4:1 9.1:1-3 9.2:1-4 10.1:1-2 10.2:1-2 10.3:1-4
10.4:1-11 10.5:1-5 10.6:1-2 10.7:1-3 11.1:1-2 11.2:1-3 11.3:1-3 11.4:1-4 11.5:1 11.6:1 12.1:1-3 12.2:1-2 12.3:1-4
13.1:1 13.2:1-5 13.3:1-2 13.4:1-5 14.1:1-2 14.2:1-4 14.3:1-3 15.1:1-3 15.2:1-3 15.3:1-7 16.1:1 16.2:1-5 16.3:1-4
16.4:1-3 16.5:1-3 17.1:1 17.2:1-4 17.3:1-2
"""
ROWS = re.findall(r"^\| (\d[\d.]+)(?:-(\d[\d.]+))? \| (\w+) \| (.+) \|$", TEXT, re.MULTILINE)
_TEST, _FILE = (
    re.compile(r"`(tests/[\w/]+\.py)::(\w+)`"),
    re.compile(r"`((?:bot|deploy|templates)/[\w./-]+|[\w.]+\.(?:toml|txt))`"),
)


def numbers(first: str, last: str) -> Iterator[str]:
    section, _, begin = first.rpartition(".")
    end = last.rpartition(".")[2] or begin
    assert not last or last.startswith(f"{section}."), first
    for number in range(int(begin), int(end) + 1):
        yield f"{section}.{number}"


def test_every_requirement_of_level_2_stands_there_once() -> None:
    wanted = Counter(
        each
        for entry in LEVEL_2.split()
        for section, _, span in [entry.partition(":")]
        for each in numbers(f"{section}.{span.partition('-')[0]}", f"{section}.{span.rpartition('-')[2]}")
    )
    named = Counter(each for first, last, *_ in ROWS for each in numbers(first, last))

    assert sum(wanted.values()) == 253
    assert named == wanted


def test_what_is_met_is_shown_and_what_is_not_says_why() -> None:
    names = cache(names_in)
    faults = []
    for number, _, state, why in ROWS:
        tests, files = _TEST.findall(why), _FILE.findall(why)
        if state not in ("met", "operator", "none", "short"):
            faults.append(f"{number}: no state {state}")
        if state == "met" and not tests and not files:
            faults.append(f"{number}: nothing shows it")
        if state in ("short", "operator") and len(_TEST.sub("", why)) < 8:
            faults.append(f"{number}: no reason")
        faults += [f"{number}: {file}::{name}" for file, name in tests if name not in names(ROOT / file)]
        faults += [f"{number}: {file}" for file in files if not (ROOT / file).exists()]

    assert faults == []
