"""The catalogues of the interface: sentences out of templates and code, into Spanish, and compiled for the wheel.

python scripts/translations.py update    take new sentences into the catalogues, drop what is not said any more
python scripts/translations.py compile   write the .mo files that the application reads
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from bot.clock import utc_now
from bot.faq.files import load_knowledge

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "bot" / "web" / "translations"
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
OPTIONS = {"**.html": {"trimmed": "true"}}
PATIENTS = ("base.html", "cards/", "patient/")


def extracted() -> Catalog:
    """Every sentence of ours that patients may read: templates, routes, and the few that come from rooms below."""
    catalog = Catalog(charset="utf-8")
    for place, text, comments in sorted(_found(), key=str):
        catalog.add(text, locations=[(place, 0)], auto_comments=comments)
    return catalog


def _found() -> Iterator[tuple[str, str | tuple[str, ...], list[str]]]:
    templates = ROOT / "templates"
    for name, _, text, comments, _ in extract_from_dir(
        templates, [("**.html", "jinja2.ext:babel_extract")], OPTIONS, keywords=KEYWORDS
    ):
        if name.startswith(PATIENTS):
            yield f"templates/{name}", text, comments
    for name, _, text, comments, _ in extract_from_dir(ROOT / "bot" / "web", [("**.py", "python")], keywords=KEYWORDS):
        yield f"bot/web/{name}", text, comments
    yield from ((place, text, []) for place, text in shipped_labels())


def shipped_labels() -> Iterator[tuple[str, str]]:
    """What the shipped knowledge calls topics and help lines; what a clinic words anew stays as it is."""
    release = load_knowledge(ROOT / "knowledge", number=1, published_at=utc_now()).release
    for topic in release.topics:
        yield "knowledge/topics.yaml", topic.title
    for lines in release.clinic.lines.values():
        yield from (("knowledge/clinic.yaml", line.label) for line in lines.values())


def read(language: str) -> Catalog:
    """The catalogue of a language as translators wrote it."""
    with (FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def compiled(catalog: Catalog) -> bytes:
    """The same as the application reads it."""
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def main() -> int:
    """Do what was asked; 2 when that is unclear, 1 when sentences wait for a translation."""
    if sys.argv[1:] not in (["update"], ["compile"]):
        print(__doc__, file=sys.stderr)
        return 2
    waiting = 0
    for place in sorted(FOLDER.glob("*/LC_MESSAGES/messages.po")):
        catalog = read(place.parent.parent.name)
        if sys.argv[1] == "update":
            catalog.update(extracted(), no_fuzzy_matching=True, update_creation_date=False)
            catalog.obsolete.clear()
            with place.open("wb") as file:
                write_po(file, catalog, width=120, no_location=False, include_lineno=False, sort_by_file=True)
        else:
            place.with_suffix(".mo").write_bytes(compiled(catalog))
        untold = [message.id for message in catalog if message.id and not message.string]
        waiting += len(untold)
        print(f"{place.relative_to(ROOT)}: {len(catalog)} sentences, {len(untold)} not translated")
    return 1 if waiting else 0


if __name__ == "__main__":
    raise SystemExit(main())
