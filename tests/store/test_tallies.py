"""Counts of turns: after any run of questions, ratings and deletions what somebody would count who saw all of it."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.store.database import Database
from bot.store.tables_tallies import tallies
from bot.store.tables_visits import turns
from bot.store.tallies import Count, band_of, first_day, load_days, load_values
from bot.store.visits import Feedback, Turn, add_turns, forget_conversation, give_feedback, purge

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def turn(
    number: int, *, at: datetime = NOON, outcome: str = "answer", entry: str | None = "dry-lips", **more: object
) -> Turn:
    return Turn(
        turn_id=f"turn-{number}",
        conversation=f"talk-{number % 3}",
        asked_at=at,
        redacted="where do i park",
        outcome=outcome,
        release=1,
        region="uk",
        channel=str(more.get("channel", "web")),
        context={},
        said=[],
        entry_id=entry,
        confidence=more.get("confidence"),  # type: ignore[arg-type]
    )


@dataclass(frozen=True)
class Rate:
    """Somebody thinks something of a turn, or thinks again."""

    number: int
    helpful: bool


@dataclass(frozen=True)
class Forget:
    """A patient clears the chat."""

    conversation: int


@dataclass(frozen=True)
class Repeat:
    """A turn comes once more, through another process."""

    number: int


@dataclass(frozen=True)
class Purge:
    """The time is over for what is older than so many days."""

    days: int


numbers = st.integers(0, 9)
asked = st.lists(
    st.tuples(
        st.integers(0, 3 * 24),
        st.sampled_from(["answer", "clarify", "no_match", "emergency"]),
        st.sampled_from([None, "dry-lips", "alcohol"]),
        st.sampled_from(["web", "kiosk"]),
        st.none() | st.floats(0, 1) | st.sampled_from([0.1, 0.3, 0.95, 0.99, 1.0]),
    ),
    max_size=4,
)
steps = st.lists(
    asked | st.builds(Rate, numbers, st.booleans()) | st.builds(Forget, st.integers(0, 2)) | st.builds(Purge, st.integers(0, 3)) | st.builds(Repeat, numbers),
    min_size=1,
    max_size=12,
)  # fmt: skip


class Witness:
    """Somebody who sees every question and every rating, and forgets none."""

    def __init__(self) -> None:
        self.seen: dict[str, Turn] = {}
        self.kept: set[str] = set()
        self.thought: dict[str, bool] = {}

    def recount(self) -> dict[tuple[str, str, str, str], tuple[int, int, int]]:
        """Each turn under its outcome, hour, entry and surety, by the plainest counting there is."""
        found: Counter[tuple[str, str, str, str]] = Counter()
        rated: Counter[tuple[tuple[str, str, str, str], bool]] = Counter()
        for each in self.seen.values():
            where = {"outcome": each.outcome, "entry": each.entry_id}
            if each.confidence is not None:
                edges = [f"{tenth / 10}" for tenth in range(10)] + ["0.95", "0.99"]
                where["surety"] = (
                    f"{each.outcome} {max(float(edge) for edge in edges if float(edge) <= each.confidence)}"
                )
            keys = [(kind, str(each.asked_at.date()), each.channel, value) for kind, value in where.items() if value]
            for key in keys:
                found[key] += 1
                if each.turn_id in self.thought:
                    rated[key, self.thought[each.turn_id]] += 1
            found["hour", str(each.asked_at.date()), each.channel, f"{each.asked_at:%H}"] += 1
        return {key: (count, rated[key, True], rated[key, False]) for key, count in found.items()}


def stored(database: Database) -> dict[tuple[str, ...], tuple[int, ...]]:
    with database.read() as db:
        return {tuple(map(str, row[:4])): tuple(row[4:]) for row in db.execute(sa.select(tallies))}


def take(database: Database, witness: Witness, step: object) -> None:
    """Do a step in the database, and let the witness see it."""
    with database.change() as db:
        match step:
            case Rate(number, helpful):
                given_now = Feedback(turn_id=f"turn-{number}", helpful=helpful, reason="", given_at=NOON)
                was_there = give_feedback(db, given_now)
                assert was_there == (given_now.turn_id in witness.kept)
                if was_there:
                    witness.thought[given_now.turn_id] = helpful
            case Forget(conversation):
                forget_conversation(db, f"talk-{conversation}")
                witness.kept -= {
                    name for name, each in witness.seen.items() if each.conversation == f"talk-{conversation}"
                }
            case Repeat(number):
                known = witness.seen.get(f"turn-{number}")
                if known is not None and known.turn_id in witness.kept:
                    add_turns(db, [known])
            case Purge(days):
                purge(db, before=NOON - timedelta(days=days))
                witness.kept -= {
                    name for name, each in witness.seen.items() if each.asked_at < NOON - timedelta(days=days)
                }
            case list():
                begin = len(witness.seen)
                new = [
                    turn(
                        begin + place,
                        at=NOON - timedelta(hours=hours),
                        outcome=outcome,
                        entry=entry,
                        channel=channel,
                        confidence=confidence,
                    )
                    for place, (hours, outcome, entry, channel, confidence) in enumerate(step)
                ]
                add_turns(db, new)
                witness.seen |= {each.turn_id: each for each in new}
                witness.kept |= {each.turn_id for each in new}


@given(steps=steps)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_counts_are_those_of_somebody_who_saw_everything(any_database: Database, steps: list[object]) -> None:
    with any_database.change() as db:
        db.execute(turns.delete())
        db.execute(tallies.delete())
    witness = Witness()

    for step in steps:
        take(any_database, witness, step)

    assert stored(any_database) == witness.recount()


def test_two_servers_that_write_at_once_lose_no_count(any_database: Database) -> None:
    with any_database.change() as db:
        add_turns(db, [turn(0)])

    def write(place: int) -> None:
        for number in range(5):
            with any_database.change() as db:
                add_turns(db, [turn(1 + 100 * place + number), turn(51 + 100 * place + number, outcome="no_match")])
            with any_database.change() as db:
                given_now = Feedback(turn_id="turn-0", helpful=(place + number) % 2 == 0, reason="", given_at=NOON)
                give_feedback(db, given_now)

    writers = [threading.Thread(target=write, args=(place,)) for place in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    with any_database.read() as db:
        counted = load_values(db, "outcome", NOON.date(), NOON.date())
    assert counted["answer"].asked == 16
    assert counted["answer"].rated == 1  # one turn, rated again and again
    assert counted["no_match"] == Count(15)


def test_a_batch_that_cannot_be_stored_is_not_counted(any_database: Database) -> None:
    with any_database.change() as db:
        add_turns(db, [turn(0)])

    with pytest.raises(sa.exc.IntegrityError), any_database.change() as db:
        add_turns(db, [turn(1), replace(turn(2), outcome=None)])  # type: ignore[arg-type]

    with any_database.read() as db:
        assert load_values(db, "entry", NOON.date(), NOON.date()) == {"dry-lips": Count(1)}


def test_a_turn_that_was_sent_to_two_replicas_is_counted_once(any_database: Database) -> None:
    for batch in ([turn(0), turn(1), turn(1)], [turn(1), turn(2)]):
        with any_database.change() as db:
            add_turns(db, batch)

    with any_database.read() as db:
        assert load_values(db, "entry", NOON.date(), NOON.date()) == {"dry-lips": Count(3)}


def test_days_and_places_are_told_apart(any_database: Database) -> None:
    with any_database.change() as db:
        add_turns(db, [turn(0), turn(1, channel="kiosk"), turn(2, at=NOON - timedelta(days=2), outcome="clarify")])

    with any_database.read() as db:
        assert first_day(db) == date(2026, 11, 22)
        assert load_days(db, date(2026, 11, 1), date(2026, 11, 30)) == {
            date(2026, 11, 22): {"clarify": Count(1)},
            date(2026, 11, 24): {"answer": Count(2)},
        }
        assert load_values(db, "hour", date(2026, 11, 23), date(2026, 11, 30), "kiosk") == {"12": Count(1)}
        assert load_values(db, "entry", date(2026, 11, 25), date(2026, 11, 30)) == {}


@pytest.mark.parametrize(
    ("confidence", "band"),
    [(0.0, 0.0), (0.1, 0.1), (0.949, 0.9), (0.95, 0.95), (0.989, 0.95), (0.99, 0.99), (1.0, 0.99)],
)
def test_each_confidence_lies_in_one_band(confidence: float, band: float) -> None:
    assert band_of(confidence) == band
