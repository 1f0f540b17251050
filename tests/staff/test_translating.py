"""A translation's way: draft, review by somebody else, the next release with who approved it; and out of date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.dialogue.bot import Bot
from bot.errors import Conflict, Forbidden, InputErrors
from bot.evaluate.asking import Asker
from bot.evaluate.gates import judge
from bot.faq.entry import Entry, Translation
from bot.faq.files import Loaded, load_knowledge
from bot.faq.holding import as_filed
from bot.faq.writing import write_knowledge
from bot.staff.accounts import Role, User
from bot.staff.assembly import assemble, with_entries
from bot.staff.checking import must_mend
from bot.staff.console import Target, release_of
from bot.staff.seeding import seed_if_empty
from bot.staff.settings import save_governance
from bot.staff.transfer import exported, import_knowledge, plan_import
from bot.staff.translating import (
    bring_back_translation,
    discard_translation,
    retire_translation,
    save_translation,
    submit_translation,
    withdraw_translation,
)
from bot.staff.translation_checks import check_translation
from bot.staff.translation_review import approve_translation, list_waiting_translations, return_translation
from bot.staff.translations import Standing, State, english_of, find_standing, load_standings
from bot.store.audit import list_events
from bot.store.content import add_review, add_revision
from bot.store.database import Database, open_database
from bot.store.translations import Version, list_versions

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
EDDA = User(user_id=1, email="e@x", name="Edda", roles=frozenset({Role.EDITOR}))
CLEO = User(user_id=2, email="c@x", name="Cleo", roles=frozenset({Role.CLINICIAN}))
REASON = "Para quien lee español"


@pytest.fixture
def seeded(any_database: Database, small: Loaded) -> Database:
    seed_if_empty(any_database, small, NOON)
    return any_database


@pytest.fixture
def one(database: Database, small: Loaded) -> Database:
    """The same on SQLite alone, where it does not matter."""
    seed_if_empty(database, replace(small, release=as_filed(small.release)), NOON)
    return database


@pytest.fixture
def entry(small: Loaded) -> Entry:
    return small.release.entries[0]


def spanish(entry: Entry, **more: str | tuple[str, ...]) -> Translation:
    words = ["uno", "dos", "tres", "cuatro", "cinco", "seis"]
    text = Translation(
        question="¿Qué es este chat?",
        short="Palabras de prueba.",
        detail="Más palabras.",
        next_step="Un paso.",
        made_of=entry.mark,
        phrasings=tuple(f"pregunta {word} sobre el chat" for word in words),
    )
    return replace(text, **more)  # type: ignore[arg-type]


def sent(database: Database, entry: Entry, text: Translation | None = None, user: User = EDDA) -> Version:
    key = entry.id, "es"
    seen = standing(database, entry).version
    copy = save_translation(database, key, seen, text or spanish(entry), user=user, now=NOON)
    assert copy is not None
    return submit_translation(database, key, seen=copy.version, reason=REASON, user=user, now=NOON)


def approved(database: Database, entry: Entry, text: Translation | None = None) -> Version:
    version = sent(database, entry, text)
    return approve_translation(database, version.translation_id, user=CLEO, now=NOON)


def standing(database: Database, entry: Entry) -> Standing:
    with database.read() as db:
        found = find_standing(db, entry.id, "es")
    assert found is not None
    return found


def released(database: Database, entry: Entry) -> Translation | None:
    with database.read() as db:
        found = assemble(db, NOON).entry(entry.id)
    assert found is not None
    return found.served_translation("es")


def change_english(database: Database, entry: Entry) -> Entry:
    """Another short answer, approved."""
    changed = replace(entry, answer=replace(entry.answer, short="Something else is said here."))
    with database.change() as db:
        revision = add_revision(db, changed, author="Edda", reason="", at=NOON)
        add_review(db, revision.revision_id, "approve", reviewer="Cleo", own=False, comment="", at=NOON)
    return changed


def test_what_another_clinician_approves_is_released_with_who_and_when(seeded: Database, entry: Entry) -> None:
    version = sent(seeded, entry)
    assert standing(seeded, entry).state is State.IN_REVIEW
    assert released(seeded, entry) is None

    approve_translation(seeded, version.translation_id, comment="Bien", user=CLEO, now=NOON)

    found = released(seeded, entry)
    assert found == replace(spanish(entry), approved_by="Cleo", approved_on=date(2026, 11, 24))
    assert standing(seeded, entry).state is State.DONE
    with seeded.read() as db:
        actions = [(event.action, event.actor, event.subject) for event in list_events(db, limit=3)]
    assert actions == [
        ("translation.approved", "Cleo", entry.id),
        ("translation.submitted", "Edda", entry.id),
        ("translation.saved", "Edda", entry.id),
    ]


def test_who_wrote_it_cannot_approve_it_unless_the_clinic_lets_them(seeded: Database, entry: Entry) -> None:
    version = sent(seeded, entry, user=CLEO)

    with pytest.raises(Forbidden, match="another clinician"):
        approve_translation(seeded, version.translation_id, user=CLEO, now=NOON)
    with pytest.raises(Forbidden, match="a clinician"):
        approve_translation(seeded, version.translation_id, user=EDDA, now=NOON)

    admin = replace(CLEO, roles=frozenset({Role.ADMIN, Role.CLINICIAN}))
    save_governance(seeded, own_approval=True, seen=0, user=admin, now=NOON)
    assert approve_translation(seeded, version.translation_id, user=CLEO, now=NOON).author == "Cleo"


def test_a_returned_one_keeps_its_text_and_can_be_sent_again(seeded: Database, entry: Entry) -> None:
    version = sent(seeded, entry)
    return_translation(seeded, version.translation_id, comment="La segunda frase", user=CLEO, now=NOON)

    now = standing(seeded, entry)
    assert now.state is State.RETURNED
    assert now.text == spanish(entry)
    assert now.sent is not None
    assert now.sent.review is not None
    assert now.sent.review.comment == "La segunda frase"
    sent(seeded, entry, spanish(entry, short="Otras palabras."))
    with seeded.read() as db:
        assert [each.state for each in list_versions(db, now.key)] == ["in review", "returned"]
        assert [each.version.number for each in list_waiting_translations(db)] == [2]


def test_a_changed_english_takes_it_out_of_service_until_it_is_reviewed_again(seeded: Database, entry: Entry) -> None:
    approved(seeded, entry)
    changed = change_english(seeded, entry)

    now = standing(seeded, entry)
    assert (now.state, now.is_outdated) == (State.OUTDATED, True)
    assert released(seeded, entry) is None
    with seeded.read() as db:
        before = english_of(db, entry.id, now.text.made_of)
    assert before is not None
    assert before.answer.short == entry.answer.short

    with pytest.raises(InputErrors, match="say that this fits it"):
        sent(seeded, entry, spanish(entry, short="Otra cosa."))
    sent(seeded, changed, spanish(changed, short="Otra cosa."))
    waiting = standing(seeded, entry).sent
    assert waiting is not None
    approve_translation(seeded, waiting.translation_id, user=CLEO, now=NOON)
    found = released(seeded, entry)
    assert found is not None
    assert found.short == "Otra cosa."


def test_one_in_review_cannot_be_approved_once_its_english_was_changed(one: Database, entry: Entry) -> None:
    version = sent(one, entry)
    change_english(one, entry)

    with pytest.raises(Conflict, match="English was changed"):
        approve_translation(one, version.translation_id, user=CLEO, now=NOON)
    with one.read() as db:
        assert [each.fits for each in list_waiting_translations(db)] == [False]


def test_two_translators_lose_nothing_to_each_other(one: Database, entry: Entry) -> None:
    key = entry.id, "es"
    first = save_translation(one, key, 0, spanish(entry), user=EDDA, now=NOON)
    assert first is not None

    with pytest.raises(Conflict, match="Edda saved another text"):
        save_translation(one, key, 0, spanish(entry, short="Lo mío."), user=CLEO, now=NOON)
    assert save_translation(one, key, 0, spanish(entry), user=CLEO, now=NOON) == first  # the same, sent again
    assert standing(one, entry).text == spanish(entry)
    soon = save_translation(one, key, 0, spanish(entry, short="Y más."), user=EDDA, now=NOON)  # not answered yet
    assert soon is not None
    assert soon.version == 2
    later = NOON + timedelta(minutes=1)
    with pytest.raises(Conflict, match="Edda saved another text"):
        save_translation(one, key, 1, spanish(entry, short="Otra pestaña."), user=EDDA, now=later)
    with pytest.raises(Conflict, match="saved meanwhile"):
        submit_translation(one, key, seen=0, reason=REASON, user=CLEO, now=NOON)


def test_a_discarded_draft_comes_back_unless_somebody_went_on(one: Database, entry: Entry) -> None:
    key = entry.id, "es"
    save_translation(one, key, 0, spanish(entry), user=EDDA, now=NOON)
    discard_translation(one, key, seen=1, user=EDDA, now=NOON)
    assert standing(one, entry).state is State.NONE

    bring_back_translation(one, key, version=1, user=EDDA, now=NOON)
    assert standing(one, entry).text == spanish(entry)
    discard_translation(one, key, seen=1, user=EDDA, now=NOON)
    again = save_translation(one, key, 0, spanish(entry, short="Nuevo."), user=CLEO, now=NOON)
    assert again is not None
    assert again.version == 2
    with pytest.raises(Conflict, match="changed since"):
        bring_back_translation(one, key, version=1, user=EDDA, now=NOON)


def test_it_can_be_tried_in_the_console_before_it_is_approved(one: Database, entry: Entry) -> None:
    def tried(kind: str) -> Translation | None:
        with one.read() as db:
            found = release_of(db, Target.of(kind), NOON).entry(entry.id)
        assert found is not None
        return found.served_translation("es")

    save_translation(one, (entry.id, "es"), 0, spanish(entry, short=""), user=EDDA, now=NOON)
    assert tried("drafts") is None  # nothing to read yet
    save_translation(one, (entry.id, "es"), 1, spanish(entry), user=EDDA, now=NOON)
    assert (tried("drafts"), tried("approved")) == (spanish(entry), None)
    submit_translation(one, (entry.id, "es"), seen=2, reason=REASON, user=EDDA, now=NOON)
    assert (tried("drafts"), tried("approved")) == (spanish(entry), None)


def test_a_withdrawn_one_is_a_draft_again(one: Database, entry: Entry) -> None:
    sent(one, entry)
    with pytest.raises(Forbidden):
        withdraw_translation(one, (entry.id, "es"), user=CLEO, now=NOON)

    withdraw_translation(one, (entry.id, "es"), user=EDDA, now=NOON)
    assert (standing(one, entry).state, standing(one, entry).text) == (State.DRAFT, spanish(entry))


def test_it_is_taken_away_by_review_too(one: Database, entry: Entry) -> None:
    approved(one, entry)
    version = retire_translation(one, (entry.id, "es"), reason="Mal traducido", user=EDDA, now=NOON)
    assert released(one, entry) is not None

    approve_translation(one, version.translation_id, user=CLEO, now=NOON)
    assert released(one, entry) is None
    assert standing(one, entry).state is State.NONE


@pytest.mark.parametrize(
    ("more", "field", "severity", "told"),
    [
        ({"question": ""}, "question", "must", "Write the question"),
        ({"next_step": ""}, "next_step", "must", "what to do next"),
        ({"detail": "Llame al {{ clinic.nadie }}."}, "detail", "must", "is unknown"),
        ({"detail": "[Más](entry:no-hay)"}, "detail", "must", "no entry"),
        ({"short": "<b>Hola</b>"}, "short", "must", "HTML"),
        ({"short": "Es 100 % eficaz."}, "short", "release", "Absolute"),
        ({"short": "No se preocupe."}, "short", "release", "A verdict"),
        ({"short": "Hola\u200b."}, "short", "must", "invisible"),
        ({"question": "x" * 201}, "question", "must", "201 characters"),
        ({"phrasings": ("una", "una")}, "phrasings", "must", "twice"),
        ({"phrasings": ()}, "phrasings", "should", "0 other ways"),
        ({"short": "Tome 40 al día."}, "short", "should", "40 stands here"),
        ({"made_of": "other"}, "made_of", "must", "changed"),
        (
            {"short": "La administración concomitante de medicamentos potencialmente hepatotóxicos es problemática."},
            "short",
            "release",
            "Reading ease",
        ),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    one: Database, entry: Entry, more: dict[str, str], field: str, severity: str, told: str
) -> None:
    with one.read() as db:
        faults = check_translation(db, standing(one, entry), spanish(entry, **more))

    assert [fault for fault in faults if (fault.field, fault.severity) == (field, severity) and told in fault.text]


def test_a_sound_one_has_nothing_to_mend(one: Database, entry: Entry, small: Loaded) -> None:
    other = small.release.entries[1]
    with one.read() as db:
        assert must_mend(check_translation(db, standing(one, entry), spanish(entry))) == ()
    approved(one, entry)

    with one.read() as db:
        faults = check_translation(db, standing(one, other), spanish(other))
    assert f"stands in {entry.id} already" in " ".join(fault.text for fault in faults)


def test_every_state_is_known_in_four_queries(
    one: Database, entry: Entry, small: Loaded, count_queries: Callable[[Database], object]
) -> None:
    approved(one, entry)
    with count_queries(one) as asked, one.read() as db:  # type: ignore[attr-defined]
        found = load_standings(db)

    assert len([each for each in asked if each.startswith("SELECT")]) == 4
    assert [each.state for each in found.values() if each.english.id == entry.id] == [State.DONE]
    assert sum(each.is_missing for each in found.values()) == len(small.release.entries) - 1


def test_files_carry_it_out_and_back(one: Database, entry: Entry, tmp_path: Path) -> None:
    approved(one, entry)
    with one.read() as db:
        files = exported(db, NOON)
    write_knowledge(tmp_path / "knowledge", files)
    again = load_knowledge(tmp_path / "knowledge", number=1, published_at=NOON)
    elsewhere = open_database(f"sqlite:///{tmp_path / 'other.db'}")
    seed_if_empty(elsewhere, again, NOON + timedelta(days=9))

    assert again.problems == ()
    with one.read() as db:
        assert plan_import(db, again).is_empty
    with elsewhere.read() as db:
        assert exported(db, NOON) == files
    elsewhere.close()


def test_an_imported_translation_waits_for_review(one: Database, entry: Entry, small: Loaded) -> None:
    first, *others = small.release.entries
    claimed = replace(spanish(entry), approved_by="Somebody", approved_on=date(2020, 1, 1))
    release = with_entries(small.release, [replace(first, translations={"es": claimed}), *others])
    plan = import_knowledge(one, replace(small, release=release), by="git", now=NOON)

    assert plan.translations == ((entry.id, "es"),)
    assert standing(one, entry).state is State.IN_REVIEW
    assert released(one, entry) is None
    changed = replace(first, translations={"es": replace(claimed, short="Otra.")})
    other = replace(small, release=with_entries(small.release, [changed, *others]))
    with pytest.raises(Conflict, match=entry.id):
        import_knowledge(one, other, by="git", now=NOON)


def test_an_outdated_one_is_kept_in_the_files_too(one: Database, entry: Entry) -> None:
    approved(one, entry)
    change_english(one, entry)
    with one.read() as db:
        files = exported(db, NOON)

    assert "translations:" in files[f"entries/{entry.topic}/{entry.id}.md"]


def test_the_gates_ask_its_wordings(small: Loaded, entry: Entry) -> None:
    first, second, *others = small.release.entries
    alarming = small.release.rules[-1].examples[0]
    text = spanish(first, phrasings=("pregunta uno sobre el chat", alarming), short="Gran milagro.")
    other = replace(spanish(second, question="¿Cómo pido cita?"), golden=("¿Qué es este chat?",), phrasings=())
    entries = [replace(first, translations={"es": text}), replace(second, translations={"es": other}), *others]
    bot = Bot(with_entries(small.release, entries))
    with Asker((bot,)) as asker:
        gates = {gate.name: gate for gate in judge(bot, asker).gates}

    assert any(alarming in line for line in gates["entries without alarm"].failures)
    assert not gates["entries without alarm"].passed
    assert any("milagro" in line for line in gates["lint"].failures)
    assert any("¿Qué es este chat?" in line and first.id in line for line in gates["golden questions"].failures)
