"""Approved Markdown and placeholders turned into safe HTML and plain text, for a region."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_PLACEHOLDER = re.compile(r"\{\{\s*clinic\.(\w+)\s*\}\}")
_LINK = re.compile(r"\[([^\]]+)\]\(entry:([a-z0-9-]+)\)")
_TAGS = {"p", "ul", "ol", "li", "strong", "em", "h3", "h4", "a", "br", "blockquote"}
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": False}).disable(["image", "autolink", "code"])
_TEXT_MARKS = re.compile(r"[*`#>]+")
_BULLET = re.compile(r"^\s*[-*]\s+", re.MULTILINE)


class Renderer:
    """Turns approved wording into what a page or a terminal shows.

    `values` fills `{{ clinic.x }}`; `link_to` gives the address of an entry, or None where it is not served.
    """

    def __init__(self, values: Mapping[str, str], link_to: Callable[[str], str | None]) -> None:
        self._values = values
        self._link_to = link_to

    def fill(self, text: str) -> str:
        """The wording with its placeholders filled; an unknown one raises KeyError."""
        return _PLACEHOLDER.sub(lambda match: self._values[match.group(1)], text)

    def html(self, markdown: str) -> Markup:
        """Markdown as sanitised HTML; clinic facts are escaped like all text."""
        linked = _LINK.sub(self._link, self.fill(markdown))
        clean = nh3.clean(
            _MARKDOWN.render(linked), tags=_TAGS, attributes={"a": {"href"}}, link_rel=None, url_schemes=set()
        )
        return Markup(clean.strip())  # noqa: S704 - sanitised on the line above  # nosec B704

    def text(self, markdown: str) -> str:
        """Markdown as plain text, one paragraph a line."""
        plain = _LINK.sub(r"\1", markdown)
        plain = _BULLET.sub("\u2022 ", plain)
        plain = _TEXT_MARKS.sub("", plain)
        blocks = [" ".join(block.split()) if "\u2022" not in block else block for block in plain.split("\n\n")]
        return self.fill("\n\n".join(block.strip() for block in blocks if block.strip()))

    def _link(self, match: re.Match[str]) -> str:
        address = self._link_to(match.group(2))
        return f"[{match.group(1)}]({address})" if address else match.group(1)
