"""Entry files read into entries, each by itself and then as they stand among each other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from bot.errors import KnowledgeError
from bot.faq.clinic import ClinicProfile
from bot.faq.entry import (
    TRANSLATED_INTO,
    Answer,
    Citation,
    Entry,
    NextStep,
    Phrasing,
    Region,
    StepKind,
    Topic,
    Translation,
)
from bot.faq.entry_checks import check_entry, check_wordings, name_of
from bot.faq.places import Place, is_hidden
from bot.faq.sources import SourceDocument
from bot.faq.yaml_reader import Fields, Problems, parse_slug, read_fields, read_text

_FRONT_MATTER = re.compile(r"---\n(.*?)\n---\n(.*)", re.DOTALL)
FAR_AWAY = date(9999, 12, 31)


def read_entries(
    folder: Place,
    clinic: ClinicProfile,
    topics: tuple[Topic, ...],
    documents: Mapping[str, SourceDocument],
    faults: list[KnowledgeError],
) -> tuple[Entry, ...]:
    """Every entry without a fault, in the order of the files; what is wrong with the others is added to `faults`."""
    paths = entry_paths(folder)
    known_ids = {path.stem for path in paths}
    entries: list[Entry] = []
    wordings: dict[str, str] = {}
    for path in paths:
        problems = Problems(name_of(path))
        entry = read_entry(path, problems, documents)
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


def entry_paths(folder: Place) -> tuple[Place, ...]:
    """The files of entries below `folder`, in their order."""
    found = (each for each in folder.glob("*/*.md") if not is_hidden(each, folder))
    return tuple(sorted(found, key=lambda each: each.parts))


def read_entry(path: Place, problems: Problems, documents: Mapping[str, SourceDocument]) -> Entry | None:
    """The entry of a file by itself, or None after noting why there is none. `documents` are those it may cite."""
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
        translations=_read_translations(head),
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
    phone = fields.text("phone", base.phone or "" if base and not fields.is_emptied("phone") else "") or None
    fields.close()
    return NextStep(kind, text, phone)


def _read_variants(head: Fields, answer: Answer, step: NextStep) -> tuple[Answer, Mapping[Region, NextStep]]:
    variants: dict[Region, Answer] = {}
    steps: dict[Region, NextStep] = {}
    regions = head.fields("regions")
    if regions is None:
        return answer, steps
    for name in regions.names():
        fields = regions.fields(name)
        if fields is None:
            continue
        try:
            region = Region(name)
        except ValueError:
            regions.fault(name, "is not a region; allowed: " + ", ".join(Region))
            continue
        if fields.has("next_step"):
            steps[region] = _read_step(fields.fields("next_step"), head, step)
        short = " ".join(fields.text("short", answer.short).split())
        detail = fields.text("detail", "" if fields.is_emptied("detail") else answer.detail)
        # Where only the next step differs, the answer is left as it is, and follows when it is changed.
        if fields.names() != ("next_step",):
            variants[region] = Answer(short, detail)
        fields.close()
    return replace(answer, variants=variants), steps


def _read_translations(head: Fields) -> Mapping[str, Translation]:
    found: dict[str, Translation] = {}
    languages = head.fields("translations")
    if languages is None:
        return found
    for name in languages.names():
        fields = languages.fields(name)
        if fields is None:
            continue
        if name not in TRANSLATED_INTO:
            languages.fault(name, "is not a language; allowed: " + ", ".join(TRANSLATED_INTO))
            continue
        found[name] = Translation(
            question=fields.text("question", limit=200),
            short=" ".join(fields.text("short").split()),
            detail=fields.text("detail", ""),
            next_step=fields.text("next_step", limit=300),
            made_of=fields.text("made_of"),
            phrasings=fields.texts("phrasings"),
            golden=fields.texts("golden"),
            approved_by=fields.text("approved_by", ""),
            approved_on=fields.date("approved_on") if fields.has("approved_on") else None,
        )
        fields.close()
    return found


def _read_citations(head: Fields, documents: Mapping[str, SourceDocument]) -> tuple[Citation, ...]:
    citations = []
    for item in head.items("sources", at_least=1):
        if item.has("document"):
            document, section = item.text("document"), item.text("section")
            known = documents.get(document)
            if known is None or not known.title:
                item.fault("document", f'"{document}" is no document in sources/')
            elif section not in known.headings:
                item.fault("section", f'"{section}" is no section of {document}')
            citations.append(Citation(known.title if known else "", section, document))
        else:
            citations.append(Citation(item.text("authority"), checked=item.date("checked")))
        item.close()
    return tuple(citations)
