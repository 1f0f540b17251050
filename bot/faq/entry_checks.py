"""What must hold between an entry and everything else in the knowledge folder."""

from __future__ import annotations

import re

from bot.errors import KnowledgeError
from bot.faq.clinic import ClinicProfile
from bot.faq.entry import Entry, Topic
from bot.faq.places import Place
from bot.faq.yaml_reader import Problems

PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
ENTRY_LINK = re.compile(r"\]\(entry:([^)\s]*)\)")
_ANY_LINK = re.compile(r"\]\((?!entry:)([^)]*)\)")
_RAW_HTML = re.compile(r"<[a-zA-Z/!]")


def check_entry(
    entry: Entry,
    path: Place,
    problems: Problems,
    clinic: ClinicProfile,
    topics: tuple[Topic, ...],
    known_ids: set[str],
) -> None:
    """Note what is wrong with an entry as it stands among the others: its names, links and placeholders."""
    if entry.id != path.stem:
        problems.add(2, "id", f'"{entry.id}" must be the file\'s name, "{path.stem}"')
    if entry.topic != path.parent.name:
        problems.add(3, "topic", f'"{entry.topic}" must be the folder\'s name, "{path.parent.name}"')
    if all(topic.id != entry.topic for topic in topics):
        problems.add(3, "topic", f'"{entry.topic}" is not in topics.yaml')
    for other in entry.related:
        if other not in known_ids or other == entry.id:
            problems.add(1, "related", f'"{other}" is no other entry')
    for place, text in _texts_of(entry):
        for link in ENTRY_LINK.findall(text):
            if link not in known_ids:
                problems.add(1, place, f'link to "{link}", which is no entry')
        for link in _ANY_LINK.findall(text):
            problems.add(1, place, f'link to "{link}"; allowed: links to entries, written entry:<id>')
        if _RAW_HTML.search(text):
            problems.add(1, place, "raw HTML is not allowed; use Markdown")
        problems.found.extend(placeholder_faults(text, clinic, path, place))


def check_wordings(entry: Entry, problems: Problems, wordings: dict[str, str]) -> None:
    """Note wordings that stand in an entry already; `wordings` collects them."""
    for wording in entry.wordings:
        key = folded(wording)
        if key in wordings:
            problems.add(1, "phrasings", f'"{wording}" stands in {wordings[key]} already')
        wordings.setdefault(key, entry.id)


def links_of(entry: Entry) -> frozenset[str]:
    """The ids of the entries that the texts of this one link to."""
    return frozenset(link for _, text in _texts_of(entry) for link in ENTRY_LINK.findall(text))


def folded(wording: str) -> str:
    """The wording as it is compared with others: case and spaces do not count."""
    return " ".join(wording.casefold().split())


def _texts_of(entry: Entry) -> list[tuple[str, str]]:
    texts = [("(answer)", entry.answer.short), ("(answer)", entry.answer.detail)]
    texts.append(("next_step", f"{entry.next_step.text} {entry.next_step.phone or ''}"))
    for region, variant in entry.answer.variants.items():
        texts.append((f"regions.{region.value}", f"{variant.short}\n{variant.detail}"))
    for region, step in entry.next_step_variants.items():
        texts.append((f"regions.{region.value}.next_step", f"{step.text} {step.phone or ''}"))
    for language, translation in entry.translations.items():
        said = (translation.question, translation.short, translation.detail, translation.next_step)
        texts.append((f"translations.{language}", "\n".join(said)))
    return texts


def placeholder_faults(text: str, clinic: ClinicProfile, path: Place, place: str) -> list[KnowledgeError]:
    """Placeholders that the clinic profile cannot fill."""
    allowed = {f"clinic.{name}" for name in clinic.placeholder_names()}
    unknown = [name for name in PLACEHOLDER.findall(text) if name not in allowed]
    listed = ", ".join(sorted(allowed))
    return [fault_at(path, place, f'"{{{{ {name} }}}}" is unknown; allowed: {listed}') for name in unknown]


def fault_at(path: Place, name: str, problem: str, line: int = 1) -> KnowledgeError:
    """A fault of the file at `path`."""
    return KnowledgeError(file=name_of(path), line=line, field=name, problem=problem)


def name_of(path: Place) -> str:
    """The path from the knowledge folder on, as people know it."""
    parts = path.parts
    if "knowledge" in parts:
        return "/".join(parts[len(parts) - 1 - parts[::-1].index("knowledge") :])
    return "/".join(parts[-3:]).replace("//", "/", 1)  # the first part may be the root itself
