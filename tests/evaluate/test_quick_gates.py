"""Gates that remember, share and work on several processors find what gates do that do none of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.dialogue.bot import Bot
from bot.evaluate.asking import Asker
from bot.evaluate.behaviour import compare
from bot.evaluate.gates import judge, sure_of
from bot.evaluate.remembering import Memory
from bot.evaluate.safety_suite import gravest
from bot.faq.entry import Phrasing
from bot.faq.files import Loaded
from bot.faq.release import Release, content_hash_of
from bot.language.encoder import load_encoder
from bot.language.vectors import ExactVectors, name_of

REAL = (
    "how do i complain",
    "my lips are so dry",
    "i want to kill myself",
    "can i drink and how do i book",
    "is lanolinwax good",
)


def edited(release: Release, **changes: object) -> Release:
    """The release with its first entry changed."""
    first = replace(release.entries[0], **changes)  # type: ignore[arg-type]
    changed = replace(release, entries=(first, *release.entries[1:]))
    return replace(changed, content_hash=content_hash_of(changed))


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_quick_gates_find_what_the_whole_ones_do(small: Loaded, small_bot: Bot, tmp_path: Path) -> None:
    entry = small.release.entries[0]
    release = edited(
        small.release,
        phrasings=(*entry.phrasings, Phrasing("is lanolinwax any good")),
        golden=(*entry.golden, *(each for other in small.release.entries[1:] for each in other.golden)),
    )
    alone, beside = Bot(release), Bot(release, beside=small_bot)
    with Asker((small_bot, alone)) as asker:
        whole, told = judge(alone, asker, 1), compare(REAL, asker)

    assert not whole.passed  # golden questions of others among them: there is something to be found
    assert told.different
    for _ in range(2):  # the second time all is remembered
        memories = {sure_of: Memory(tmp_path / "sure.json"), gravest: Memory(tmp_path / "gravest.json")}
        vectors = ExactVectors(tmp_path / "asked.npy")
        with Asker((small_bot, beside), 2, {1: memories}, vectors) as asker:
            assert judge(beside, asker, 1) == whole
            assert compare(REAL, asker) == told
    memories = {sure_of: Memory(None), gravest: Memory(None)}
    with Asker((small_bot, beside), 1, {1: memories}, ExactVectors(tmp_path / "asked.npy")) as asker:
        assert judge(beside, asker, 1) == whole


def test_what_the_gates_ask_is_encoded_once_and_patients_questions_are_not_kept(small_bot: Bot, tmp_path: Path) -> None:
    asked, real = "are my knees meant to creak like stairs", "why does my left elbow feel so very dry"
    vectors = ExactVectors(tmp_path / "asked.npy")
    with Asker((small_bot, small_bot), vectors=vectors) as asker:
        list(asker.each_once(sure_of, [asked], tick=str))
        compare([real], asker)

    kept = ExactVectors(tmp_path / "asked.npy").known
    assert kept[name_of(asked)].tobytes() == load_encoder().encode(asked).tobytes()
    assert name_of(real) not in kept


def test_a_bot_beside_another_shares_what_both_learn_alike_and_nothing_else(small: Loaded, small_bot: Bot) -> None:
    answer = replace(small.release.entries[0].answer, short="Something else.")
    phrasings = (*small.release.entries[0].phrasings, Phrasing("is it any good"))

    told, asked = (
        Bot(edited(small.release, **change), beside=small_bot)
        for change in ({"answer": answer}, {"phrasings": phrasings})
    )
    other = Bot(replace(small.release, rules=small.release.rules[1:]), beside=small_bot)

    assert told.matcher is small_bot.matcher
    assert told.safety is small_bot.safety
    assert asked.matcher is not small_bot.matcher
    assert other.safety is not small_bot.safety
    assert other.matcher is not small_bot.matcher


def test_damaged_vectors_are_made_anew(tmp_path: Path) -> None:
    (tmp_path / "asked.npy").write_bytes(b"garbage")

    assert ExactVectors(tmp_path / "asked.npy").known == {}
