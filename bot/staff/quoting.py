"""The words of a document in the draft of an entry: quoted, marked as not approved, and never sent for review."""

from __future__ import annotations

import re

SOURCE_MARK = "Source text, not approved"
_LEAD = f"> **{SOURCE_MARK}: rewrite it in your own words above, then delete this quotation.**"
_MARKED = re.compile(rf"{SOURCE_MARK}", re.IGNORECASE)


def quoted_detail(quotation: str, warnings: tuple[str, ...] = ()) -> str:
    """The detail of a draft that holds a quotation, and what the claim check found in it."""
    lines = [_LEAD, ">", quotation]
    if warnings:
        lines += [">", "> **Look at these claims:**", ">", *(f"> - {warning}" for warning in warnings)]
    return plain_markdown("\n".join(lines))


def plain_markdown(text: str) -> str:
    """A quotation without what the checks of an entry refuse: links, raw HTML, placeholders."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text).replace("](", "] (")
    return text.replace("<", "‹").replace("{{", "{ {")


def holds_source(text: str) -> bool:
    """Whether words of a document still stand in a text."""
    return bool(_MARKED.search(text))
