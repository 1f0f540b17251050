"""Alarms in a conversation: what comes in pieces, what a decision must not take back, and what stays in view."""

from __future__ import annotations

import pytest

from bot.dialogue.bot import Bot
from bot.dialogue.context import EMPTY, following
from bot.reply.types import Outcome, Reply

HARMLESS_PAIRS = """
my lips / are dry
my lips / hurt
my skin / is flaking
his lips / are dry
my eyes / are itchy
my throat / is dry
my nose / is dry
my period / is it normal
my appointment / is late
how long / for the dryness
what helps dry lips / mine are dry
can it cause dry eyes / i have that
can it cause hair loss / mine is thinning
does it cause headaches / i am fine
what happens if i get pregnant on it / i am not
what happens if i get pregnant on it / i wont
what happens if i get pregnant on it / ok thanks
what happens if i get pregnant on it / im a man
can it cause depression / no
can it cause depression / thanks
can it cause depression / good to know
can it cause depression / i was just wondering
can it cause depression / i had it years ago
can it cause depression / i dont have that
can it cause blurred vision / mine is fine
can it cause nosebleeds / mine never did
what if a child swallows one / mine did not
what if a child swallows one / just asking
how do i stop a nosebleed / it stopped
how long does it take / its been 25 days
can i drink alcohol / i do sometimes
can i wax / i did
can i get a tattoo / i have one
i take 20 / mg
i take 40mg / a day
i took one / capsule
capsules / with food
i missed / a dose
my mood / is good
my back / aches
my knees / hurt
my muscles / hurt
my scars / are red
my skin / is red
my face / is red
my hands / are dry
my prescription / is late
im late / for my appointment
my hair / is falling out
does it affect mood / mine is ok
can it affect the liver / mine is healthy
is it bad for bones / mine are fine
do i need blood tests / i had one
do i need contraception / i have it
can i donate blood / i did last year
can i breastfeed / i am
can i swim / i do it daily
should i use sunscreen / i do
can i get pregnant after / how long
i take vitamin a / is that ok
can i drink coffee / no i meant tea
what about sun / i mean sunbeds
can i take it with milk / not milk but juice
can it give you nightmares / it does
is tiredness normal / i am tired
are headaches common / mine is mild
are dry lips common / mine hurt
will i lose hair / i am losing some
can i wear lenses / mine hurt
what if i miss a dose / i did
what if i take two by mistake / i did
my chest / has acne
my chest / is spotty
spots on my chest / hurt
"""


def talk(bot: Bot, *messages: str) -> list[Reply]:
    context, replies = EMPTY, []
    for message in messages:
        replies.append(bot.ask(message, context=context))
        context = following(context, replies[-1])
    return replies


def rules(reply: Reply) -> list[str]:
    return [part.safety.rule for part in reply.parts if part.safety]


@pytest.mark.parametrize(
    ("alarm", "decision"),
    [
        ("im 7 weeks pregnant and on it", "do i stop"),
        ("my eyes have gone yellow", "should i take tonights dose"),
        ("bloody diarrhoea since yesterday", "do I keep taking them"),
    ],
)
def test_a_decision_soon_after_an_urgent_alarm_has_it_said_once_more(bot: Bot, alarm: str, decision: str) -> None:
    first, second = talk(bot, alarm, decision)

    assert rules(second)[:1] == rules(first)
    assert [part.outcome for part in second.parts] == [Outcome.URGENT, Outcome.DECISION]
    assert second.parts[0].answer_text == first.leading.answer_text


def test_an_alarm_is_said_before_the_decisions_of_three_turns_and_no_longer(bot: Bot) -> None:
    replies = talk(bot, "my period is late", *["can i take ibuprofen"] * 5)

    assert ["urgent.pregnancy" in rules(reply) for reply in replies] == [True, True, True, True, False, False]


def test_a_second_alarm_does_not_push_out_the_first(bot: Bot) -> None:
    reply = talk(bot, "im pregnant", "my ears are ringing", "do i take it tonight")[-1]

    assert set(rules(reply)) == {"urgent.pregnancy", "urgent.hearing", "decision.dose"}


@pytest.mark.parametrize(("alarm", "question"), [("i took 20 capsules", "do i take tonights dose"),
                                                 ("i want to end my life", "can i double my dose")])  # fmt: skip
def test_a_decision_soon_after_a_grave_alarm_is_met_by_that_alone(bot: Bot, alarm: str, question: str) -> None:
    first, second = talk(bot, alarm, question)

    assert [part.answer_text for part in second.parts] == [part.answer_text for part in first.parts]


@pytest.mark.parametrize(
    ("messages", "rule", "general"),
    [
        (("what is the cost", "im pregnant", "how much"), "urgent.pregnancy", None),
        (("what about tattoos", "my eyes are yellow", "why"), "urgent.jaundice", None),
        (("can i get pregnant after", "how long"), "decision.timing", None),
        (("what helps dry lips", "can i take ibuprofen", "and for how long"), "decision.combine", None),
        (("can i take ibuprofen", "and paracetamol?"), "decision.combine", "other-medicines"),
        (("can i take ibuprofen? and for how long?",), "decision.combine", None),
    ],
)
def test_what_names_nothing_asks_about_the_alarm_or_decision_before_it(
    bot: Bot, messages: tuple[str, ...], rule: str, general: str | None
) -> None:
    reply = talk(bot, *messages)[-1]

    beneath = reply.leading.general
    assert rules(reply) == [rule]
    assert (beneath.entry.id if beneath and beneath.entry else None) == general


