"""The knowledge folder read into a Release; every fault is named with file, line and field.

A fault in one entry leaves out that entry and is reported. A fault in the safety rules, the
words or the clinic's facts stops the load: without them nothing may be answered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from bot.errors import BrokenKnowledge, KnowledgeError
from bot.faq.clinic import ClinicProfile
from bot.faq.clinic_files import read_clinic
from bot.faq.entry import Answer, Citation, Entry, NextStep, Phrasing, Region, StepKind, Topic
from bot.faq.entry_checks import check_entry, check_wordings, fault_at, name_of, placeholder_faults
from bot.faq.release import Release, content_hash_of
from bot.faq.rule_files import read_corrections, read_rules, read_texts, read_word_lists
from bot.faq.yaml_reader import Fields, Problems, parse_slug, read_fields

_FRONT_MATTER = re.compile(r"---\n(.*?)\n---\n(.*)", re.DOTALL)
FAR_AWAY = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A release and the entries' faults that were left out of it."""

    release: Release
    problems: tuple[KnowledgeError, ...]


def load_knowledge(folder: Path, *, number: int, published_at: datetime) -> Loaded:
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
    if vital or clinic is None:
        raise BrokenKnowledge(tuple(vital))
    for rule in rules:
        for reply in rule.replies.values():
            vital.extend(placeholder_faults(reply, clinic, folder / "safety", rule.id))
    faults: list[KnowledgeError] = []
    entries = _read_entries(folder / "entries", clinic, topics, documents, faults)
    known = {path.stem for path in (folder / "entries").glob("*/*.md")}
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
    return Loaded(replace(release, content_hash=content_hash_of(release)), tuple(faults))


def read_text(path: Path, problems: Problems) -> str | None:
    """A file's text, or None after noting why it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        problems.add(1, "(file)", "is missing")
    except UnicodeDecodeError as error:
        problems.add(1, "(file)", f"is not UTF-8 text (byte {error.start})")
    return None


def _read_topics(path: Path, vital: list[KnowledgeError]) -> tuple[Topic, ...]:
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


def _read_documents(folder: Path, vital: list[KnowledgeError]) -> Mapping[str, tuple[str, frozenset[str]]]:
    """Title and section headings of every source document, by its id."""
    documents = {}
    for path in sorted(folder.glob("*.yaml")):
        problems = Problems(name_of(path))
        text = read_text(path, problems)
        root = read_fields(text, problems) if text is not None else None
        if root:
            headings = set()
            for section in root.items("sections", at_least=1):
                headings.add(section.text("heading"))
                section.text("level")
                section.text("sha256")
                section.close()
            documents[root.text("id")] = (root.text("title"), frozenset(headings))
            root.text("kind", "")
            root.text("note", "")
            root.close()
        vital.extend(problems.found)
    return documents


def _read_entries(
    folder: Path,
    clinic: ClinicProfile,
    topics: tuple[Topic, ...],
    documents: Mapping[str, tuple[str, frozenset[str]]],
    faults: list[KnowledgeError],
) -> tuple[Entry, ...]:
    paths = sorted(folder.glob("*/*.md"))
    known_ids = {path.stem for path in paths}
    entries: list[Entry] = []
    wordings: dict[str, str] = {}
    for path in paths:
        problems = Problems(name_of(path))
        entry = _read_entry(path, problems, documents)
        if entry:
            check_entry(entry, path, problems, clinic, topics, known_ids)
            check_wordings(entry, problems, wordings)
            if any(other.id == entry.id for other in entries):
                problems.add(2, "id", f'"{entry.id}" is taken by another entry')
        if entry and not problems.found:
            entries.append(entry)
        faults.extend(problems.found)
    served = {entry.id for entry in entries}
    return tuple(
        replace(entry, related=tuple(other for other in entry.related if other in served)) for entry in entries
    )


def _read_entry(path: Path, problems: Problems, documents: Mapping[str, tuple[str, frozenset[str]]]) -> Entry | None:
    text = read_text(path, problems)
    if text is None:
        return None
    match = _FRONT_MATTER.fullmatch(text)
    if not match:
        problems.add(1, "(front matter)", "the file must begin with --- lines around the fields")
        return None
    head = read_fields(match.group(1), problems, offset=1)
    if head is None:
        return None
    short, _, detail = match.group(2).strip().partition("\n\n")
    if not short.strip():
        problems.add(match.group(1).count("\n") + 3, "(answer)", "the answer's first paragraph is missing")
    answer = Answer(" ".join(short.split()), detail.strip())
    step = _read_step(head.fields("next_step"), head)
    answer, step_variants = _read_variants(head, answer, step)
    entry = Entry(
        id=head.parsed("id", parse_slug, "a slug like dry-lips", ""),
        topic=head.text("topic", path.parent.name),
        question=head.text("question", limit=200),
        phrasings=(
            *(Phrasing(wording) for wording in head.texts("phrasings", at_least=1)),
            *(Phrasing(wording, "patient") for wording in head.texts("patient_phrasings")),
        ),
        answer=answer,
        next_step=step,
        citations=_read_citations(head, documents),
        related=head.texts("related"),
        golden=head.texts("golden"),
        review_by=head.date("review_by") or FAR_AWAY,
        owner=head.text("owner"),
        next_step_variants=step_variants,
    )
    head.close()
    return entry


def _read_step(fields: Fields | None, head: Fields, base: NextStep | None = None) -> NextStep:
    if fields is None:
        if base is None:
            head.fault("next_step", "is missing")
        return base or NextStep(StepKind.CONTACT_CLINIC, "")
    allowed = "one of " + ", ".join(kind.value for kind in StepKind)
    kind = fields.parsed("kind", StepKind, allowed, base.kind if base else StepKind.CONTACT_CLINIC)
    if base is None and not fields.has("kind"):
        fields.fault("kind", f"is missing; allowed: {allowed}")
    text = fields.text("text", base.text if base else None, limit=300)
    phone = fields.text("phone", base.phone or "" if base else "") or None
    fields.close()
    return NextStep(kind, text, phone)


def _read_variants(head: Fields, answer: Answer, step: NextStep) -> tuple[Answer, Mapping[Region, NextStep]]:
    variants: dict[Region, Answer] = {}
    steps: dict[Region, NextStep] = {}
    regions = head.fields("regions")
    for name in regions.names() if regions else ():
        fields = regions.fields(name) if regions else None
        if fields is None:
            continue
        try:
            region = Region(name)
        except ValueError:
            head.fault(f"regions.{name}", "is not a region; allowed: " + ", ".join(Region))
            continue
        short = " ".join(fields.text("short", answer.short).split())
        variants[region] = Answer(short, fields.text("detail", answer.detail))
        if fields.has("next_step"):
            steps[region] = _read_step(fields.fields("next_step"), head, step)
        fields.close()
    return replace(answer, variants=variants), steps


def _read_citations(head: Fields, documents: Mapping[str, tuple[str, frozenset[str]]]) -> tuple[Citation, ...]:
    citations = []
    for item in head.items("sources", at_least=1):
        if item.has("document"):
            document, section = item.text("document"), item.text("section")
            title, headings = documents.get(document, ("", frozenset()))
            if not title:
                item.fault("document", f'"{document}" is no document in sources/')
            elif section not in headings:
                item.fault("section", f'"{section}" is no section of {document}')
            citations.append(Citation(title, section, document))
        else:
            citations.append(Citation(item.text("authority"), checked=item.date("checked")))
        item.close()
    return tuple(citations)
