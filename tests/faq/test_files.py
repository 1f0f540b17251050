"""Loading knowledge: every fault is named with file, line and field, and takes nothing else down."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import BrokenKnowledge, KnowledgeError
from bot.faq.clinic import Hours
from bot.faq.entry import Region
from bot.faq.files import Loaded, load_knowledge
from bot.faq.yaml_reader import Problems, read_fields

NOW = datetime(2026, 11, 24, tzinfo=UTC)
LIPS = "entries/side-effects/dry-lips.md"


def load(folder: Path) -> Loaded:
    return load_knowledge(folder, number=1, published_at=NOW)


def edit(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def only_problem(folder: Path) -> KnowledgeError:
    loaded = load(folder)
    assert len(loaded.problems) == 1, [str(each) for each in loaded.problems]
    return loaded.problems[0]


def test_the_shipped_knowledge_has_no_fault(knowledge: Path) -> None:
    assert load(knowledge).problems == ()


def test_a_wrong_date_is_named_with_file_line_and_field(knowledge: Path) -> None:
    edit(knowledge, LIPS, "review_by: 2027-11-30", "review_by: 31.2.2027")
    text = (knowledge / LIPS).read_text(encoding="utf-8").splitlines()

    problem = only_problem(knowledge)

    assert problem.file == "knowledge/entries/side-effects/dry-lips.md"
    assert text[problem.line - 1].startswith("review_by")
    assert problem.field == "review_by"
    assert '"31.2.2027" is not a date (YYYY-MM-DD)' in problem.problem


@pytest.mark.parametrize(
    ("old", "new", "field", "said"),
    [
        ("question:", "qestion:", "qestion", "not a known field"),
        ("related: [dry-skin", "related: [no-such-entry", "related", "no-such-entry"),
        ("id: dry-lips", "id: other", "id", "file's name"),
        ("kind: self-care", "kind: panic", "next_step.kind", "one of self-care"),
        ("Do not lick", "{{ clinic.fax }} Do not lick", "(answer)", "clinic.fax"),
        ("Do not lick", "<b>Do</b> not lick", "(answer)", "raw HTML"),
        ("Do not lick", "[shop](https://example.org) Do not lick", "(answer)", "links to entries"),
        ('section: "Common Side Effects"', 'section: "No Such Section"', "sources[1].section", "no section"),
    ],
)
def test_a_broken_entry_is_left_out_and_said_so(knowledge: Path, old: str, new: str, field: str, said: str) -> None:
    edit(knowledge, LIPS, old, new)

    loaded = load(knowledge)

    assert any(each.field == field and said in each.problem for each in loaded.problems), loaded.problems
    assert {each.file for each in loaded.problems} == {"knowledge/entries/side-effects/dry-lips.md"}
    assert loaded.release.entry("dry-lips") is None
    assert loaded.release.entry("dry-skin") is not None


def test_a_rule_that_names_an_unknown_fact_stops_everything_and_is_named(knowledge: Path) -> None:
    edit(knowledge, "safety/emergency.yaml", "{{ clinic.emergency }}", "{{ clinic.fax }}")

    with pytest.raises(BrokenKnowledge, match=r"emergency\.anaphylaxis.*clinic\.fax"):
        load(knowledge)


def test_a_wording_may_stand_only_once(knowledge: Path) -> None:
    first = load(knowledge).release.entry("dry-skin")
    assert first is not None
    edit(knowledge, LIPS, "phrasings:\n", f"phrasings:\n  - {first.phrasings[0].text}\n")

    assert "stands in dry-lips already" in only_problem(knowledge).problem


@pytest.mark.parametrize(
    "name", ["safety/crisis.yaml", "safety/words.yaml", "vocabulary/chat.yaml", "clinic.yaml", "topics.yaml"]
)
def test_without_a_vital_file_nothing_is_served(knowledge: Path, name: str) -> None:
    (knowledge / name).unlink()

    with pytest.raises(BrokenKnowledge, match=name.rpartition("/")[2]):
        load(knowledge)


def test_a_rule_without_a_reply_stops_the_load(knowledge: Path) -> None:
    edit(knowledge, "safety/crisis.yaml", "      us: |", "      uk2: |")

    with pytest.raises(BrokenKnowledge, match="the reply for us is missing"):
        load(knowledge)


def test_the_content_hash_follows_the_content_only(knowledge: Path) -> None:
    first = load(knowledge).release
    again = load_knowledge(knowledge, number=7, published_at=datetime(2027, 1, 1, tzinfo=UTC)).release
    edit(knowledge, LIPS, "Do not lick", "Try not to lick")

    assert again.content_hash == first.content_hash
    assert load(knowledge).release.content_hash != first.content_hash


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_with_a_line(text: str) -> None:
    problems = Problems("x.yaml")
    fields = read_fields(text, problems)

    assert (fields is None) == bool(problems.found) or fields is not None
    assert all(each.line >= 1 for each in problems.found)


def test_corrections_and_patients_wordings_are_read(knowledge: Path) -> None:
    (knowledge / "corrections.yaml").write_text(
        "corrections:\n  - {question: my face peels round the lips, wrong: dry-lips, right: dry-skin}\n"
        "  - {question: when is the library open, wrong: opening-hours}\n",
        encoding="utf-8",
    )
    path = knowledge / "entries/side-effects/dry-lips.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("golden:", "patient_phrasings:\n  - my gob is all cracked\ngolden:", 1), encoding="utf-8"
    )

    release = load(knowledge).release

    assert [(each.wrong, each.right) for each in release.corrections] == [
        ("dry-lips", "dry-skin"),
        ("opening-hours", None),
    ]
    entry = release.entry("dry-lips")
    assert entry is not None
    assert [each.text for each in entry.phrasings if each.origin == "patient"] == ["my gob is all cracked"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{question: hi there, wrong: no-such-entry}", 'wrong: "no-such-entry" is no entry'),
        ("{question: hi there, wrong: dry-lips, right: dry-lips}", "is the wrong entry as well"),
        ("{wrong: dry-lips}", "question: is missing"),
        ("{question: hi there, wrong: dry-lips, rihgt: dry-skin}", "is not a known field"),
    ],
)
def test_a_correction_with_a_fault_is_named(knowledge: Path, line: str, said: str) -> None:
    (knowledge / "corrections.yaml").write_text(f"corrections:\n  - {line}\n", encoding="utf-8")

    with pytest.raises(BrokenKnowledge) as caught:
        load(knowledge)

    assert said in str(caught.value)
    assert "corrections.yaml" in str(caught.value)


@pytest.mark.parametrize("share", ["0", "0.5", "often", "-1"])
def test_an_accepted_error_that_cannot_be_is_named(knowledge: Path, share: str) -> None:
    edit(knowledge, "clinic.yaml", "accepted_error: 0.05", f"accepted_error: {share}")

    with pytest.raises(BrokenKnowledge, match=r"clinic.yaml:\d+: accepted_error: .* is not a share from 0.005 to 0.3"):
        load(knowledge)


def test_source_documents_and_the_hazard_log_are_kept(knowledge: Path) -> None:
    loaded = load(knowledge)

    (document,) = loaded.documents
    assert (document.id, document.title) == ("isotretinoin-article", "How isotretinoin works for clear skin")
    assert document.kind == "web article, author and date not given"
    assert len(document.sections) == 17
    assert (document.sections[3].heading, document.sections[3].level) == ("1. Reduces Sebum (Oil) Production", 2)
    assert document.sections[0].sha256.startswith("d325d00c")
    assert loaded.hazards == (knowledge / "safety" / "hazards.yaml").read_text(encoding="utf-8")


def test_a_folder_without_a_hazard_log_is_read_all_the_same(knowledge: Path) -> None:
    (knowledge / "safety" / "hazards.yaml").unlink()

    assert load(knowledge).hazards == ""


def test_a_holiday_is_a_name_or_has_hours_of_its_own(knowledge: Path) -> None:
    edit(
        knowledge,
        "clinic.yaml",
        "holidays:\n",
        'holidays:\n  2026-12-24: {name: Christmas Eve, opens: "09:00", closes: "13:00"}\n',
    )

    clinic = load(knowledge).release.clinic

    assert clinic.holidays[date(2026, 12, 24)] == "Christmas Eve"
    assert clinic.holiday_hours == {date(2026, 12, 24): Hours(time(9), time(13))}
    assert clinic.hours_on(date(2026, 12, 25)) is None


@pytest.mark.parametrize(
    ("holiday", "said"),
    [
        ('{name: Eve, opens: "13:00", closes: "09:00"}', "opens: opens and closes must be two times"),
        ('{opens: "09:00", closes: "13:00"}', "name: is missing"),
        ("{name: Eve}", "opens: is missing"),
        ('{name: Eve, opens: "09:00", closes: "13:00", shut: no}', "shut: is not a known field"),
        ("[Eve]", "holidays.2026-12-24: must be text"),
    ],
)
def test_a_holiday_with_a_fault_is_named(knowledge: Path, holiday: str, said: str) -> None:
    edit(knowledge, "clinic.yaml", "holidays:\n", f"holidays:\n  2026-12-24: {holiday}\n")

    with pytest.raises(BrokenKnowledge, match=said):
        load(knowledge)


def test_a_region_may_have_a_next_step_of_its_own_and_the_answer_of_all(knowledge: Path) -> None:
    edit(knowledge, LIPS, "owner:", "regions:\n  us:\n    next_step: {text: Call the nurse line.}\nowner:")

    entry = load(knowledge).release.entry("dry-lips")

    assert entry is not None
    assert entry.next_step_for(Region.US).text == "Call the nurse line."
    assert entry.answer.for_region(Region.US) == entry.answer


def test_in_a_region_quotes_around_nothing_leave_a_part_out(knowledge: Path) -> None:
    edit(
        knowledge,
        LIPS,
        "owner:",
        'regions:\n  us:\n    short: Use balm.\n    detail: ""\n  uk:\n    short: Balm.\n    detail:\nowner:',
    )

    entry = load(knowledge).release.entry("dry-lips")

    assert entry is not None
    assert entry.answer.for_region(Region.US).detail == ""
    assert entry.answer.for_region(Region.UK).detail == entry.answer.detail


@pytest.mark.parametrize("name", ["entries/evil.md", "entries/a/b/deep.md", "sources/x.yml", "correction.yaml"])
def test_a_file_that_nobody_reads_is_told_of(knowledge: Path, name: str) -> None:
    (knowledge / name).parent.mkdir(parents=True, exist_ok=True)
    (knowledge / name).write_text("rules: []", encoding="utf-8")

    problem = only_problem(knowledge)

    assert problem.file == f"knowledge/{name}" or problem.file.endswith(name)
    assert "is not read here" in problem.problem


@pytest.mark.parametrize("name", ["safety/extra-rules.yaml", "safety/more/crisis.yaml", "vocabulary/brands.yml"])
def test_without_a_rule_or_a_word_that_somebody_wrote_nothing_is_answered(knowledge: Path, name: str) -> None:
    (knowledge / name).parent.mkdir(exist_ok=True)
    (knowledge / name).write_text("rules: []", encoding="utf-8")

    with pytest.raises(BrokenKnowledge, match=name):
        load(knowledge)


def test_what_editors_leave_and_what_explains_is_nobodys_knowledge(knowledge: Path) -> None:
    for name in (".DS_Store", "crisis.yaml~", ".crisis.yaml.swp", ".#crisis.yaml", ".hidden.yaml", "README.md"):
        for folder in ("safety", "entries/side-effects", "entries"):
            if (folder, name) != ("entries/side-effects", "README.md"):
                (knowledge / folder / name).write_text("left", encoding="utf-8")
    (knowledge / "entries/side-effects/.#dry-lips.md").symlink_to("nobody@nowhere")

    assert load(knowledge).problems == ()


def test_a_folder_below_the_root_is_named_as_it_is_written() -> None:
    with pytest.raises(BrokenKnowledge, match=r"^/nowhere:1: clinic\.yaml: is missing"):
        load(Path("/nowhere"))
