"""One entry written as its Markdown file, and read from such a text again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.errors import InputError, KnowledgeError
from bot.faq.entry import Answer, Citation, Entry, NextStep, Region, Translation
from bot.faq.entry_files import read_entry
from bot.faq.places import TextFolder
from bot.faq.sources import SourceDocument
from bot.faq.yaml_reader import Problems
from bot.faq.yaml_writer import block, field_line, inline_list, inline_map, joined, text_list

_NO_TOPIC = "entries//entry.md"  # where a text stands that is in no topic's folder


def read_entry_text(text: str, documents: Iterable[SourceDocument], *, name: str = "entry") -> Entry:
    """The entry that such a text holds, by itself; `documents` are those it may cite, `name` is for messages.

    Links, placeholders and related entries are not looked up. Raises InputError naming the field.
    """
    problems = Problems(name)
    known = {document.id: document for document in documents}
    entry = read_entry(TextFolder({_NO_TOPIC: text}) / _NO_TOPIC, problems, known)
    if entry is not None and not entry.topic:
        problems.add(1, "topic", "is missing")
    if entry is None or problems.found:
        raise refusal(problems.found[0])
    return entry


def refusal(fault: KnowledgeError) -> InputError:
    """The fault that a reader would find in a text, said to those whose data the text was made of."""
    said, _, allowed = fault.problem.partition("; allowed: ")
    return InputError(
        field=f"{fault.file.removeprefix('knowledge/')}: {fault.field}",
        got=f"what cannot be filed ({said})",
        allowed=allowed or "what the knowledge folder can hold",
    )


def entry_text(entry: Entry) -> str:
    """The entry as its file, without looking whether it comes back as it was."""
    answer = entry.answer
    return joined(
        (
            "---",
            *_head(entry),
            "---",
            answer.short,
            *(("", answer.detail) if answer.detail else ()),
        )
    )


def _head(entry: Entry) -> Iterator[str]:
    yield field_line("id", entry.id)
    yield field_line("topic", entry.topic)
    yield field_line("question", entry.question)
    yield from text_list("phrasings", (each.text for each in entry.phrasings if each.origin == "written"))
    yield from text_list("patient_phrasings", (each.text for each in entry.phrasings if each.origin == "patient"))
    yield from text_list("golden", entry.golden)
    yield f"next_step: {_step(entry.next_step, None)}"
    yield "sources:" if entry.citations else "sources: []"
    for citation in entry.citations:
        yield f"  - {_source(citation)}"
    if entry.related:
        yield f"related: {inline_list(entry.related)}"
    differing = [each for each in Region if each in entry.answer.variants or each in entry.next_step_variants]
    if differing:
        yield "regions:"
    for region in differing:
        yield f"  {region.value}:"
        if region in entry.answer.variants:
            yield from _variant(entry.answer.variants[region], entry.answer)
        if region in entry.next_step_variants:
            yield f"    next_step: {_step(entry.next_step_variants[region], entry.next_step)}"
    if entry.translations:
        yield "translations:"
    for language, translation in entry.translations.items():
        yield f"  {language}:"
        yield from _translation(translation)
    yield field_line("owner", entry.owner)
    yield f"review_by: {entry.review_by.isoformat()}"


def _variant(variant: Answer, base: Answer) -> Iterator[str]:
    """What differs from `base`; at least one line, since the variant is there only if it has one."""
    if variant.short != base.short or variant.detail == base.detail:
        yield field_line("short", variant.short, "    ")
    if variant.detail != base.detail:
        yield from block("detail", variant.detail, "    ")


def _translation(translation: Translation) -> Iterator[str]:
    yield field_line("question", translation.question, "    ")
    yield field_line("short", translation.short, "    ")
    if translation.detail:
        yield from block("detail", translation.detail, "    ")
    yield field_line("next_step", translation.next_step, "    ")
    yield field_line("made_of", translation.made_of, "    ")
    yield from text_list("phrasings", translation.phrasings, "    ")
    yield from text_list("golden", translation.golden, "    ")
    if translation.approved_by:
        yield field_line("approved_by", translation.approved_by, "    ")
    if translation.approved_on:
        yield f"    approved_on: {translation.approved_on.isoformat()}"


def _step(step: NextStep, base: NextStep | None) -> str:
    fields = {"kind": step.kind.value, "text": step.text}
    if step.phone is not None:
        fields["phone"] = step.phone
    elif base is not None and base.phone is not None:
        fields["phone"] = ""  # left out on purpose; without the line it would be as in all regions
    return inline_map(fields)


def _source(citation: Citation) -> str:
    if citation.document is not None:
        return inline_map({"document": citation.document, "section": citation.section or ""})
    checked = citation.checked.isoformat() if citation.checked else '""'
    return inline_map({"authority": citation.title, "checked": checked}, bare=["checked"])
