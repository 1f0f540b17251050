"""Which part of a web page is the article, and which parts around it are not: navigation, comments, shops, notices."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.ingest.boilerplate import DATE, part_names

SKIPPED = frozenset(
    [
        *("script", "style", "noscript", "template", "svg", "canvas", "iframe", "object", "embed", "video"),
        *("audio", "picture", "img", "map", "head", "link", "meta", "select", "option", "input", "textarea"),
        *("math", "track", "source"),
    ]
)  # fmt: skip
_JUNK_TAGS = {"nav": "navigation", "footer": "the page's foot", "aside": "beside the article", "form": "a form"}
_JUNK_TAGS |= {"dialog": "a notice", "button": "a button", "menu": "navigation"}
_JUNK_ROLES = {"navigation": "navigation", "banner": "the page's head", "contentinfo": "the page's foot"}
_JUNK_ROLES |= {
    "complementary": "beside the article",
    "search": "a form",
    "dialog": "a notice",
    "alertdialog": "a notice",
}
_PARTS = re.compile(r"[a-z]+(?=[A-Z])|[A-Za-z][a-z]*|[A-Z]+")
_PANEL = re.compile(r"panel|accordion|collaps|answer|faq|tab|content", re.IGNORECASE)
_INVISIBLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def text_of(node: LexborNode, most: int = 10_000_000) -> str:
    """All visible words beneath a node, without recursion: pages may be nested as deep as they like."""
    pieces: list[str] = []
    length = 0
    for each in beneath(node):
        if each.tag == "-text":
            piece = each.text_content or ""
            pieces.append(piece)
            length += len(piece)
            if length > most:
                break
        elif each.tag in ("br", "p", "li", "div", "td"):
            pieces.append(" ")
    return " ".join("".join(pieces).split())


def beneath(node: LexborNode) -> Iterator[LexborNode]:
    """Every node beneath, in reading order, but for what never holds words."""
    waiting = list(reversed(list(node.iter(include_text=True))))
    while waiting:
        each = waiting.pop()
        yield each
        if each.tag not in SKIPPED and each.tag != "-text":
            waiting.extend(reversed(list(each.iter(include_text=True))))


def lengths_beneath(root: LexborNode) -> Iterator[tuple[LexborNode, int]]:
    """Every element with how many letters stand in it, inner ones first; in one walk, however deep."""
    read = 0
    waiting: list[tuple[LexborNode, int | None]] = [(root, None)]
    while waiting:
        node, before = waiting.pop()
        if before is not None:
            yield node, read - before
        elif node.tag == "-text":
            read += len("".join((node.text_content or "").split()))
        elif node.tag not in SKIPPED:
            waiting.append((node, read))
            waiting.extend((child, None) for child in reversed(list(node.iter(include_text=True))))


def trunk_of(root: LexborNode) -> frozenset[int]:
    """The parts that hold more than half of all the words beneath `root`, each within the other; by their `mem_id`."""
    whole = max((length for _, length in lengths_beneath(root)), default=0)
    return frozenset(node.mem_id for node, length in lengths_beneath(root) if length > 0.5 * whole)


def article_of(tree: LexborHTMLParser) -> LexborNode | None:
    """The part of the page that holds the article: its main part, or its one article; else the body."""
    body = tree.body
    if body is None:
        return None
    asked = ((0.5, "[itemprop=articleBody]"), (0.4, "article"), (0.3, "main, [role=main], #main-content"))
    nodes = {query: tree.css(query) for _, query in asked}
    if not any(nodes.values()):
        return body
    wanted = {body.mem_id, *(node.mem_id for found in nodes.values() for node in found)}
    lengths = {node.mem_id: length for node, length in lengths_beneath(body) if node.mem_id in wanted}
    whole = lengths[body.mem_id] or 1
    for least, query in asked:
        found = [(lengths.get(node.mem_id, 0), place, node) for place, node in enumerate(nodes[query])]
        if found:
            length, _, best = max(found, key=lambda each: (each[0], -each[1]))
            others = sum(each[0] for each in found) - length
            if length >= least * whole and (query != "article" or others < 0.5 * length):
                return best
    return body


def why_junk(node: LexborNode, trunk: frozenset[int], *, inside_heading: bool) -> str:
    """Why a part of the page is no content, or ""; `trunk` are the parts that hold most of the article."""
    tag = node.tag or ""
    if tag in _JUNK_TAGS:
        return "" if tag == "button" and inside_heading else _JUNK_TAGS[tag]
    given = node.attributes
    role = (given.get("role") or "").lower()
    names = " ".join(filter(None, (given.get("class"), given.get("id"))))
    if role in _JUNK_ROLES:
        return _JUNK_ROLES[role]
    if _is_hidden(node, names):
        return "hidden"
    if tag in ("html", "body", "main", "article") or tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
        return ""
    if tag == "header":
        return (
            ""
            if _has_heading(node) or (node.parent and node.parent.tag in ("article", "section", "main"))
            else "the page's head"
        )
    why = _by_name(names)
    if why and node.mem_id in trunk:
        return ""  # a name of the whole page, as "with-sidebar"
    return why


def _is_hidden(node: LexborNode, names: str) -> bool:
    given = node.attributes
    hidden = (
        "hidden" in given or given.get("aria-hidden") == "true" or bool(_INVISIBLE.search(given.get("style") or ""))
    )
    return hidden and not _PANEL.search(f"{names} {given.get('role') or ''}")


def _by_name(names: str) -> str:
    why_by_name = part_names()
    for name in names.split():
        low = name.lower()
        words = [low, low.replace("-", "").replace("_", ""), *(part.lower() for part in _PARTS.findall(name))]
        for word in words:
            if word in why_by_name and not (word in ("content", "product", "price", "views") and "info" in low):
                return why_by_name[word]
    return ""


def _has_heading(node: LexborNode) -> bool:
    return node.css_first("h1, h2") is not None


def about(tree: LexborHTMLParser) -> tuple[str, str, str]:
    """The page's title, author and date, as its head tells them."""
    named = tree.css_first("title")
    title = " ".join((named.text() if named else "").split())
    author = _meta(tree, "author", "article:author", "dc.creator", "citation_author")
    dated = _meta(
        tree, "article:published_time", "article:modified_time", "date", "dc.date", "last-modified", "dcterms.modified"
    )
    for data in _linked_data(tree):
        author = author or _name(data.get("author"))
        dated = dated or str(data.get("dateModified") or data.get("datePublished") or "")
    if not dated:
        stamp = tree.css_first("time[datetime]")
        dated = (stamp.attributes.get("datetime") or "") if stamp else ""
    found = DATE.search(dated)
    return title, "" if author.startswith("http") else author, found.group() if found else dated[:10]


def _meta(tree: LexborHTMLParser, *names: str) -> str:
    for node in tree.css("meta"):
        given = node.attributes
        name = (given.get("name") or given.get("property") or "").lower()
        if name in names and (content := (given.get("content") or "").strip()):
            return content
    return ""


def _linked_data(tree: LexborHTMLParser) -> Iterator[dict[str, Any]]:
    for node in tree.css('script[type="application/ld+json"]'):
        try:
            data = json.loads(node.text() or "")
        except (ValueError, RecursionError):
            continue
        for each in data if isinstance(data, list) else [data]:
            if isinstance(each, dict):
                yield each


def _name(given: object) -> str:
    if isinstance(given, list):
        given = given[0] if given else ""
    if isinstance(given, dict):
        given = given.get("name", "")
    return given if isinstance(given, str) else ""
