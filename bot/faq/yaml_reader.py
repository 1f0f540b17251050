"""YAML read with its line numbers: every wrong value is reported where it stands.

All scalars are read as the text somebody typed, so that `no` stays a word and `31.2.2027`
is refused as a date instead of becoming something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import TypeVar

import yaml

from bot.errors import KnowledgeError
from bot.faq.places import Place

T = TypeVar("T")

_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_PICTURE = r"\u2600-\u27bf\U0001f000-\U0001faff"
CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f\u200b\u200c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
    # What joins two pictures to one, as a woman and a microscope to a scientist, is part of what one sees.
    rf"|(?<![{_PICTURE}\ufe0f])\u200d|\u200d(?![{_PICTURE}])"
)


@dataclass(slots=True)
class Problems:
    """Faults found so far in one file; `file` is how messages name it."""

    file: str
    found: list[KnowledgeError] = field(default_factory=list)

    def add(self, line: int, name: str, problem: str) -> None:
        """Note a fault at `line` (from 1) in the field `name`."""
        self.found.append(KnowledgeError(file=self.file, line=line, field=name, problem=problem))


class Fields:
    """A YAML mapping being read: each reader returns the value, or notes the fault and a stand-in."""

    def __init__(self, node: yaml.MappingNode, problems: Problems, offset: int = 0, path: str = "") -> None:
        self._problems = problems
        self._offset = offset
        self._path = path
        self._node = node
        self._values: dict[str, yaml.Node] = {}
        self._read: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.fault("(name)", "a field's name must be text", key)
                continue
            name = str(key.value)
            if name in self._values:
                self.fault(name, "stands twice", key)
            self._values[name] = value

    def line(self, name: str = "") -> int:
        """The line of a field's value, or of the mapping itself."""
        node = self._values.get(name, self._node)
        return int(node.start_mark.line) + 1 + self._offset

    def fault(self, name: str, problem: str, node: yaml.Node | None = None) -> None:
        """Note a fault of the field `name`."""
        line = int(node.start_mark.line) + 1 + self._offset if node is not None else self.line(name)
        self._problems.add(line, f"{self._path}{name}", problem)

    def has(self, name: str) -> bool:
        """Whether the field is there and not empty."""
        return name in self._values and not _is_empty(self._values[name])

    def is_mapping(self, name: str) -> bool:
        """Whether the field is there and is itself a mapping."""
        return isinstance(self._values.get(name), yaml.MappingNode)

    def is_emptied(self, name: str) -> bool:
        """Whether somebody wrote "" with its quotes: nothing on purpose, rather than left out."""
        node = self._values.get(name)
        return isinstance(node, yaml.ScalarNode) and not node.value and node.style in ("'", '"')

    def names(self) -> tuple[str, ...]:
        """The field names, in file order."""
        return tuple(self._values)

    def text(self, name: str, default: str | None = None, limit: int = 4000) -> str:
        """A text field; required when there is no default."""
        node = self._take(name)
        if node is None or _is_empty(node):
            if default is None:
                self.fault(name, "is missing")
            return default or ""
        if not isinstance(node, yaml.ScalarNode):
            self.fault(name, "must be text", node)
            return default or ""
        return self._clean(name, node, limit)

    def texts(self, name: str, at_least: int = 0, limit: int = 500) -> tuple[str, ...]:
        """A list of texts, each at most `limit` characters."""
        node = self._take(name)
        if node is None or _is_empty(node):
            if at_least:
                self.fault(name, f"is missing; at least {at_least} needed")
            return ()
        if not isinstance(node, yaml.SequenceNode):
            self.fault(name, "must be a list", node)
            return ()
        values = []
        for item in node.value:
            if isinstance(item, yaml.ScalarNode) and not _is_empty(item):
                values.append(self._clean(name, item, limit))
            else:
                self.fault(name, "must hold texts only", item)
        if len(values) < at_least:
            self.fault(name, f"has {len(values)}; at least {at_least} needed", node)
        return tuple(values)

    def parsed(self, name: str, parse: Callable[[str], T], allowed: str, default: T) -> T:
        """A text field turned into a value by `parse`, which raises ValueError or KeyError when it cannot."""
        if name not in self._values and default is not None:
            return default
        raw = self.text(name)
        try:
            return parse(raw) if raw else default
        except (ValueError, KeyError):
            self.fault(name, f'"{raw}" is not {allowed}')
            return default

    def date(self, name: str, default: date | None = None) -> date | None:
        """A date written YYYY-MM-DD."""
        return self.parsed(name, parse_date, "a date (YYYY-MM-DD)", default)

    def fields(self, name: str) -> Fields | None:
        """A nested mapping, or None where it is absent."""
        node = self._take(name)
        if node is None or _is_empty(node):
            return None
        if not isinstance(node, yaml.MappingNode):
            self.fault(name, "must be a mapping of names to values", node)
            return None
        return Fields(node, self._problems, self._offset, f"{self._path}{name}.")

    def items(self, name: str, at_least: int = 0) -> Iterator[Fields]:
        """A list of mappings."""
        node = self._take(name)
        if node is None or _is_empty(node):
            if at_least:
                self.fault(name, f"is missing; at least {at_least} needed")
            return
        if not isinstance(node, yaml.SequenceNode):
            self.fault(name, "must be a list", node)
            return
        if len(node.value) < at_least:
            self.fault(name, f"has {len(node.value)}; at least {at_least} needed", node)
        for place, item in enumerate(node.value, start=1):
            if isinstance(item, yaml.MappingNode):
                yield Fields(item, self._problems, self._offset, f"{self._path}{name}[{place}].")
            else:
                self.fault(name, "must hold mappings only", item)

    def text_map(self, name: str) -> Mapping[str, str]:
        """A mapping of text to text."""
        nested = self.fields(name)
        return {key: nested.text(key) for key in nested.names()} if nested else {}

    def close(self) -> None:
        """Refuse every field that nobody asked for: a misspelt name must not be lost in silence."""
        for name in self._values.keys() - self._read:
            known = ", ".join(sorted(self._read))
            self.fault(name, f"is not a known field; allowed: {known}")

    def _take(self, name: str) -> yaml.Node | None:
        self._read.add(name)
        return self._values.get(name)

    def _clean(self, name: str, node: yaml.ScalarNode, limit: int) -> str:
        text = str(node.value).strip()
        if len(text) > limit:
            self.fault(name, f"has {len(text)} characters; allowed: at most {limit}", node)
        if CONTROL.search(text):
            self.fault(name, "holds invisible or control characters", node)
        return text


