"""Allowances: wide for one address, nobody punished for standing behind a proxy, one budget for all replicas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from web.conftest import Clock

from bot.config import Secret, read_settings
from bot.dialogue.bot import Bot
from bot.errors import NotReady
from bot.faq.files import Loaded
from bot.patients.following import Follower, Shelves
from bot.patients.live import Live
from bot.patients.retention import Retention, purge_old
from bot.patients.turns import Turns
from bot.staff.seeding import seed_if_empty
from bot.store.database import Database, open_database
from bot.store.tables_visits import allowances as kept
from bot.web import allowances
from bot.web.allowances import CROWD, MOST_COUNTED, SHARE, Allowance, Count, Limiter, counted
from bot.web.app import create_app
from bot.web.book import SharedBook
from bot.web.contact import KIOSK
from bot.web.opening import House
from bot.web.senders import sender_of

ADDRESS = "8.8.8.8"
EACH, TOGETHER = Allowance(3, 10.0), Allowance(10, 1.0)
KEY = Secret("k" * 40)
ASKED = {"question": "my lips are so dry"}


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def limiter(seconds: Seconds) -> Limiter:
    return Limiter(seconds)


def send(limiter: Limiter, address: str | None = ADDRESS, each: Allowance = EACH) -> float:
    return limiter.take(Count("all", TOGETHER), *counted("message", address, each))


def test_an_address_may_send_several_at_once_and_then_in_time(limiter: Limiter, seconds: Seconds) -> None:
    assert [send(limiter) for _ in range(4)] == [0.0, 0.0, 0.0, 10.0]
    seconds.now = 9.0
    assert send(limiter) == pytest.approx(1.0)
    seconds.now = 10.0
    assert send(limiter) == 0.0
    assert send(limiter, "9.9.9.9") == 0.0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("198.51.100.7", "198.51.100.8", False),
        ("198.51.100.7", "::ffff:198.51.100.7", True),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("10.0.0.1", "10.0.0.2", False),
        ("", None, True),
        ("", "unknown", False),
    ],
)
def test_who_counts_as_one(one: str, other: str | None, same: bool) -> None:
    assert (sender_of(one) == sender_of(other)) == same


@pytest.mark.parametrize(
    "address", ["10.0.0.7", "192.168.1.9", "172.18.0.5", "100.64.3.4", "fd00::1", "fe80::1%eth0", "", None]
)
def test_an_address_that_may_stand_for_many_may_do_as_much_as_many(limiter: Limiter, address: str | None) -> None:
    taken = [limiter.take(*counted("message", address, EACH)) for _ in range(int(EACH.burst) * CROWD + 1)]

    assert set(taken[:-1]) == {0.0}
    assert taken[-1] == pytest.approx(EACH.refill_s / CROWD)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_this_machine_shares_the_common_allowance_only(limiter: Limiter, address: str) -> None:
    assert [send(limiter, address) for _ in range(11)] == [0.0] * 10 + [1.0]


def test_a_kiosk_has_a_small_allowance_wherever_it_stands(limiter: Limiter) -> None:
    taken = [limiter.take(*counted("kiosk", "10.0.0.9", KIOSK, KIOSK)) for _ in range(7)]

    assert taken == [0.0] * 6 + [120.0]


def test_what_is_refused_does_not_count(limiter: Limiter, seconds: Seconds) -> None:
    for _ in range(9):
        send(limiter)
    seconds.now = 10.0
    assert send(limiter) == 0.0


@given(st.lists(st.floats(0, 30), max_size=60))
def test_nobody_gets_more_than_the_burst_and_the_pace(pauses: list[float]) -> None:
    seconds = Seconds()
    limiter, allowed = Limiter(seconds), Count("a", Allowance(5, 2.0))
    taken = 0
    for pause in pauses:
        seconds.now += pause
        wait_s = limiter.take(allowed)
        taken += wait_s == 0
        assert 0 <= wait_s <= 2

    assert taken <= 5 + 0.5 * seconds.now + 1e-6


def test_memory_is_bounded_and_heavy_senders_are_remembered(monkeypatch: pytest.MonkeyPatch, limiter: Limiter) -> None:
    monkeypatch.setattr(allowances, "MOST_COUNTED", 50)
    for _ in range(3):
        limiter.take(*counted("message", ADDRESS, EACH))

    for number in range(500):
        limiter.take(*counted("message", f"9.9.{number >> 8}.{number & 255}", EACH))

    assert limiter.take(*counted("message", ADDRESS, EACH)) > 0
    assert len(limiter) <= 50
    assert MOST_COUNTED >= 1000


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow this machine is, the book is waited for."""
    monkeypatch.setattr(allowances, "PATIENCE_S", 60.0)


@pytest.fixture
def replicas(any_database: Database, seconds: Seconds, clock: Clock, patient: None) -> Iterator[list[Limiter]]:
    """Two processes' limiters on one database, each with connections of its own."""
    opened = [Database(any_database.url.render_as_string(hide_password=False)) for _ in range(2)]
    yield [Limiter(seconds, SharedBook(each, KEY, clock)) for each in opened]
    for each in opened:
        each.close()


