"""A conversation leans on its last answer for a while, and can be ended at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.config import Secret, read_settings
from bot.dialogue.bot import Bot
from bot.dialogue.context import EMPTY, Context
from bot.errors import NotReady
from bot.patients import contexts
from bot.patients import turns as writing
from bot.patients.chat import Chat
from bot.patients.contexts import FORGOTTEN_AFTER_S, TRIES_AGAIN_S, Contexts, Last
from bot.patients.live import Live
from bot.patients.turns import Turns
from bot.reply.types import Reply
from bot.store.database import Database
from bot.store.tables_visits import turns as kept
from bot.store.visits import Turn
from bot.web.opening import open_house


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_help_stays_in_view_until_cleared_or_forgotten(bot: Bot) -> None:
    clock = Clock()
    chat = Chat(Live(bot), clock)
    token = chat.ask("i want to end my life").conversation

    assert chat.ask("what helps dry lips", token).reply.standing
    clock.now += FORGOTTEN_AFTER_S
    assert not chat.ask("what helps dry lips", token).reply.standing

    again = chat.ask("i want to end my life", token).conversation
    assert again == token
    assert chat.forget(token) is True
    assert chat.forget(token) is False
    assert not chat.ask("what helps dry lips", token).reply.standing


def test_conversations_do_not_mix(bot: Bot) -> None:
    chat = Chat(Live(bot), Clock())
    chat.ask("i want to end my life")

    assert not chat.ask("what helps dry lips").reply.standing


def test_what_is_forgotten_while_it_is_asked_is_not_remembered_afterwards(bot: Bot, any_database: Database) -> None:
    turns = Turns(any_database, lambda: datetime(2026, 11, 24, 12, tzinfo=UTC), timedelta(days=30))
    chat = Chat(Live(bot), Clock(), turns)

    def leave(reply: Reply, channel: str, took_s: float) -> None:
        chat.forget("left-in-the-middle-of-it")

    chat.listeners.append(leave)
    assert chat.ask("i want to end my life", "left-in-the-middle-of-it").reply.parts

    turns.flush()
    with any_database.read() as db:
        assert db.scalar(sa.select(sa.func.count()).select_from(kept)) == 0
    assert chat.forget("left-in-the-middle-of-it") is False
    chat.listeners.clear()
    assert not chat.ask("what helps dry lips", "left-in-the-middle-of-it").reply.standing
    assert chat.forget("left-in-the-middle-of-it") is True  # and a conversation of that name begins anew
    turns.close()


def test_what_is_forgotten_while_it_is_asked_under_a_key_is_not_kept_for_a_repeat(bot: Bot) -> None:
    chat = Chat(Live(bot), Clock())
    leave = lambda *_: chat.forget("left-in-the-middle-of-it")  # noqa: E731
    chat.listeners.append(leave)
    first = chat.ask("my name is Zed", "left-in-the-middle-of-it", key="the-same-key")

    again = chat.ask("my name is Zed", "left-in-the-middle-of-it", key="the-same-key")

    assert again is not first


def test_at_the_kiosk_a_question_that_arrives_after_the_end_of_its_visit_is_not_remembered(bot: Bot) -> None:
    chat = Chat(Live(bot), Clock())
    chat.forget("visit-that-is-over")
    assert chat.ask("i want to end my life", "visit-that-is-over", channel="kiosk").reply.parts

    assert chat.standing("visit-that-is-over") == ()
    assert chat.ask("i want to end my life", "visit-that-is-over", channel="web").conversation == "visit-that-is-over"
    assert chat.standing("visit-that-is-over")


def test_broken_safety_data_answers_nothing(knowledge: Path, tmp_path: Path) -> None:
    (knowledge / "safety" / "emergency.yaml").write_text("level: emergency\nrules: [", encoding="utf-8")
    settings = read_settings({"CLINICBOT_DATA_DIR": str(tmp_path), "CLINICBOT_KNOWLEDGE_DIR": str(knowledge)})
    house = open_house(settings, lambda: NOON)

    assert "emergency.yaml" in house.live.reason
    with pytest.raises(NotReady):
        Chat(house.live, Clock()).ask("what helps dry lips")
    house.close()


NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
KEY = Secret("k" * 40)
ABOUT_LIPS = Context(entry_id="dry-lips", topic="side-effects")
ABOUT_ALCOHOL = Context(entry_id="alcohol", topic="living")


class Replica:
    """A process that answers patients, with connections of its own to the database it shares; `now` is its clock."""

    def __init__(self, bot: Bot, url: str) -> None:
        self.now = 0.0
        self.database = Database(url)
        self.turns = Turns(self.database, lambda: NOON + timedelta(seconds=self.now), timedelta(days=30))
        self.chat = Chat(Live(bot), lambda: self.now, self.turns, key=KEY, replicas=True)

    def close(self) -> None:
        self.turns.close()
        self.database.close()


@pytest.fixture
def replicas(bot: Bot, any_database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Replica, Replica]]:
    monkeypatch.setattr(contexts, "PATIENCE_S", 60.0)  # however slow this machine is
    url = any_database.url.render_as_string(hide_password=False)
    one, two = Replica(bot, url), Replica(bot, url)
    yield one, two
    one.close()
    two.close()


def test_a_follow_up_to_another_replica_is_understood_and_help_stays_in_view(replicas: tuple[Replica, Replica]) -> None:
    one, two = replicas
    token = one.chat.ask("i want to end my life").conversation
    one.turns.flush()

    two.now = 10.0
    answered = two.chat.ask("what helps dry lips", token).reply
    two.turns.flush()
    one.now = 20.0
    follow_up = one.chat.ask("and how long does that last?", token).reply

    assert answered.standing
    assert one.chat.standing(token)
    assert follow_up.standing
    assert follow_up.leading.entry is not None
    assert follow_up.leading.entry.id == "dry-lips"


def test_after_half_an_hour_or_when_cleared_no_replica_knows_the_conversation(
    replicas: tuple[Replica, Replica],
) -> None:
    one, two = replicas
    cleared = one.chat.ask("i want to end my life").conversation
    old = one.chat.ask("i want to end my life").conversation
    one.turns.flush()

    two.chat.forget(cleared)
    two.now = FORGOTTEN_AFTER_S

    assert not two.chat.standing(cleared)
    assert not two.chat.standing(old)


def test_what_another_replica_has_yet_to_store_of_a_cleared_conversation_is_not_stored(
    replicas: tuple[Replica, Replica], any_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = replicas
    go_on, redacted = threading.Event(), writing._redacted

    def wait(noted: writing.Noted) -> Turn:
        go_on.wait(30)
        return redacted(noted)

    monkeypatch.setattr(writing, "_redacted", wait)
    token = two.chat.ask("i want to end my life").conversation
    one.chat.forget(token)
    go_on.set()
    two.turns.flush()

    assert two.turns.given_up == 0
    with any_database.read() as db:
        assert db.scalar(sa.select(sa.func.count()).select_from(kept)) == 0


def test_a_message_that_reaches_two_replicas_is_one_turn(
    replicas: tuple[Replica, Replica], any_database: Database
) -> None:
    one, two = replicas
    first = one.chat.ask("my lips are so dry", key="0123456789abcdef")
    one.turns.flush()
    again = two.chat.ask("my lips are so dry", key="0123456789abcdef")
    two.turns.flush()  # nothing else is stored with it
    other = two.chat.ask("my lips are so dry", key="fedcba9876543210")
    two.turns.flush()

    assert one.turns.given_up == two.turns.given_up == 0
    assert (again.turn, again.conversation) == (first.turn, first.conversation)
    assert again.reply.to_dict() == first.reply.to_dict()
    assert other.turn != first.turn
    with any_database.read() as db:
        assert set(db.execute(sa.select(kept.c.turn_id)).scalars()) == {first.turn, other.turn}


def test_a_follow_up_sent_twice_leans_on_the_same_turn_both_times(replicas: tuple[Replica, Replica]) -> None:
    one, two = replicas
    token = one.chat.ask("what helps dry lips").conversation
    follow_up = one.chat.ask("and what about alcohol?", token, key="0123456789abcdef").reply
    one.turns.flush()

    assert two.chat.ask("and what about alcohol?", token, key="0123456789abcdef").reply == follow_up


def test_a_first_question_asks_the_database_nothing(
    replicas: tuple[Replica, Replica], count_queries: Callable[[Database], AbstractContextManager[list[str]]]
) -> None:
    one, _ = replicas
    with count_queries(one.database) as asked:
        one.chat.ask("what helps dry lips")
        one.turns.flush()

    assert [each for each in asked if "FROM turns" in each] == []


@pytest.mark.parametrize(
    ("mine", "stored", "replicas", "expected"),
    [
        (None, None, True, EMPTY),
        (None, 5.0, False, ABOUT_ALCOHOL),
        (None, FORGOTTEN_AFTER_S, False, EMPTY),
        (9.0, 5.0, True, ABOUT_ALCOHOL),
        (5.0, 9.0, True, ABOUT_LIPS),
        (9.0, 5.0, False, ABOUT_LIPS),
        (9.0, None, True, ABOUT_LIPS),
    ],
)
def test_the_newer_of_what_is_known_here_and_what_is_stored_counts(
    mine: float | None, stored: float | None, replicas: bool, expected: Context
) -> None:
    clock = Clock()
    look = lambda token, but: None if stored is None else Last(ABOUT_ALCOHOL, "stored", stored)  # noqa: E731
    known = Contexts(clock, look, replicas=replicas)
    if mine is not None:
        known.remember("c", ABOUT_LIPS, "mine")
        clock.now += mine

    assert known.recall("c") == expected


def test_a_database_that_says_nothing_is_done_without_and_seldom_asked() -> None:
    clock, asked = Clock(), []

    def look(token: str, but: str) -> Last | None:
        asked.append(token)
        raise NotReady("the database is away")

    known = Contexts(clock, look, replicas=True)
    known.remember("c", ABOUT_LIPS, "mine")

    assert [known.recall("c") for _ in range(3)] == [ABOUT_LIPS] * 3
    assert len(asked) == 1
    clock.now += TRIES_AGAIN_S
    known.recall("c")
    assert len(asked) == 2
