"""The clinic's facts, the topics and the source documents written as the files that hold them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.faq.clinic import LINE_KINDS, WEEKDAYS, ClinicProfile, HelpLine, Hours
from bot.faq.entry import Region, Topic
from bot.faq.sources import SourceDocument
from bot.faq.yaml_writer import field_line, inline_list, inline_map, joined, scalar, text_list

_CLINIC_NOTE = "# The clinic's own facts. Answers name them as {{ clinic.phone }}, {{ clinic.fees }} and so on."
_ERROR_NOTE = (
    "",
    "# Of the answers given, the share that may be wrong. A smaller one answers less and asks back more.",
)
_APPROVED_NOTE = (
    "",
    "# Who approved the content for this clinic, and when. Until both stand here, every page says",
    '# "Sample content: not yet approved by this clinic".',
)
_FACTS_NOTE = (
    "",
    "# Free facts: any name may be added here and then used in answers as {{ clinic.<name> }}.",
)
_TOPICS_NOTE = (
    "# Groups of entries, in the order in which pages show them. `featured` entries are shown first.",
    "topics:",
)
_SOURCE_NOTE = (
    "# The sections of the document that entries cite. No text is copied: the hash (sha256 of a",
    "# section's own words, white space folded) tells when the document has changed.",
)


def clinic_file(clinic: ClinicProfile) -> str:
    """`clinic.yaml`: every field of the profile."""
    return joined(_clinic_lines(clinic))


def topics_file(topics: Sequence[Topic]) -> str:
    """`topics.yaml`, in the order of the topics."""
    return joined((*_TOPICS_NOTE, *(f"  - {_topic(topic)}" for topic in topics)))


def source_files(documents: Iterable[SourceDocument]) -> Mapping[str, str]:
    """The documents' files by path; a file is named after the document's id, as far as it is a name for a file."""
    files: dict[str, str] = {}
    for document in sorted(documents, key=lambda each: each.id):
        name = re.sub(r"[^a-z0-9]+", "-", document.id.casefold()).strip("-")[:80] or "document"
        path, count = f"sources/{name}.yaml", 1
        while path in files:
            count += 1
            path = f"sources/{name}-{count}.yaml"
        files[path] = joined(_document_lines(document))
    return files


def _clinic_lines(clinic: ClinicProfile) -> Iterator[str]:
    yield _CLINIC_NOTE
    for name in ("name", "region", "time_zone", "phone", "email", "address", "brand_colour"):
        yield field_line(name, str(getattr(clinic, name)))
    yield from text_list("embedding_sites", clinic.embedding_sites)
    yield from _ERROR_NOTE
    yield f"accepted_error: {clinic.accepted_error!r}"
    yield from _APPROVED_NOTE
    yield field_line("approved_by", clinic.approved_by or "")
    yield f"approved_on: {clinic.approved_on.isoformat()}" if clinic.approved_on else 'approved_on: ""'
    yield ""
    yield "hours:" if clinic.hours else "hours: {}"
    for day in WEEKDAYS:
        if day in clinic.hours:
            yield f"  {day}: {inline_list(_clocks(clinic.hours[day]))}"
    yield "holidays:" if clinic.holidays else "holidays: {}"
    for date in sorted(clinic.holidays):
        name, hours = clinic.holidays[date], clinic.holiday_hours.get(date)
        if hours is None:
            yield f"  {date.isoformat()}: {scalar(name)}"
        else:
            opens, closes = _clocks(hours)
            yield f"  {date.isoformat()}: {inline_map({'name': name, 'opens': opens, 'closes': closes})}"
    yield ""
    yield "# The numbers on safety cards, by region."
    yield "lines:"
    for region in Region:
        yield f"  {region.value}:"
        lines = clinic.lines.get(region, {})
        for kind in LINE_KINDS:
            if kind in lines:
                yield f"    {kind}: {_help_line(lines[kind])}"
    yield from _FACTS_NOTE
    yield "facts:" if clinic.facts else "facts: {}"
    for name, fact in clinic.facts.items():
        yield field_line(name, fact, "  ")


def _clocks(hours: Hours) -> tuple[str, str]:
    return f"{hours.opens:%H:%M}", f"{hours.closes:%H:%M}"


def _help_line(line: HelpLine) -> str:
    fields = {"number": line.number, "label": line.label}
    if line.action != "call":
        fields["action"] = line.action
    if line.body:
        fields["body"] = line.body
    return inline_map(fields)


def _topic(topic: Topic) -> str:
    fields = {"id": topic.id, "title": topic.title}
    if topic.description:
        fields["description"] = topic.description
    if topic.featured:
        fields["featured"] = inline_list(topic.featured)
    return inline_map(fields, bare=["featured"])


def _document_lines(document: SourceDocument) -> Iterator[str]:
    yield from _SOURCE_NOTE
    for name in ("id", "title", "kind", "note"):
        yield field_line(name, str(getattr(document, name)))
    yield "sections:"
    for section in document.sections:
        fields = {"heading": section.heading, "level": str(section.level), "sha256": section.sha256}
        yield f"  - {inline_map(fields, bare=['level'])}"
