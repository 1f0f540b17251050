"""Writing knowledge: what was written is loaded again as it was, or is refused by entry and field."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from filing import checked_text
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import InputError
from bot.faq.clinic import LINE_KINDS, WEEKDAYS, ClinicProfile, HelpLine, Hours
from bot.faq.entry import Answer, Citation, Entry, NextStep, Phrasing, Region, StepKind, Topic, Translation
from bot.faq.entry_writing import read_entry_text
from bot.faq.files import Loaded, load_knowledge
from bot.faq.holding import as_filed, entry_as_filed
from bot.faq.places import TextFolder
from bot.faq.release import Correction, Level, Release, SafetyRule, TranslatedReply, WordLists, content_hash_of
from bot.faq.sources import Section, SourceDocument
from bot.faq.writing import knowledge_files, write_knowledge
from bot.faq.yaml_reader import CONTROL

NOW = datetime(2026, 11, 24, tzinfo=UTC)
AWKWARD = (
    "yes", "No", "null", "~", "1", "0x1F", "1e3", "2027-01-01", "12:30", "- a dash", "# a hash", "a: colon", "a #hash",
    'say "hi"', "it's", "---", "...", "{a}", "[b]", "&c", "*d", "!e", "%f", "@g", "`h", "| i", "> j", "? k", ", l",
    "back\\slash", "\\n", "tab\tinside", "line\nbreak", "line  \nwith spaces\n\n\nand blank lines", "nbsp\xa0inside",
    "next\x85line", "line\u2028separator", "byte\ufefforder", "soft\xadhyphen", "naïve", "日本語", "😀 🦋", "👩\u200d🔬", "e\u0301",
    "trailing:", "double  space", "<<", "=", "very long, " * 40 + "end", "word " * 90 + "end", "x" * 490,
)  # fmt: skip
NOT_IN_ANSWERS = re.compile(r"\]\(|<[a-zA-Z/!]|\{\{")
LETTERS = st.characters(exclude_categories=("Cs",))
TEXTS = (
    (st.sampled_from(AWKWARD) | st.text(LETTERS, max_size=20))
    .map(lambda text: CONTROL.sub("", text).strip())
    .filter(bool)
)
SAFE = TEXTS.filter(lambda text: not NOT_IN_ANSWERS.search(text))
SHORTS = SAFE.map(lambda text: " ".join(text.split()))
DETAILS = st.just("") | st.lists(SAFE, max_size=4).map("\n\n".join) | SAFE.map("- {0}\n- {0}\n---\n{0}".format)
SLUGS = st.from_regex(r"[a-z0-9]{1,4}(-[a-z0-9]{1,3}){0,2}", fullmatch=True)
DATES = st.dates()
STEPS = st.builds(NextStep, st.sampled_from(StepKind), SAFE.filter(lambda text: len(text) <= 300), st.none() | SAFE)
CLOCKS = st.times().map(lambda each: each.replace(second=0, microsecond=0))
HOURS = st.tuples(CLOCKS, CLOCKS).filter(lambda pair: pair[0] != pair[1]).map(lambda pair: Hours(min(pair), max(pair)))
FOLDED = TEXTS.map(str.casefold).filter(lambda text: text == text.casefold().strip() and not CONTROL.search(text))


def key_of(text: str) -> str:
    return " ".join(text.casefold().split())


def limited(most: int) -> st.SearchStrategy[str]:
    return TEXTS.filter(lambda text: len(text) <= most)


TRANSLATIONS = st.builds(
    Translation,
    question=SAFE.filter(lambda text: len(text) <= 200),
    short=SHORTS,
    detail=DETAILS.map(str.strip),
    next_step=SAFE.filter(lambda text: len(text) <= 300),
    made_of=TEXTS,
)


@st.composite
def documents(draw: st.DrawFn) -> tuple[SourceDocument, ...]:
    ids = sorted(draw(st.lists(TEXTS, max_size=2, unique=True)))
    sections = st.lists(st.builds(Section, TEXTS, st.integers(-9, 10**9), TEXTS), min_size=1, max_size=2).map(tuple)
    text = st.just("") | TEXTS
    return tuple(
        SourceDocument(id=each, title=draw(TEXTS), kind=draw(text), note=draw(text), sections=draw(sections))
        for each in ids
    )


@st.composite
def citations(draw: st.DrawFn, known: tuple[SourceDocument, ...]) -> Citation:
    if known and draw(st.booleans()):
        document = draw(st.sampled_from(known))
        return Citation(document.title, draw(st.sampled_from(document.sections)).heading, document.id)
    return Citation(draw(TEXTS), checked=draw(DATES))


@st.composite
def entries(draw: st.DrawFn, known: tuple[SourceDocument, ...] = ()) -> Entry:
    """One entry by itself: it names no other."""
    question, *rest = draw(st.lists(limited(200), min_size=2, max_size=4, unique_by=key_of))
    patients = draw(st.integers(0, len(rest) - 1))
    variants = st.dictionaries(st.sampled_from(Region), st.builds(Answer, SHORTS, DETAILS.map(str.strip)), max_size=2)
    return Entry(
        id=draw(SLUGS),
        topic=draw(SLUGS),
        question=question,
        phrasings=tuple(
            Phrasing(text, "patient" if place >= len(rest) - patients else "written") for place, text in enumerate(rest)
        ),
        answer=Answer(draw(SHORTS), draw(DETAILS).strip(), draw(variants)),
        next_step=draw(STEPS),
        citations=tuple(draw(st.lists(citations(known), min_size=1, max_size=2))),
        related=(),
        golden=tuple(draw(st.lists(TEXTS, max_size=2))),
        review_by=draw(DATES),
        owner=draw(TEXTS),
        next_step_variants=draw(st.dictionaries(st.sampled_from(Region), STEPS, max_size=2)),
        translations=draw(st.dictionaries(st.just("es"), TRANSLATIONS, max_size=1)),
    )


REPLIES_IN = st.builds(TranslatedReply, st.fixed_dictionaries(dict.fromkeys(Region, SAFE)), TEXTS)


@st.composite
def rules(draw: st.DrawFn) -> tuple[SafetyRule, ...]:
    groups = draw(st.dictionaries(TEXTS, TEXTS | st.just("many words| " * 40 + "end"), max_size=3))
    found = []
    for level in sorted(Level, reverse=True):
        for name in ("one", "two")[: draw(st.integers(1, 2))]:
            few = st.lists(st.sampled_from(AWKWARD[:12]), max_size=3).map(tuple)
            found.append(
                SafetyRule(
                    id=f"{level.word}.{name}",
                    level=level,
                    name=draw(TEXTS),
                    patterns=draw(few),
                    exceptions=draw(few),
                    examples=(*AWKWARD[:12], *draw(few)),
                    hard_negatives=(*AWKWARD[6:12], draw(TEXTS)),
                    replies={region: draw(SAFE) for region in Region},
                    translations=draw(st.dictionaries(st.just("es"), REPLIES_IN, max_size=1)),
                    contacts=tuple(draw(st.lists(st.sampled_from((*LINE_KINDS, "clinic")), min_size=1, max_size=3))),
                    groups=groups,
                )
            )
    return tuple(found)


@st.composite
def word_lists(draw: st.DrawFn) -> WordLists:
    folds = st.dictionaries(FOLDED, FOLDED, min_size=1, max_size=3)
    brands = draw(folds)
    return WordLists(
        synonyms=draw(folds),
        brands=brands,
        chat=draw(st.dictionaries(FOLDED, FOLDED, max_size=3)),
        protected=frozenset({*brands, *brands.values(), *draw(st.lists(FOLDED, max_size=2))}),
    )


@st.composite
def clinics(draw: st.DrawFn) -> ClinicProfile:
    holidays = draw(st.dictionaries(DATES, TEXTS, max_size=3))
    approved = draw(st.booleans())
    numbers = TEXTS.map(lambda text: f"{text}1")
    return ClinicProfile(
        name=draw(limited(80)),
        region=draw(st.sampled_from(Region)),
        time_zone=draw(st.sampled_from(["Europe/London", "America/New_York", "UTC"])),
        phone=draw(limited(30)),
        email=draw(limited(120)),
        address=draw(limited(200)),
        hours=draw(st.dictionaries(st.sampled_from(WEEKDAYS), HOURS, min_size=1, max_size=3)),
        holidays=holidays,
        lines={
            region: {
                kind: HelpLine(
                    kind, draw(numbers), draw(TEXTS), draw(st.sampled_from(["call", "text"])), draw(st.just("") | TEXTS)
                )
                for kind in LINE_KINDS
            }
            for region in Region
        },
        facts=draw(st.dictionaries(TEXTS, TEXTS, max_size=3)),
        brand_colour=draw(st.from_regex(r"#[0-9a-fA-F]{6}", fullmatch=True)),
        accepted_error=draw(st.floats(0.005, 0.3)),
        approved_by=draw(TEXTS) if approved else None,
        approved_on=draw(DATES) if approved else None,
        embedding_sites=tuple(draw(st.lists(st.just("https://clinic.example:8080"), max_size=1))),
        holiday_hours={day: draw(HOURS) for day in holidays if draw(st.booleans())},
    )


@st.composite
def folders(draw: st.DrawFn) -> tuple[Release, tuple[SourceDocument, ...], str]:
    """A release that files can hold, its documents and a hazard log."""
    known = draw(documents())
    found = draw(st.lists(entries(known), min_size=1, max_size=3, unique_by=lambda entry: entry.id))
    topics = sorted({entry.topic for entry in found})
    taken: set[str] = set()
    kept = []
    for entry in found:
        keys = {key_of(text) for text in entry.wordings}
        if not keys & taken:
            kept.append(entry)
            taken |= keys
    ids = [entry.id for entry in kept]
    others = {each: [other for other in ids if other != each] for each in ids}
    asked = draw(st.lists(limited(500), max_size=2, unique_by=str.casefold))
    release = Release(
        number=1,
        published_at=NOW,
        topics=tuple(
            Topic(each, draw(TEXTS), draw(st.just("") | TEXTS), tuple(draw(st.lists(TEXTS, max_size=2))))
            for each in topics
        ),
        entries=tuple(replace(entry, related=tuple(others[entry.id])) for entry in kept),
        rules=draw(rules()),
        vocabulary=draw(word_lists()),
        background=tuple(draw(st.lists(TEXTS, max_size=3))),
        clinic=draw(clinics()),
        corrections=tuple(
            Correction(question=text, wrong=ids[0], right=(others[ids[0]] or [None])[0]) for text in asked
        ),
        harmless=tuple(draw(st.lists(TEXTS, max_size=3))),
    )
    return as_filed(release), known, draw(st.just("") | TEXTS)


def reloaded(place: Any) -> Loaded:
    loaded = load_knowledge(place, number=1, published_at=NOW)
    assert loaded.problems == ()
    return loaded


def assert_same(loaded: Loaded, release: Release, known: tuple[SourceDocument, ...], hazards: str) -> None:
    assert loaded.release == release
    assert loaded.release.content_hash == content_hash_of(release)
    assert loaded.documents == known
    assert loaded.hazards == hazards


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(folders())
def test_any_release_is_loaded_again_as_it_was_written(given_: tuple[Release, tuple[SourceDocument, ...], str]) -> None:
    files = knowledge_files(*given_)
    loaded = reloaded(TextFolder(files))

    assert_same(loaded, *given_)
    assert knowledge_files(loaded.release, loaded.documents, loaded.hazards) == files


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(folders())
def test_a_folder_on_disk_is_read_like_its_texts(
    tmp_path_factory: pytest.TempPathFactory, given_: tuple[Release, tuple[SourceDocument, ...], str]
) -> None:
    folder = tmp_path_factory.mktemp("written") / "knowledge"
    write_knowledge(folder, knowledge_files(*given_))

    assert_same(reloaded(folder), *given_)


def test_the_shipped_knowledge_is_written_and_loaded_without_loss(knowledge: Path, tmp_path: Path) -> None:
    first = reloaded(knowledge)
    files = knowledge_files(first.release, first.documents, first.hazards)
    write_knowledge(tmp_path / "new" / "knowledge", files)
    again = reloaded(tmp_path / "new" / "knowledge")

    assert again == first
    assert again.release.content_hash == first.release.content_hash
    assert knowledge_files(again.release, again.documents, again.hazards) == files


@settings(max_examples=150, deadline=None)
@given(entries())
def test_any_entry_is_read_again_from_its_text(entry: Entry) -> None:
    assert read_entry_text(checked_text(entry), ()) == entry


@settings(max_examples=150, deadline=None)
@given(st.from_type(Entry))
def test_an_entry_of_any_texts_at_all_is_held_exactly_or_refused_by_its_id(entry: Entry) -> None:
    for each in (entry, entry_as_filed(entry)):
        try:
            checked_text(each)
        except InputError as error:
            assert f"entries[{each.id}]" in error.field


@settings(max_examples=100, deadline=None)
@given(st.from_type(Entry))
def test_tidying_twice_is_tidying_once(entry: Entry) -> None:
    assert entry_as_filed(entry_as_filed(entry)) == entry_as_filed(entry)


# One value of every field, none of them what it would be if nobody had said anything.
LINES = {kind: HelpLine(kind, "1", "Call", "text", "HI") for kind in LINE_KINDS}
ENTRY = Entry(
    id="b",
    topic="t",
    question="What?",
    phrasings=(Phrasing("what is it"), Phrasing("wot", "patient")),
    answer=Answer("Short.", "Detail.", {Region.US: Answer("Shorter.", "")}),
    next_step=NextStep(StepKind.SAME_DAY, "Call.", "1"),
    citations=(Citation("Doc", "One", "doc"), Citation("NHS", checked=date(2026, 1, 1))),
    related=("a",),
    golden=("how so",),
    review_by=date(2027, 1, 1),
    owner="nurses",
    next_step_variants={Region.UK: NextStep(StepKind.EMERGENCY, "Call now.")},
    translations={
        "es": Translation(
            question="¿Sí?",
            short="Sí.",
            detail="- **más**\n- menos",
            next_step="Espere.",
            made_of="1a2b",
            phrasings=("y eso qué es", "no"),
            golden=("¿cómo?",),
            approved_by="Dr Cleo",
            approved_on=date(2026, 11, 1),
        )
    },
)
FULL = as_filed(
    Release(
        number=3,
        published_at=NOW,
        topics=(Topic("t", "Title", "Said.", ("b",)),),
        entries=(replace(ENTRY, id="a", question="A?", phrasings=(Phrasing("a"),), related=("b",)), ENTRY),
        rules=tuple(
            SafetyRule(
                id=f"{level.word}.{name}",
                level=level,
                name="Name",
                patterns=("a b",),
                exceptions=("shared", name),
                examples=AWKWARD[:12],
                hard_negatives=AWKWARD[:6],
                replies=dict.fromkeys(Region, "Call.\n\nNow."),
                translations={"es": TranslatedReply(dict.fromkeys(Region, "Llame.\n\nYa."), "other words")},
                contacts=("clinic",),
                groups={"i": "i|me"},
            )
            for level in Level
            for name in ("one", "two")
        ),
        vocabulary=WordLists(
            synonyms={"zits": "acne"},
            brands={"tane": "iso"},
            chat={"u": "you"},
            protected=frozenset({"tane", "iso", "x"}),
        ),
        background=("who won",),
        clinic=ClinicProfile(
            name="Clinic",
            region=Region.US,
            time_zone="UTC",
            phone="1",
            email="a@b",
            address="Here",
            hours={"monday": Hours(time(9), time(17))},
            holidays={date(2026, 12, 24): "Eve", date(2026, 12, 25): "Day"},
            lines=dict.fromkeys(Region, LINES),
            facts={"fees": "none"},
            brand_colour="#000000",
            accepted_error=0.1,
            approved_by="Dr A",
            approved_on=date(2026, 1, 1),
            embedding_sites=("https://a.example",),
            holiday_hours={date(2026, 12, 24): Hours(time(9), time(13))},
        ),
        corrections=(Correction(question="q", wrong="a", right="b"),),
        harmless=("dying for a coffee",),
    )
)
DOCUMENTS = (SourceDocument(id="doc", title="Doc", kind="web", note="n", sections=(Section("One", 2, "ff"),)),)


def instances(value: object) -> Iterator[Any]:
    if isinstance(value, Mapping):
        value = tuple(value.values())
    if isinstance(value, tuple):
        for item in value:
            yield from instances(item)
    elif is_dataclass(value):
        yield value
        for item in fields(value):
            yield from instances(getattr(value, item.name))


def test_every_field_of_every_noun_has_a_place_in_the_files() -> None:
    """A field added later, and not to FULL above, fails here; one added to FULL and not to the files fails below."""
    said: dict[tuple[str, str], bool] = {}
    for each in (*instances(FULL), *instances(DOCUMENTS)):
        for item in fields(each):
            default = item.default_factory() if item.default_factory is not MISSING else item.default
            value = getattr(each, item.name)
            name = (type(each).__name__, item.name)
            said[name] = said.get(name, False) or value not in (default, "", None, (), {})

    assert [name for name, held in said.items() if not held] == []
    assert {name for name, _ in said} >= {
        "Release", "Entry", "Phrasing", "Answer", "NextStep", "Citation", "Topic", "SafetyRule", "WordLists",
        "Correction", "ClinicProfile", "HelpLine", "Hours", "SourceDocument", "Section",
    }  # fmt: skip


def test_a_release_with_every_field_is_loaded_again_as_it_was_written() -> None:
    files = knowledge_files(FULL, DOCUMENTS, "hazards: []\n")
    loaded = reloaded(TextFolder(files))

    assert_same(replace(loaded, release=replace(loaded.release, number=3)), FULL, DOCUMENTS, "hazards: []\n")


def test_exceptions_that_all_rules_of_a_level_begin_with_stand_once() -> None:
    text = knowledge_files(FULL, DOCUMENTS, "")["safety/crisis.yaml"]

    assert text.count("shared") == 1
    assert text.index("shared") < text.index("rules:")


def test_an_entry_is_written_in_the_order_people_know(knowledge: Path) -> None:
    entry = reloaded(knowledge).release.entry("dry-lips")
    assert entry is not None
    text = checked_text(entry)
    names = re.findall(r"^([a-z_]+):", text, re.MULTILINE)

    assert names == [
        "id",
        "topic",
        "question",
        "phrasings",
        "golden",
        "next_step",
        "sources",
        "related",
        "owner",
        "review_by",
    ]
    assert text.endswith(f"---\n{entry.answer.short}\n\n{entry.answer.detail}\n")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        (replace(ENTRY, question=" What?"), "question"),
        (replace(ENTRY, question="What\x07?"), "question"),
        (replace(ENTRY, question="x" * 201), "question"),
        (replace(ENTRY, owner="\ud800"), "owner"),
        (replace(ENTRY, owner=""), "owner"),
        (replace(ENTRY, id="Not A Slug"), "id"),
        (replace(ENTRY, topic=""), "topic"),
        (replace(ENTRY, golden=("ok", "")), "golden"),
        (replace(ENTRY, phrasings=(Phrasing("a", "patient"), Phrasing("b"))), "phrasings"),
        (replace(ENTRY, phrasings=(Phrasing("woman \u200d doctor"),)), "phrasings"),
        (replace(ENTRY, answer=Answer("One.\n\nTwo.", "Three.")), "answer.short"),
        (replace(ENTRY, answer=Answer("One  space.", "")), "answer.short"),
        (replace(ENTRY, answer=Answer("", "Detail.")), "answer.short"),
        (replace(ENTRY, answer=Answer("", "")), "(answer)"),
        (replace(ENTRY, answer=Answer("One.", "Two.\r\nThree.")), "answer.detail"),
        (replace(ENTRY, answer=Answer("One.", "Two. ")), "answer.detail"),
        (replace(ENTRY, answer=Answer("\ufeffOne.", "Two\ud800")), "answer.detail"),
        (replace(ENTRY, answer=Answer("One.", "", {Region.US: Answer("A.", "", {Region.UK: Answer("B", "")})})), "variants"),
        (replace(ENTRY, next_step=NextStep(StepKind.SAME_DAY, "")), "next_step.text"),
        (replace(ENTRY, next_step=NextStep(StepKind.SAME_DAY, "a", "")), "next_step.phone"),
        (replace(ENTRY, citations=()), "sources"),
        (replace(ENTRY, citations=(Citation("NHS"),)), "checked"),
        (replace(ENTRY, citations=(Citation("Doc", "One", "doc", date(2026, 1, 1)),)), "citations[1].checked"),
    ],
)  # fmt: skip
def test_what_a_file_cannot_hold_is_refused_by_entry_and_field(changed: Entry, field: str) -> None:
    with pytest.raises(InputError) as caught:
        checked_text(changed)

    assert f"entries[{changed.id}]" in caught.value.field
    assert field in caught.value.field


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda r: replace(r, entries=r.entries[::-1]), "entries[a]"),
        (lambda r: replace(r, entries=(r.entries[0], r.entries[0])), "entries[a]"),
        (lambda r: replace(r, rules=r.rules[::-1]), "rules"),
        (lambda r: replace(r, rules=()), "safety/"),
        (lambda r: replace(r, rules=(replace(r.rules[0], groups={}), *r.rules[1:])), "groups"),
        (lambda r: replace(r, background=("a", " b")), "background[2]"),
        (lambda r: replace(r, vocabulary=replace(r.vocabulary, protected=frozenset())), "vocabulary.protected"),
        (lambda r: replace(r, vocabulary=replace(r.vocabulary, chat={"U": "you"})), "vocabulary.chat"),
        (lambda r: replace(r, clinic=replace(r.clinic, holidays={})), "clinic.holiday_hours"),
        (lambda r: replace(r, clinic=replace(r.clinic, approved_by="")), "approved_by"),
        (lambda r: replace(r, clinic=replace(r.clinic, hours={"monday": Hours(time(9, 0, 5), time(10))})), "monday.opens"),
        (lambda r: replace(r, corrections=(Correction(question="q", wrong="nobody"),)), "wrong"),
        (lambda r: replace(r, entries=tuple(replace(e, related=("c",)) for e in r.entries)), "entries/t/a.md: related"),
    ],
)  # fmt: skip
def test_what_a_folder_cannot_hold_is_refused_by_its_field(change: Callable[[Release], Release], field: str) -> None:
    with pytest.raises(InputError) as caught:
        knowledge_files(change(FULL), DOCUMENTS, "")

    assert field in caught.value.field


def test_texts_of_the_same_name_and_hazards_that_cannot_be_held_are_refused() -> None:
    with pytest.raises(InputError, match="documents"):
        knowledge_files(FULL, DOCUMENTS * 2, "")
    with pytest.raises(InputError, match="hazards"):
        knowledge_files(FULL, DOCUMENTS, "a\r\nb")


def test_order_and_white_space_are_mended_when_asked_for() -> None:
    untidy = replace(FULL, entries=FULL.entries[::-1], rules=FULL.rules[::-1], background=(" who won\r\n",))

    with pytest.raises(InputError):
        knowledge_files(untidy, DOCUMENTS, "")
    tidy = as_filed(untidy)

    assert tidy.entries == FULL.entries
    assert tidy.background == ("who won",)
    assert tidy.content_hash == content_hash_of(tidy)
    assert knowledge_files(tidy, DOCUMENTS, "")


def test_a_text_without_its_topic_is_refused() -> None:
    with pytest.raises(InputError, match="topic"):
        read_entry_text(checked_text(ENTRY).replace("topic: t\n", ""), DOCUMENTS)


FILES = knowledge_files(FULL, DOCUMENTS, "")


def test_a_knowledge_folder_is_replaced_and_its_vectors_are_kept(knowledge: Path) -> None:
    (knowledge / "vectors-abc.npy").write_bytes(b"kept")
    write_knowledge(knowledge, FILES)

    names = {path.relative_to(knowledge).as_posix() for path in knowledge.rglob("*") if path.is_file()}
    assert {name for name in names if not name.endswith(".npy")} == set(FILES)
    assert (knowledge / "vectors-abc.npy").read_bytes() == b"kept"
    assert [path.name for path in knowledge.parent.iterdir()] == ["knowledge"]
    assert reloaded(knowledge).release.content_hash == FULL.content_hash


def test_an_empty_folder_and_no_folder_are_filled(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("empty", "none/at/all"):
        write_knowledge(tmp_path / name, FILES)
        assert reloaded(tmp_path / name).release.content_hash == FULL.content_hash


def test_what_is_in_the_way_is_named_and_left_alone(tmp_path: Path, knowledge: Path) -> None:
    (tmp_path / "file").write_text("a", encoding="utf-8")
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "to-mum.txt").write_text("a", encoding="utf-8")
    (knowledge / "entries" / "living" / "draft.docx").write_text("a", encoding="utf-8")

    for folder, said in (
        (tmp_path / "file", "is a file"),
        (tmp_path / "letters", "to-mum.txt"),
        (knowledge, "entries/living/draft.docx"),
    ):
        with pytest.raises(InputError, match=said):
            write_knowledge(folder, FILES)
    assert (knowledge / "entries" / "living" / "draft.docx").exists()
    assert reloaded(knowledge).release.content_hash != FULL.content_hash


@pytest.mark.parametrize(
    "name", ["../clinic.yaml", "/etc/x.yaml", "entries/../x.md", "entries/t/.x.md", "notes.txt", "safety/a\\b.yaml", ""]
)
def test_a_name_that_is_no_file_of_a_knowledge_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="files"):
        write_knowledge(tmp_path / "out", {**FILES, name: "x"})
    with pytest.raises(InputError, match=r"no clinic\.yaml"):
        write_knowledge(tmp_path / "out", {})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("failing", [1, 2, 5])
def test_a_write_that_fails_leaves_the_old_folder_whole(
    knowledge: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    before = reloaded(knowledge)
    calls = 0
    write_text = Path.write_text

    def broken(path: Path, *given_: Any, **named: Any) -> int:
        nonlocal calls
        calls += 1
        if calls == failing:
            raise OSError("disk full")
        return write_text(path, *given_, **named)

    monkeypatch.setattr(Path, "write_text", broken)
    with pytest.raises(OSError, match="disk full"):
        write_knowledge(knowledge, FILES)
    monkeypatch.undo()

    assert reloaded(knowledge) == before
    assert [path.name for path in knowledge.parent.iterdir()] == ["knowledge"]


@pytest.mark.parametrize("failing", [1, 2])
def test_a_rename_that_fails_leaves_the_old_folder_whole(
    knowledge: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    before = reloaded(knowledge)
    calls = 0
    rename = Path.rename

    def broken(path: Path, target: Path) -> Path:
        nonlocal calls
        calls += 1
        if calls == failing:
            raise OSError("no such luck")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", broken)
    with pytest.raises(OSError, match="no such luck"):
        write_knowledge(knowledge, FILES)
    monkeypatch.undo()

    assert reloaded(knowledge) == before
    assert [path.name for path in knowledge.parent.iterdir()] == ["knowledge"]
