"""Where knowledge is read from: a folder on disk, or texts held in memory under the same names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Protocol


class Place(Protocol):
    """What the readers use of a path; `pathlib.Path` is one."""

    @property
    def parts(self) -> tuple[str, ...]:
        """The names from the outermost folder on."""

    @property
    def name(self) -> str:
        """The last of the parts."""

    @property
    def stem(self) -> str:
        """The name without its ending."""

    @property
    def parent(self) -> Place:
        """The folder it stands in."""

    def __truediv__(self, name: str, /) -> Place:
        """What stands under `name` in this folder; `name` may hold slashes."""

    def is_file(self) -> bool:
        """Whether there is a file here."""

    def read_text(self, encoding: str) -> str:
        """The file's text. Raises FileNotFoundError, or UnicodeDecodeError."""

    def glob(self, pattern: str, /) -> Iterable[Place]:
        """The files below whose names match, a pattern for each part."""


@dataclass(frozen=True, slots=True)
class TextFolder:
    """A folder that is nowhere but in memory: `texts` by their paths from the folder on, as "safety/words.yaml"."""

    texts: Mapping[str, str]
    parts: tuple[str, ...] = ("knowledge",)

    @property
    def name(self) -> str:
        """The last of the parts."""
        return self.parts[-1]

    @property
    def stem(self) -> str:
        """The name without its ending."""
        return self.name.rpartition(".")[0] or self.name

    @property
    def parent(self) -> TextFolder:
        """The folder it stands in."""
        return TextFolder(self.texts, self.parts[:-1])

    def __truediv__(self, name: str, /) -> TextFolder:
        """What stands under `name` in this folder."""
        return TextFolder(self.texts, (*self.parts, *name.split("/")))

    def is_file(self) -> bool:
        """Whether there is a text here."""
        return "/".join(self.parts[1:]) in self.texts

    def read_text(self, encoding: str) -> str:
        """The text as a file in that encoding would give it back. Raises FileNotFoundError, or UnicodeDecodeError."""
        name = "/".join(self.parts[1:])
        if name not in self.texts:
            raise FileNotFoundError(name)
        text = self.texts[name].encode("utf-8", "surrogatepass").decode(encoding)
        return text.replace("\r\n", "\n").replace("\r", "\n")  # as any text file is read

    def glob(self, pattern: str, /) -> Iterable[TextFolder]:
        """The texts below whose names match, a pattern for each part."""
        patterns = (*self.parts[1:], *pattern.split("/"))
        for name in self.texts:
            parts = name.split("/")
            if len(parts) == len(patterns) and all(map(fnmatchcase, parts, patterns)):
                yield TextFolder(self.texts, (self.parts[0], *parts))


def is_hidden(place: Place, folder: Place) -> bool:
    """Whether a name below `folder` is hidden, as what editors and systems leave beside a file is."""
    return any(part.startswith(".") for part in place.parts[len(folder.parts) :])
