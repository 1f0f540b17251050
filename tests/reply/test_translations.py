"""An answer in another language: shown when it was approved for just this wording, and never otherwise."""

from __future__ import annotations

from dataclasses import replace

import pytest
from filing import checked_text

from bot.faq.checks import lint_entry
from bot.faq.difference import entry_changes
from bot.faq.entry import Answer, Entry, NextStep, Region, StepKind, Translation
from bot.faq.files import Loaded
from bot.faq.release import Release, content_hash_of, plain
from bot.reply.compose import Composer
from bot.staff.assembly import with_entries


@pytest.fixture
def entry(loaded: Loaded) -> Entry:
    """Dry lips, with a translation; the words stand for approved ones."""
    found = next(each for each in loaded.release.entries if each.id == "dry-lips")
    return translated(replace(found, related=()))


def translated(entry: Entry) -> Entry:
    spanish = Translation(
        question="¿Labios secos?",
        short="Palabras de prueba. Llame al {{ clinic.phone }}.",
        detail="Más **palabras** de prueba.",
        next_step="Paso de prueba.",
        made_of=entry.mark,
    )
    return replace(entry, translations={"es": spanish})


def composer(release: Release, entry: Entry) -> Composer:
    return Composer(with_entries(release, [entry]))


def test_it_is_shown_where_it_is_approved(loaded: Loaded, entry: Entry) -> None:
    part = composer(loaded.release, entry).answer("dry-lips", Region.UK, language="es")

    assert part.language == "es"
    assert part.headline == "¿Labios secos?"
    assert "020 7946 0123" in part.answer_html
    assert "<strong>palabras</strong>" in part.detail_html
    assert part.next_step is not None
    assert (part.next_step.kind, part.next_step.text) == (entry.next_step.kind, "Paso de prueba.")
    english = composer(loaded.release, entry).answer("dry-lips", Region.UK)
    assert (english.language, english.headline) == ("en", entry.question)


@pytest.mark.parametrize(
    "changed",
    [
        lambda entry: replace(entry, question="Are your lips dry?"),
        lambda entry: replace(entry, answer=replace(entry.answer, short="Something else.")),
        lambda entry: replace(entry, answer=replace(entry.answer, detail="Something else.")),
        lambda entry: replace(entry, next_step=replace(entry.next_step, text="Something else.")),
        lambda entry: replace(
            entry, answer=replace(entry.answer, variants={Region.UK: Answer("Here something else.", "")})
        ),
        lambda entry: replace(entry, next_step_variants={Region.UK: NextStep(StepKind.SAME_DAY, "Here else.")}),
        lambda entry: replace(entry, translations={}),
    ],
    ids=["question", "short", "detail", "next step", "region's answer", "region's step", "no translation"],
)
def test_it_is_not_shown_for_wording_that_it_was_not_made_of(loaded: Loaded, entry: Entry, changed: object) -> None:
    part = composer(loaded.release, changed(entry)).answer("dry-lips", Region.UK, language="es")  # type: ignore[operator]

    assert part.language == "en"


def test_what_patients_do_not_read_leaves_it_as_it_is(loaded: Loaded, entry: Entry) -> None:
    edited = replace(entry, owner="somebody else", golden=("another question",))

    assert composer(loaded.release, edited).answer("dry-lips", Region.UK, language="es").language == "es"


def test_an_outdated_one_is_found_with_the_mark_to_write(entry: Entry) -> None:
    edited = replace(entry, question="Are your lips dry?")

    assert not [fault for fault in lint_entry(entry) if fault.rule == "translations.es"]
    outdated = [fault for fault in lint_entry(edited) if fault.rule == "translations.es" and edited.mark in fault.text]
    assert [fault.blocks for fault in outdated] == [False]  # patients read the English: that may go out at once


def test_reviewers_see_what_changed_in_it(entry: Entry) -> None:
    before = replace(entry, translations={})

    assert "translations.es.short" in {change.field for change in entry_changes(before, entry)}


def test_its_file_holds_it_and_releases_without_keep_their_hash(loaded: Loaded, entry: Entry) -> None:
    assert "    made_of:" in checked_text(entry)
    assert "translations" not in str(plain(loaded.release.entries))
    assert "translations" not in str(plain(replace(loaded.release.rules[0], translations={})))
    assert content_hash_of(with_entries(loaded.release, [entry])) != content_hash_of(
        with_entries(loaded.release, [replace(entry, translations={})])
    )
