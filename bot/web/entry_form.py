"""The editor's form: an entry laid out as what its inputs hold, and what was typed read into an entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from bot.errors import InputError
from bot.faq.entry import Answer, Citation, Entry, NextStep, Phrasing, Region, StepKind
from bot.faq.sources import SourceDocument
from bot.faq.yaml_reader import parse_date

REGION_WORDS: Mapping[Region, str] = {Region.UK: "UK", Region.US: "US"}
# The inputs of each field that does not have just one of its own name.
INPUTS: Mapping[str, tuple[str, ...]] = {
    "next_step": ("step_kind", "step_text", "step_phone"),
    **{f"{region}_answer": (f"{region}_short", f"{region}_detail") for region in ("uk", "us")},
    **{
        f"{region}_step": tuple(f"{region}_step_{part}" for part in ("kind", "text", "phone"))
        for region in ("uk", "us")
    },
}
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, as an entry; `faults` are the inputs that could not be read, which keep what was there before."""

    entry: Entry
    faults: tuple[InputError, ...] = ()


def values_of(entry: Entry) -> Values:
    """What each input holds for this entry; "sources" is a list of rows."""
    values: dict[str, Any] = {
        "question": entry.question,
        "topic": entry.topic,
        "phrasings": "\n".join(phrasing.text for phrasing in entry.phrasings),
        "golden": "\n".join(entry.golden),
        "short": entry.answer.short,
        "detail": entry.answer.detail,
        "sources": [_row(citation) for citation in entry.citations],
        "related": "\n".join(entry.related),
        "owner": entry.owner,
        "review_by": entry.review_by.isoformat(),
        **_step_values("step", entry.next_step),
    }
    for region in Region:
        variant = entry.answer.variants.get(region)
        values[f"{region.value}_short"] = variant.short if variant else ""
        values[f"{region.value}_detail"] = variant.detail if variant else ""
        values.update(_step_values(f"{region.value}_step", entry.next_step_variants.get(region)))
    return values


def values_typed(form: MultiDict[str, str]) -> Values:
    """What each input held when the form was sent, whether it could be read or not."""
    names = ["question", "topic", "phrasings", "golden", "short", "detail", "related", "owner", "review_by"]
    typed: dict[str, Any] = {name: form.get(name, "") for name in names}
    typed.update({name: form.get(name, "") for inputs in INPUTS.values() for name in inputs})
    rows = zip(form.getlist("source"), form.getlist("source_title"), form.getlist("source_checked"), strict=False)
    typed["sources"] = [
        {"place": place, "title": title, "checked": checked}
        for place, title, checked in rows
        if place or title.strip() or checked
    ]
    return typed


def inputs_of(values: Values, fields: Iterable[str]) -> dict[str, Any]:
    """The inputs of just these fields: what a page must take over when others changed them."""
    return {name: values[name] for field in fields for name in INPUTS.get(field, (field,))}


def read_form(form: MultiDict[str, str], before: Entry, documents: Sequence[SourceDocument]) -> Typed:
    """The entry that was typed over `before`, whose phrasings know who worded them."""
    text = {name: value.replace("\r\n", "\n").replace("\x00", "") for name, value in form.items()}
    faults: list[InputError] = []
    review_by = _date(text.get("review_by", ""), "review_by", faults) or before.review_by
    step = _step(text, "step", before.next_step) or before.next_step
    origins = {phrasing.text: phrasing.origin for phrasing in before.phrasings}
    variants = {region: answer for region in Region if (answer := _variant(text, region)) is not None}
    steps = {
        region: found
        for region in Region
        if (found := _step(text, f"{region.value}_step", before.next_step_variants.get(region))) is not None
    }
    entry = replace(
        before,
        question=_spaced(text.get("question", "")),
        topic=text.get("topic", ""),
        phrasings=tuple(Phrasing(line, origins.get(line, "written")) for line in _lines(text.get("phrasings", ""))),
        golden=_lines(text.get("golden", "")),
        answer=Answer(_spaced(text.get("short", "")), text.get("detail", "").strip(), variants),
        next_step=step,
        next_step_variants=steps,
        citations=_citations(form, before, documents, faults),
        related=_lines(text.get("related", "")),
        owner=_spaced(text.get("owner", "")),
        review_by=review_by,
    )
    return Typed(entry, tuple(faults))


def _row(citation: Citation) -> dict[str, str]:
    place = f"{citation.document}|{citation.section or ''}" if citation.document else ""
    title = "" if citation.document else citation.title
    return {"place": place, "title": title, "checked": citation.checked.isoformat() if citation.checked else ""}


def _step_values(prefix: str, step: NextStep | None) -> dict[str, str]:
    return {
        f"{prefix}_kind": step.kind.value if step else "",
        f"{prefix}_text": step.text if step else "",
        f"{prefix}_phone": (step.phone or "") if step else "",
    }


def _step(text: Mapping[str, str], prefix: str, before: NextStep | None) -> NextStep | None:
    """The next step, or None where nothing was chosen or written."""
    kind, words, phone = (_spaced(text.get(f"{prefix}_{part}", "")) for part in ("kind", "text", "phone"))
    if not (kind or words or phone):
        return None
    known = [each for each in StepKind if each.value == kind]
    fallback = before.kind if before else StepKind.CONTACT_CLINIC
    return NextStep(known[0] if known else fallback, words, phone or None)


def _variant(text: Mapping[str, str], region: Region) -> Answer | None:
    short = _spaced(text.get(f"{region.value}_short", ""))
    detail = text.get(f"{region.value}_detail", "").strip()
    return Answer(short, detail) if short or detail else None


def _citations(
    form: MultiDict[str, str], before: Entry, documents: Sequence[SourceDocument], faults: list[InputError]
) -> tuple[Citation, ...]:
    titles = {document.id: document.title for document in documents}
    known = {(each.document, each.section): each for each in before.citations if each.document}
    found: dict[Citation, None] = {}
    for row in values_typed(form)["sources"]:
        document, _, section = row["place"].partition("|")
        if document:
            title = titles.get(document, document)
            citation = known.get((document, section), Citation(title, section, document))
        else:
            checked = _date(row["checked"], "sources", faults)
            citation = Citation(_spaced(row["title"]), checked=checked)
        found[citation] = None
    return tuple(found)


def _date(text: str, field: str, faults: list[InputError]) -> date | None:
    if not text.strip():
        return None
    try:
        return parse_date(text.strip())
    except ValueError:
        faults.append(InputError(field=field, got=repr(text)[:40], allowed="a day like 2027-05-31"))
        return None


def _lines(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for each in text.splitlines() if (line := _spaced(each))))


def _spaced(text: str) -> str:
    return " ".join(text.split())
