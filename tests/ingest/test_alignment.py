"""Alignment: of every section of two versions it is said what became of it."""

from __future__ import annotations

from dataclasses import replace

from documents import FOLDER, markdown, read_content
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.faq.sources import Section as CitedSection
from bot.faq.sources import SourceDocument
from bot.ingest.alignment import Fate, align, remembered
from bot.ingest.readers import read_bytes
from bot.ingest.sandbox import silent
from bot.ingest.sections import Section, sections_of

OLD = sections_of(read_bytes("a.md", markdown(read_content(FOLDER / "warts.md")), silent).blocks)


def renamed(section: Section, heading: str) -> Section:
    return replace(section, heading=heading, path=(*section.path[:-1], heading))


def reworded(section: Section, old: str, new: str) -> Section:
    blocks = tuple(replace(block, text=block.text.replace(old, new)) for block in section.blocks)
    return replace(section, blocks=blocks)


def fates(new: list[Section]) -> dict[str, Fate]:
    return {each.heading: each.fate for each in align(OLD, new)}


def test_the_same_document_is_unchanged() -> None:
    assert set(fates(list(OLD)).values()) == {Fate.SAME}


def test_changed_new_and_removed_sections_are_told_apart() -> None:
    new = [each for each in OLD if each.heading != "How many times"]
    new[2] = reworded(new[2], "very cold", "extremely cold")
    new.append(replace(renamed(OLD[1], "Swimming"), blocks=(replace(OLD[1].blocks[0], text="Yes, with a plaster."),)))

    found = fates(new)

    assert found["How freezing works"] is Fate.CHANGED
    assert found["How many times"] is Fate.REMOVED
    assert found["Swimming"] is Fate.NEW
    assert found["What is a wart?"] is Fate.SAME


def test_words_that_changed_are_shown_word_by_word() -> None:
    new = list(OLD)
    new[2] = reworded(new[2], "very cold", "extremely cold")

    (changed,) = [each for each in align(OLD, new) if each.fate is Fate.CHANGED]

    assert [(each.kind, each.text) for each in changed.words if each.kind != "same"] == [
        ("removed", "very"),
        ("added", "extremely"),
    ]


def test_one_section_that_moved_is_the_only_one_that_moved() -> None:
    new = [OLD[0], *OLD[2:4], OLD[1], *OLD[4:]]

    assert [heading for heading, fate in fates(new).items() if fate is Fate.MOVED] == ["What is a wart?"]


def test_another_heading_over_the_same_words_is_the_same_section() -> None:
    new = [*OLD[:1], renamed(OLD[1], "Warts, and where they come from"), *OLD[2:]]

    (changed,) = [each for each in align(OLD, new) if each.fate is not Fate.SAME]

    assert (changed.fate, changed.was_called, changed.matters) == (Fate.CHANGED, "What is a wart?", True)


def test_a_document_of_which_only_hashes_are_known_is_aligned_too() -> None:
    cited = tuple(CitedSection(each.heading, each.level, each.sha256) for each in OLD)
    known = remembered(SourceDocument(id="warts", title="Warts", kind="", note="", sections=cited))
    new = [*OLD[:2], reworded(OLD[2], "cold", "icy"), *OLD[3:]]

    (changed,) = [each for each in align(known, new) if each.fate is not Fate.SAME]

    assert changed.heading == "How freezing works"
    assert not changed.has_words


@settings(deadline=None)
@given(st.permutations(range(len(OLD))), st.sets(st.integers(0, len(OLD) - 1)))
def test_every_section_of_both_versions_has_one_fate(order: list[int], gone: set[int]) -> None:
    new = [OLD[at] for at in order if at not in gone]

    found = align(OLD, new)

    assert [each.new for each in found if each.new] == new
    assert sorted(each.old.heading for each in found if each.old) == sorted(each.heading for each in OLD)
