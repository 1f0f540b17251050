"""Turns: kept without personal details, said again word for word, rated, forgotten, purged."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.dialogue.bot import Bot
from bot.dialogue.record import context_from_plain, decided_of
from bot.errors import NotReady
from bot.faq.entry import Region
from bot.faq.files import Loaded
from bot.patients import turns as writing
from bot.patients.chat import Chat, Exchange
from bot.patients.live import Live
from bot.patients.turns import Turns
from bot.staff.seeding import seed_if_empty
from bot.store.database import Database, Db
from bot.store.open_questions import list_open
from bot.store.tallies import Count, load_values
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
        assert load_values(db, "entry", NOON.date(), NOON.date()) == {"dry-lips": Count(asked=1, helpful=1)}


def test_what_is_asked_counts_for_the_day_and_hour_of_the_clinic(chat: Chat, house: House) -> None:
    house.turns._now = lambda: datetime(2026, 6, 30, 23, 40, tzinfo=UTC)
    turn = stored(house, chat.ask("my lips are so dry"))

    assert (turn.day, turn.hour) == (date(2026, 7, 1), 0)  # in London it is summer


def test_turns_go_after_the_retention_time(chat: Chat, house: House) -> None:
    exchange = chat.ask("my lips are so dry")
    house.turns.flush()
    house.turns._now = lambda: NOON + timedelta(days=31)

    assert house.turns.purge() == 1
    with house.database.read() as db:
        assert find_turn(db, exchange.turn) is None


def test_old_turns_go_while_the_server_runs_on(database: Database, bot: Bot, loaded: Loaded) -> None:
    seed_if_empty(database, loaded, NOON)
    clock, seconds = [NOON], [0.0]
    turns = Turns(database, lambda: clock[0], timedelta(days=30), clock=lambda: seconds[0])
    chat = Chat(Live(bot), lambda: 0.0, turns)
    old = chat.ask("my lips are so dry")
    turns.flush()

    clock[0] += timedelta(days=31)
    seconds[0] += 3600
    new = chat.ask("my lips are so dry")
    turns.flush()

    with database.read() as db:
        assert find_turn(db, old.turn) is None
        assert find_turn(db, new.turn) is not None
    turns.close()


def test_a_clock_that_is_set_back_stops_no_deletion(database: Database) -> None:
    clock, seconds = [NOON + timedelta(days=365)], [0.0]
    turns = Turns(database, lambda: clock[0], timedelta(days=30), clock=lambda: seconds[0])
    done: list[datetime] = []
    turns.chores.append(lambda: done.append(clock[0]))

    clock[0] = NOON
    seconds[0] += 3600
    turns.close()  # which looks at the time once more

    assert done == [NOON]


def test_an_escaped_nul_that_a_patient_typed_is_words_like_any_other(chat: Chat, house: House) -> None:
    exchange = chat.ask(r"my lips are so dry \u0000 \\u0000")

    assert r"\u0000" in stored(house, exchange).redacted
    assert chat.forget(exchange.conversation)


def test_a_turn_that_cannot_be_kept_is_counted_and_costs_no_other(
    chat: Chat, house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(text: str) -> str:
        if "cracked" in text:
            raise RuntimeError(text)
        return text

    monkeypatch.setattr(writing, "clean", broken)
    lost, kept = chat.ask("my lips are cracked"), chat.ask("my lips are so dry")

    assert stored(house, kept).redacted == "my lips are so dry"
    assert (house.turns.given_up, house.turns.trouble) == (1, "")
    with house.database.read() as db:
        assert find_turn(db, lost.turn) is None
    assert "RuntimeError" in caplog.text
    assert "cracked" not in caplog.text


@pytest.mark.parametrize("comes_back", [True, False])
def test_turns_wait_while_the_database_is_away(
    chat: Chat, house: House, monkeypatch: pytest.MonkeyPatch, comes_back: bool
) -> None:
    tried, kept, store = threading.Event(), threading.Event(), writing.add_turns

    def add_turns(db: Db, new: Sequence[Turn]) -> None:
        if not (comes_back and tried.is_set()):
            tried.set()
            raise NotReady("away")
        store(db, new)
        kept.set()

    monkeypatch.setattr(writing, "TRIED_AGAIN_AFTER_S", 0.001)
    monkeypatch.setattr(writing, "add_turns", add_turns)
    exchange = chat.ask("my lips are so dry")
    assert (kept if comes_back else tried).wait(30)

    house.turns.close()

    assert house.turns.given_up == (0 if comes_back else 1)
    with house.database.read() as db:
        assert (find_turn(db, exchange.turn) is not None) is comes_back


def test_nobody_waits_for_ever_for_a_writer_that_has_ended(chat: Chat, house: House) -> None:
    house.turns.close()
    exchange = chat.ask("my lips are so dry")

    with pytest.raises(NotReady):
        chat.forget(exchange.conversation)
    assert house.turns.trouble
    house.turns.close()


def test_nobody_waits_for_ever_for_a_database_that_is_away(
    chat: Chat, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    monkeypatch.setattr(writing, "FLUSHED_WITHIN_S", 0.0)
    monkeypatch.setattr(writing, "add_turns", lambda db, turns: go_on.wait(30))
    exchange = chat.ask("my lips are so dry")

    with pytest.raises(NotReady):
        chat.rate(exchange.turn, helpful=True)
    go_on.set()