@pytest.mark.parametrize(
    ("question", "entry_id"),
    [
        ("where are you", "contact-clinic"),
        ("what about tattoos", "tattoos-piercings"),
        ("does it get better when the skin is clear", "when-results"),
    ],
)
def test_what_is_about_something_else_leaves_a_decision(bot: Bot, question: str, entry_id: str) -> None:
    reply = talk(bot, "can i take ibuprofen", question)[-1]

    assert reply.leading.entry is not None
    assert (reply.outcome, reply.leading.entry.id) == (Outcome.ANSWER, entry_id)


def test_an_answer_after_an_urgent_alarm_has_its_lines_in_view_for_some_turns(bot: Bot) -> None:
    replies = talk(bot, "my eyes have gone yellow", *["where can i park"] * 6)

    assert [line.kind for line in replies[1].standing] == ["clinic", "urgent"]
    assert replies[-1].standing == ()


@pytest.mark.parametrize(
    ("pieces", "outcome"),
    [
        (("my throat", "it's closing up"), Outcome.EMERGENCY),
        (("my face", "its swelling up"), Outcome.EMERGENCY),
        (("face swelling up", "my eyelids too"), Outcome.EMERGENCY),
        (("what happens if I get pregnant on it", "I think I might be"), Outcome.URGENT),
        (("tired all the time", "and yellowish"), Outcome.URGENT),
        (("my chest", "hurts"), Outcome.EMERGENCY),
        (("my throat", "is tight"), Outcome.EMERGENCY),
        (("his lips", "are blue"), Outcome.EMERGENCY),
        (("my period", "is late"), Outcome.URGENT),
        (("i took 20", "capsules"), Outcome.EMERGENCY),
        (("bad headache for three days", "and now i see double"), Outcome.EMERGENCY),
        (("what happens if i get pregnant on it", "i am"), Outcome.URGENT),
        (("what happens if i get pregnant on it", "because im late"), Outcome.URGENT),
        (("how do i stop a nosebleed", "its been 25 minutes"), Outcome.EMERGENCY),
        (("what if a child swallows one", "mine did"), Outcome.EMERGENCY),
        (("can it make you hear voices", "i do"), Outcome.URGENT),
        (("can it cause blurred vision", "mine is"), Outcome.URGENT),
        (("what happens if i get pregnant on it? i am.",), Outcome.URGENT),
        (("can it cause depression? i have that now",), Outcome.URGENT),
        (("can it cause nosebleeds? mine wont stop",), Outcome.EMERGENCY),
    ],
)
def test_what_is_grave_is_found_in_pieces(bot: Bot, pieces: tuple[str, ...], outcome: Outcome) -> None:
    assert talk(bot, *pieces)[-1].outcome >= outcome


@pytest.mark.parametrize(
    "messages",
    [
        ("my lips are dry", "my nose too"),
        ("i want to end my life", "my lips are so dry"),
        ("where are you", "ok thanks"),
        ("does it cause hair loss", "i have thin hair already"),
        *(tuple(pair.split(" / ")) for pair in HARMLESS_PAIRS.strip().splitlines()),
    ],
)
def test_pieces_of_something_harmless_stay_harmless(bot: Bot, messages: tuple[str, ...]) -> None:
    assert talk(bot, *messages)[-1].outcome < Outcome.URGENT


@pytest.mark.parametrize(
    "text",
    [
        "my lips are dry and i feel suicidal",
        "my eyes are dry and i am suicidal",
        "my skin is dry and i am pregnant",
        "im pregnant and my lips are dry",
        "can i use vaseline and i'm pregnant",
        "my lips are so dry and threw up and it was all blood",
    ],
)
def test_an_everyday_complaint_beside_it_hides_no_alarm(bot: Bot, text: str) -> None:
    assert bot.ask(text).outcome >= Outcome.URGENT


def test_the_help_of_a_crisis_and_an_emergency_stays_whichever_came_first(bot: Bot) -> None:
    alarms = ["my throat is closing up", "i want to end my life"]
    for order in (alarms, alarms[::-1]):
        kinds = [line.kind for line in talk(bot, *order, "where can i park")[-1].standing]
        assert kinds == ["crisis_call", "crisis_text", "emergency"]


def test_a_question_that_points_at_what_had_no_answer_is_not_answered(bot: Bot) -> None:
    replies = talk(bot, "can it cause hearing loss", "will it come back")

    assert replies[0].outcome is Outcome.NO_MATCH
    assert replies[1].outcome <= Outcome.CLARIFY


def test_of_several_questions_those_without_an_answer_are_named(bot: Bot) -> None:
    reply = bot.ask("can i wear make up? which planets have rings? can i get a tattoo?")

    assert [part.outcome for part in reply.parts].count(Outcome.NO_MATCH) == 1
    assert next(part.asked for part in reply.parts if part.outcome is Outcome.NO_MATCH) == "which planets have rings"


@pytest.mark.parametrize(
    ("said", "headline"),
    [("thanks!", "You are welcome"), ("Hello there", "Hello"), ("ok", "All right"), ("gracias", "You are welcome")],
)
def test_a_courtesy_is_met_with_one(bot: Bot, said: str, headline: str) -> None:
    reply = bot.ask(said)

    assert (reply.outcome, reply.leading.headline) == (Outcome.NO_MATCH, headline)


def test_a_question_is_no_courtesy(bot: Bot) -> None:
    assert bot.ask("which planets have rings").leading.headline == "I do not have an approved answer to that"