def read_fields(text: str, problems: Problems, offset: int = 0) -> Fields | None:
    """The mapping that a YAML text holds, or None after noting why it cannot be read."""
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = (mark.line if mark else 0) + 1 + offset
        problems.add(line, "(YAML)", str(error.problem or error.context))
        return None
    except yaml.YAMLError as error:
        problems.add(1 + offset, "(YAML)", str(error).splitlines()[0])
        return None
    if not isinstance(node, yaml.MappingNode):
        problems.add(1 + offset, "(YAML)", "must be a mapping of names to values")
        return None
    return Fields(node, problems, offset)


def read_text(path: Place, problems: Problems) -> str | None:
    """A file's text, or None after noting why it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        problems.add(1, "(file)", "is missing")
    except IsADirectoryError:
        problems.add(1, "(file)", "is a folder")
    except UnicodeDecodeError as error:
        problems.add(1, "(file)", f"is not UTF-8 text (byte {error.start})")
    return None


def parse_date(text: str) -> date:
    """A date from YYYY-MM-DD; ValueError otherwise."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError(text)
    return date.fromisoformat(text)


def parse_clock(text: str) -> time:
    """A time of day from HH:MM; ValueError otherwise."""
    if not re.fullmatch(r"\d{2}:\d{2}", text):
        raise ValueError(text)
    return time.fromisoformat(text)


def parse_slug(text: str) -> str:
    """A slug (lower-case words joined by hyphens); ValueError otherwise."""
    if not SLUG.fullmatch(text):
        raise ValueError(text)
    return text


def _is_empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and not str(node.value).strip()
