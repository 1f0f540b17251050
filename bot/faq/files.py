"""The knowledge folder read into a Release; every fault is named with file, line and field.

A fault in one entry leaves out that entry and is reported. A fault in the safety rules, the
words or the clinic's facts stops the load: without them nothing may be answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.errors import BrokenKnowledge, KnowledgeError
from bot.faq.clinic_files import read_clinic
from bot.faq.entry import Topic
from bot.faq.entry_checks import fault_at, name_of, placeholder_faults
from bot.faq.entry_files import entry_paths, read_entries
from bot.faq.places import Place, is_hidden
from bot.faq.release import Release, content_hash_of
from bot.faq.rule_files import (
    RULE_FILES,
    WORD_FILES,
    read_corrections,
    read_rules,
    read_texts,
    read_word_lists,
)
from bot.faq.sources import Section, SourceDocument
from bot.faq.yaml_reader import Fields, Problems, parse_slug, read_fields, read_text


@dataclass(frozen=True, slots=True)
class Loaded:
    """A release, and the faults of the entries that were left out of it.

    `documents` are in the order of their ids; `hazards` is the text of the hazard log, "" when there is none.
    """

    release: Release
    problems: tuple[KnowledgeError, ...]
    documents: tuple[SourceDocument, ...] = ()
    hazards: str = ""


def load_knowledge(folder: Place, *, number: int, published_at: datetime) -> Loaded:
    """The folder as a release. Raises BrokenKnowledge when it cannot be served at all."""
    if not (folder / "clinic.yaml").is_file():
        raise BrokenKnowledge((fault_at(folder, "clinic.yaml", "is missing: is this a knowledge folder?"),))
    vital: list[KnowledgeError] = []
    clinic = read_clinic(folder / "clinic.yaml", vital)
    topics = _read_topics(folder / "topics.yaml", vital)
    documents = _read_documents(folder / "sources", vital)
    words = read_word_lists(folder / "vocabulary", vital)
    rules = read_rules(folder / "safety", vital)
    background = read_texts(folder / "out-of-scope.yaml", "questions", vital)
    harmless = read_texts(folder / "safety" / "harmless.yaml", "texts", vital)
    corrections = read_corrections(folder / "corrections.yaml", vital)
    vital.extend(_unexpected(folder / "safety", RULE_FILES))
    vital.extend(_unexpected(folder / "vocabulary", WORD_FILES))
    if vital or clinic is None:
        raise BrokenKnowledge(tuple(vital))
    for rule in rules:
        for reply in rule.all_replies:
            vital.extend(placeholder_faults(reply, clinic, folder / "safety", rule.id))
    faults = [*_unexpected(folder, _BESIDE, deep=False), *_unexpected(folder / "entries", ("*/*.md",))]
    faults.extend(_unexpected(folder / "sources", ("*.yaml",)))
    entries = read_entries(folder / "entries", clinic, topics, documents, faults)
    known = {path.stem for path in entry_paths(folder / "entries")}
    for correction in corrections:
        for name, entry_id in (("wrong", correction.wrong), ("right", correction.right)):
            if entry_id is not None and entry_id not in known:
                vital.append(fault_at(folder / "corrections.yaml", name, f'"{entry_id}" is no entry'))
    if vital:
        raise BrokenKnowledge(tuple(vital))
    if not entries:
        nothing = fault_at(folder / "entries", "(entries)", "there is no entry that can be served")
        raise BrokenKnowledge((*faults, nothing))
    release = Release(
        number=number,
        published_at=published_at,
        topics=topics,
        entries=entries,
        rules=rules,
        vocabulary=words,
        background=background,
        corrections=corrections,
        harmless=harmless,
        clinic=clinic,
    )
    return Loaded(
        release=replace(release, content_hash=content_hash_of(release)),
        documents=tuple(documents[name] for name in sorted(documents)),
        hazards=_read_hazards(folder / "safety" / "hazards.yaml", faults),
        problems=tuple(faults),
    )


_BESIDE = ("clinic.yaml", "topics.yaml", "out-of-scope.yaml", "corrections.yaml", "*.md")
_WRITTEN = (".yaml", ".yml", ".md", ".markdown")  # endings under which somebody may have put knowledge


def _unexpected(folder: Place, expected: tuple[str, ...], *, deep: bool = True) -> Iterator[KnowledgeError]:
    """A fault for each file that looks like knowledge and stands where nobody would read it."""
    read = {each.parts for pattern in expected for each in folder.glob(pattern)}
    for pattern in ("*", "*/*", "*/*/*") if deep else ("*",):
        for each in sorted(folder.glob(pattern), key=lambda path: path.parts):
            is_written = each.name.lower().endswith(_WRITTEN) and each.name != "README.md" and each.is_file()
            if is_written and each.parts not in read and not is_hidden(each, folder):
                yield fault_at(each, "(file)", f"is not read here; expected are {', '.join(expected)}")


def _read_topics(path: Place, vital: list[KnowledgeError]) -> tuple[Topic, ...]:
    problems = Problems(name_of(path))
    text = read_text(path, problems)
    root = read_fields(text, problems) if text is not None else None
    topics: list[Topic] = []
    if root:
        for item in root.items("topics", at_least=1):
            topic_id = item.parsed("id", parse_slug, "a slug like side-effects", "")
            if any(topic.id == topic_id for topic in topics):
                item.fault("id", f'"{topic_id}" stands twice')
            topics.append(Topic(topic_id, item.text("title"), item.text("description", ""), item.texts("featured")))
            item.close()
        root.close()
    vital.extend(problems.found)
    return tuple(topics)


def _read_documents(folder: Place, vital: list[KnowledgeError]) -> Mapping[str, SourceDocument]:
    """Every source document by its id."""
    documents = {}
    for path in sorted(folder.glob("*.yaml"), key=lambda path: path.parts):
        problems = Problems(name_of(path))
        text = read_text(path, problems)
        root = read_fields(text, problems) if text is not None else None
        if root:
            sections = tuple(_read_sections(root))
            document = SourceDocument(
                id=root.text("id"),
                title=root.text("title"),
                kind=root.text("kind", ""),
                note=root.text("note", ""),
                sections=sections,
            )
            documents[document.id] = document
            root.close()
        vital.extend(problems.found)
    return documents


def _read_sections(root: Fields) -> Iterator[Section]:
    for item in root.items("sections", at_least=1):
        heading = item.text("heading")
        yield Section(heading, item.parsed("level", int, "a whole number", 1), item.text("sha256"))
        item.close()


def _read_hazards(path: Place, faults: list[KnowledgeError]) -> str:
    """The hazard log as it stands. Patients are answered without it, so a fault of it stops nothing."""
    if not path.is_file():
        return ""
    problems = Problems(name_of(path))
    text = read_text(path, problems)
    faults.extend(problems.found)
    return text or ""