@pytest.mark.parametrize("burst", [3, 40])
def test_replicas_share_one_budget(replicas: list[Limiter], seconds: Seconds, clock: Clock, burst: int) -> None:
    allowed = Count("ask 8.8.8.8", Allowance(burst, 1.0))

    def let_through(times: int) -> int:
        return sum(replicas[number % 2].take(allowed) == 0 for number in range(times))

    most = burst + len(replicas) * max(1, burst / SHARE)
    first = let_through(4 * burst)
    seconds.now += burst
    clock.forward(seconds=burst)

    assert burst <= first <= most
    assert first + let_through(4 * burst) <= most + burst  # what was too much is not given again


def test_replicas_whose_clocks_differ_refuse_nobody_for_it(
    any_database: Database, seconds: Seconds, clock: Clock, patient: None
) -> None:
    ahead = SharedBook(any_database, KEY, lambda: clock() + timedelta(hours=1))
    one, other = Limiter(seconds, ahead), Limiter(seconds, SharedBook(any_database, KEY, clock))
    allowed = Count("ask 8.8.8.8", Allowance(20, 1.0))

    for limiter in (one, other):
        for _ in range(allowed.allowance.step):
            assert limiter.take(allowed) == 0.0
    seconds.now += 1.0

    assert other.take(allowed) == 0.0  # the pace goes on; the hour is not waited for


def test_a_sender_who_asks_little_is_never_written_down(any_database: Database, replicas: list[Limiter]) -> None:
    allowed = Count("ask 8.8.8.8", Allowance(150, 0.2))
    for _ in range(14):
        replicas[0].take(allowed)
    with any_database.read() as db:
        before = db.execute(sa.select(kept)).all()

    replicas[0].take(allowed)

    with any_database.read() as db:
        after = db.execute(sa.select(kept)).all()
    assert before == []
    assert len(after) == 1
    assert "8.8.8.8" not in after[0].mark


def test_what_is_full_again_is_forgotten(any_database: Database, replicas: list[Limiter], clock: Clock) -> None:
    for _ in range(4):
        replicas[0].take(Count("soon", Allowance(40, 1.0)))
        replicas[0].take(Count("late", Allowance(40, 9.0)))
    retention = Retention(questions=timedelta(days=30), handoffs=timedelta(days=30))

    clock.forward(seconds=5)
    purge_old(any_database, retention, clock())

    with any_database.read() as db:
        assert [row.full_at for row in db.execute(sa.select(kept))] == [clock() + timedelta(seconds=31)]


class Broken:
    """A book that cannot be written, and counts how often that was tried."""

    tried = 0

    def add(self, owed_s: Mapping[str, float]) -> Mapping[str, float]:
        self.tried += 1
        raise NotReady("the database is away")


def test_without_the_database_each_process_counts_for_itself_and_asks_it_seldom(seconds: Seconds) -> None:
    broken = Broken()
    limiter = Limiter(seconds, broken)

    taken = [limiter.take(Count("a", Allowance(20, 1.0))) for _ in range(21)]
    seconds.now += 6
    limiter.take(Count("a", Allowance(20, 1.0)))

    assert taken == [0.0] * 20 + [1.0]
    assert broken.tried == 2


@pytest.fixture
def instances(
    any_url: str, small: Loaded, small_bot: Bot, clock: Clock, seconds: Seconds, patient: None
) -> Iterator[list[FlaskClient]]:
    """Two instances of the application on one database."""
    houses = []
    for _ in range(2):
        database = open_database(any_url)
        seed_if_empty(database, small, clock.at)
        live = Live(small_bot)
        turns = Turns(database, clock, timedelta(days=30))
        houses.append(
            House(database=database, key=KEY, live=live, follower=Follower(database, live, Shelves()), turns=turns)
        )
    settings = read_settings(
        {"CLINICBOT_RATE_LIMIT": "40", "CLINICBOT_DATABASE_URL": any_url, "CLINICBOT_REPLICAS": "yes"}
    )
    yield [create_app(settings, now=clock, clock=seconds, house=house).test_client() for house in houses]
    for house in houses:
        house.close()


def test_two_instances_on_one_database_hold_an_address_to_one_limit(instances: list[FlaskClient]) -> None:
    def ask(number: int) -> int:
        client = instances[number % 2]
        return client.post("/api/v1/ask", json=ASKED, environ_base={"REMOTE_ADDR": ADDRESS}).status_code

    codes = [ask(number) for number in range(40)]
    grave = instances[0].post(
        "/api/v1/ask", json={"question": "i want to end my life"}, environ_base={"REMOTE_ADDR": ADDRESS}
    )

    assert 20 <= codes.count(200) <= 24
    assert codes[-10:] == [429] * 10
    assert grave.status_code == 200


@pytest.mark.parametrize(
    ("url", "said", "shared"),
    [
        ("sqlite:///a.db", "", False),
        ("postgresql://clinic@host/clinic", "", True),
        ("sqlite:///a.db", "yes", True),
        ("postgresql://clinic@host/clinic", "no", False),
    ],
)
def test_limits_are_shared_where_replicas_are_likely_or_when_told(url: str, said: str, shared: bool) -> None:
    settings = read_settings({"CLINICBOT_DATABASE_URL": url, "CLINICBOT_REPLICAS": said})

    assert settings.has_replicas is shared
