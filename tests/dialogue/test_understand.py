"""Messages of several questions, and questions that lean, in a FAQ of a few entries matched by words alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.dialogue.asked import AskedWords
from bot.dialogue.bot import Bot
from bot.dialogue.context import Context
from bot.dialogue.followup import FollowUps, Lean
from bot.faq.entry import Entry, Translation
from bot.faq.plain import release_of_plain
from bot.faq.release import Level
from bot.language.words import Word
from bot.reply.types import Outcome, Reply
from bot.safety.findings import Finding, Triage

FAQ = [
    {
        "id": name,
        "question": question,
        "answer": answer,
        "phrasings": [f"{opening} {' '.join(words)}" for opening in ("tell me about", "help with", "question about")]
        + list(more),
    }
    for name, question, answer, words, *more in (
        ("lips", "What helps dry lips?", "A lip balm with wax.", ("dry", "lips"), "my lips are cracked and sore"),
        ("hours", "When are you open?", "From nine to five.", ("opening", "hours"), "are you open on saturday"),
        ("tattoo", "Can I get a tattoo?", "Wait for half a year.", ("tattoo",), "may i have a tattoo done"),
        ("alcohol", "Can I drink alcohol?", "A little wine.", ("drinking", "alcohol"), "is beer at a wedding ok"),
        ("parking", "Where can I park?", "Behind the house.", ("parking", "car"), "is there a car park"),
    )
]


@pytest.fixture(scope="module")
def few() -> Bot:
    return Bot.from_faq(FAQ, meaning=False)


@pytest.fixture(scope="module")
def in_two_languages() -> Bot:
    release = release_of_plain(FAQ, published_at=datetime(2026, 11, 24, tzinfo=UTC))
    first, *rest = (
        replace(entry, translations={"es": spanish(entry)}) if entry.id == "alcohol" else entry
        for entry in release.entries
    )
    return Bot(replace(release, entries=(first, *rest)), meaning=False)


def spanish(entry: Entry) -> Translation:
    return Translation(
        question="¿Puedo beber cerveza?",
        short="Poca.",
        detail="",
        next_step="",
        made_of=entry.mark,
        phrasings=("una cerveza en la boda", "tomar vino durante el tratamiento"),
    )


def entries(reply: Reply) -> list[str]:
    return [part.entry.id for part in reply.parts if part.entry]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("what helps dry lips?", ["lips"]),
        ("what helps dry lips? when are you open?", ["lips", "hours"]),
        ("when are you open? what helps dry lips?", ["hours", "lips"]),
        ("what helps dry lips? what helps dry lips?", ["lips"]),  # the same thing twice is said once
        (
            "when are you open? can i get a tattoo? where can i park? can i drink alcohol?",
            ["hours", "tattoo"],  # and the third part names the others
        ),
    ],
)
def test_each_question_has_its_reply_and_at_most_three_have(few: Bot, text: str, ids: list[str]) -> None:
    assert entries(few.ask(text)) == ids


def test_each_part_says_which_words_it_is_about(few: Bot) -> None:
    parts = few.ask("What helps dry lips? When are you open?").parts

    assert [part.asked.strip(" ?") for part in parts] == ["What helps dry lips", "When are you open"]


def test_greetings_around_a_question_are_no_parts(few: Bot) -> None:
    assert entries(few.ask("hello there. when are you open? thanks")) == ["hours"]


@pytest.mark.parametrize("whole_says", [False, True])
def test_a_part_is_a_decision_only_where_the_whole_message_says_so(few: Bot, whole_says: bool) -> None:
    found = Triage(
        (Finding(rule_id="decision.combine", level=Level.DECISION, matched="lips", layer="meaning", score=0.5),)
    )

    class Says:
        """Takes the part about lips for a decision when that is read alone."""

        def triage(self, words: Sequence[Word], _text: str) -> Triage:
            return found if whole_says or "park" not in [word.text for word in words] else Triage(())

    text = "What helps dry lips? Where can I park my car?"
    understanding = replace(few._understanding, safety=Says())
    outcomes = [each.decision.outcome for each in understanding.consider(text, Context())]

    assert (Outcome.DECISION in outcomes) is whole_says


def test_what_is_about_nothing_here_is_not_answered(few: Bot) -> None:
    assert few.ask("is the quantum flux capacitor broken").outcome in (Outcome.NO_MATCH, Outcome.CLARIFY)


def test_a_question_alone_rests_on_no_answer(few: Bot) -> None:
    other = Bot.from_faq(FAQ, meaning=False)

    assert few.decides_as(other, "when are you open?")
    assert not few.decides_as(other, "what helps dry lips? when are you open?")


def test_why_asks_about_the_answer_before(few: Bot) -> None:
    reply = few.ask("why is that?", Context(entry_id="alcohol", topic="faq"))

    assert (reply.outcome, entries(reply)) == (Outcome.ANSWER, ["alcohol"])
    assert few.ask("why is that?").outcome is not Outcome.ANSWER
    assert few.ask("why is that?", Context(entry_id="gone", topic="faq")).outcome is not Outcome.ANSWER


def test_what_the_answer_before_speaks_of_is_answered_with_it(few: Bot) -> None:
    assert entries(few.ask("and wine?", Context(entry_id="alcohol", topic="faq"))) == ["alcohol"]
    assert few.ask("and surfing?", Context(entry_id="alcohol", topic="faq")).outcome is not Outcome.ANSWER


def test_a_whole_question_leaves_the_answer_before(few: Bot) -> None:
    assert entries(few.ask("when are you open?", Context(entry_id="alcohol", topic="faq"))) == ["hours"]


@pytest.mark.parametrize(
    ("text", "lean"),
    [
        ("why?", Lean.BARE),
        ("and for how long is that", Lean.BARE),
        ("and wine?", Lean.SHORT),
        ("what about a small tattoo then", Lean.SHORT),
        ("can i get a small tattoo on my arm", Lean.WHOLE),
        ("may i have a tattoo", Lean.WHOLE),  # short, but it neither opens like a follow-up nor points
        ("ok thanks", Lean.WHOLE),
    ],
)
def test_how_much_a_question_leans_on_what_came_before(few: Bot, text: str, lean: Lean) -> None:
    assert (
        FollowUps.of(few.release.entries, AskedWords.of(few.release.entries)).lean_of(few.vocabulary.read(text)) is lean
    )


def test_what_an_entry_is_asked_of_and_what_it_speaks_of(few: Bot) -> None:
    follow_ups = FollowUps.of(few.release.entries, AskedWords.of(few.release.entries))
    wax, beer = few.vocabulary.read("wax"), few.vocabulary.read("beer")

    assert follow_ups.speaks_of("lips", wax)
    assert not follow_ups.is_asked_of("lips", wax)
    assert follow_ups.is_asked_of("alcohol", beer)
    assert not follow_ups.speaks_of("lips", beer)
    assert not follow_ups.speaks_of("gone", wax)
    assert not follow_ups.is_asked_of("gone", beer)
    assert follow_ups.only_points(few.vocabulary.read("this and that"))
    assert not follow_ups.only_points(few.vocabulary.read("this tattoo"))


@pytest.mark.parametrize(
    "text",
    [
        "puedo beber cerveza",
        "¿Puedo beber cerveza?",
        "can i drink alcohol",
        "hola muy buenas tardes a usted y a los suyos. can i drink alcohol?",  # clear in English alone
    ],
)
def test_a_question_is_found_in_the_language_in_which_it_is_clear(in_two_languages: Bot, text: str) -> None:
    assert entries(in_two_languages.ask(text)) == ["alcohol"]


def test_an_entry_may_be_asked_in_one_way_only() -> None:
    bot = Bot.from_faq([{**item, "phrasings": []} for item in FAQ], meaning=False)

    for item in FAQ:
        top = bot.rank(str(item["question"])).top
        assert top is not None
        assert top.entry_id == item["id"]
