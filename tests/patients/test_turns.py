"""Turns: kept without personal details, said again word for word, rated, forgotten, purged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.dialogue.bot import Bot
from bot.dialogue.record import context_from_plain, decided_of
from bot.faq.entry import Region
from bot.faq.files import Loaded
from bot.patients.chat import Chat, Exchange
from bot.patients.live import Live
from bot.patients.turns import Turns
from bot.staff.seeding import seed_if_empty
from bot.store.database import Database
from bot.store.open_questions import list_open
from bot.store.visits import Turn, find_feedback, find_turn
from bot.web.opening import House

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def chat(house: House) -> Chat:
    return Chat(house.live, lambda: 0.0, house.turns)


def stored(house: House, exchange: Exchange) -> Turn:
    house.turns.flush()
    with house.database.read() as db:
        turn = find_turn(db, exchange.turn)
    assert turn is not None
    return turn


@pytest.mark.parametrize(
    "question",
    [
        "my lips are so dry",
        "should i stop taking the capsules",
        "tests",
        "my throat is closing up",
        "i want to end my life",
        "what is the capital of portugal",
        "my lips are cracked and can i drink at a wedding?",
        "can you sell me accutane",
    ],
)
@pytest.mark.parametrize("region", list(Region))
def test_what_was_said_can_be_said_again_word_for_word(
    chat: Chat, house: House, bot: Bot, question: str, region: Region
) -> None:
    exchange = chat.ask(question, region=region)

    turn = stored(house, exchange)
    again = bot.say_again(decided_of(turn.said), Region(turn.region), context_from_plain(turn.context)[1])

    assert again.to_dict() == exchange.reply.to_dict()
    assert again.standing == exchange.reply.standing


def test_help_in_view_is_part_of_what_was_said(chat: Chat, house: House, bot: Bot) -> None:
    token = chat.ask("i want to end my life").conversation
    exchange = chat.ask("my lips are so dry", token)

    turn = stored(house, exchange)
    again = bot.say_again(decided_of(turn.said), Region(turn.region), context_from_plain(turn.context)[1])

    assert exchange.reply.standing
    assert again.standing == exchange.reply.standing


def test_personal_details_are_not_stored(chat: Chat, house: House) -> None:
    exchange = chat.ask("my lips are dry, write to anna.bell@example.org or 020 7946 0999")

    turn = stored(house, exchange)

    assert "example.org" not in repr(turn)
    assert "7946" not in repr(turn)
    assert "lips are dry" in turn.redacted


def test_an_open_question_is_kept_for_staff(chat: Chat, house: House) -> None:
    chat.ask("what is the capital of portugal")
    chat.ask("my lips are so dry")
    house.turns.flush()

    with house.database.read() as db:
        found = list_open(db, since=NOON - timedelta(days=1), limit=10)

    assert [each.wording for each in found] == ["what is the capital of portugal"]
    assert found[0].likeness


def test_an_answer_that_did_not_help_is_an_open_question(chat: Chat, house: House) -> None:
    exchange = chat.ask("my lips are so dry")

    assert chat.rate(exchange.turn, helpful=True)
    assert chat.rate(exchange.turn, helpful=False, reason="too-little")
    assert not chat.rate("no-such-turn", helpful=True)

    with house.database.read() as db:
        given = find_feedback(db, exchange.turn)
        found = list_open(db, since=NOON - timedelta(days=1), limit=10)
    assert given is not None
    assert (given.helpful, given.reason) == (False, "too-little")
    assert [each.unhelpful for each in found] == [1]


def test_a_forgotten_conversation_is_gone_from_the_database(chat: Chat, house: House) -> None:
    exchange = chat.ask("my lips are so dry")
    chat.rate(exchange.turn, helpful=True)

    assert chat.forget(exchange.conversation)

    with house.database.read() as db:
        assert find_turn(db, exchange.turn) is None
        assert find_feedback(db, exchange.turn) is None


def test_turns_go_after_the_retention_time(chat: Chat, house: House) -> None:
    exchange = chat.ask("my lips are so dry")
    house.turns.flush()
    house.turns._now = lambda: NOON + timedelta(days=31)

    assert house.turns.purge() == 1
    with house.database.read() as db:
        assert find_turn(db, exchange.turn) is None


def test_old_turns_go_while_the_server_runs_on(database: Database, bot: Bot, loaded: Loaded) -> None:
    seed_if_empty(database, loaded, NOON)
    clock = [NOON]
    turns = Turns(database, lambda: clock[0], timedelta(days=30))
    chat = Chat(Live(bot), lambda: 0.0, turns)
    old = chat.ask("my lips are so dry")
    turns.flush()

    clock[0] += timedelta(days=31)
    new = chat.ask("my lips are so dry")
    turns.flush()

    with database.read() as db:
        assert find_turn(db, old.turn) is None
        assert find_turn(db, new.turn) is not None
    turns.close()
