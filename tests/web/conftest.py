"""Clients of the real application on the shipped knowledge: a patient's, and a staff member's of each role."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from bot.config import Secret, Settings, read_settings
from bot.dialogue.bot import Bot
from bot.faq.files import Loaded
from bot.patients.following import Follower, Shelves
from bot.patients.live import Live
from bot.patients.turns import Turns
from bot.staff.seeding import seed_if_empty
from bot.staff.sessions import open_session
from bot.store.database import Database
from bot.store.staff import add_account, find_account, find_account_of, update_account
from bot.web.app import create_app
from bot.web.gate_process import GATES
from bot.web.opening import House
from bot.web.staff_cookies import masked

TUESDAY_NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PEOPLE = {"editor": "Edda Editor", "clinician": "Cleo Clinician", "admin": "Ada Admin"}


@pytest.fixture(scope="session")
def app(bot: Bot) -> Flask:
    return create_app(read_settings({}), Live(bot), now=lambda: TUESDAY_NOON)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


class Clock:
    """The time of a staff application, moved by tests."""

    def __init__(self) -> None:
        self.at = TUESDAY_NOON

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


class StaffClient(FlaskClient):
    """A browser at the staff area; `post_form` sends what a form of ours would, its mark included."""

    def post_form(
        self, path: str, *, follow_redirects: bool = False, headers: Any = None, **fields: Any
    ) -> TestResponse:
        data = {**fields, "csrf_token": self.csrf()}
        return self.post(path, data=data, follow_redirects=follow_redirects, headers=headers)

    def csrf(self) -> str:
        """The mark of this browser's session; scripts send it as the header X-CSRFToken."""
        with self.session_transaction("/staff/") as session:
            raw = session.setdefault("csrf_token", "c" * 40)
        signer = URLSafeTimedSerializer(self.application.secret_key, salt="wtf-csrf-token")
        return masked(str(signer.dumps(raw)))

    def text(self, path: str) -> str:
        """A page's text."""
        return self.get(path).get_data(as_text=True)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def no_gates(_settings: Settings, _database: Database, _candidate_id: int) -> None:
    """Approving the last revision begins the gates, which take a process and a minute: they are begun, and rest."""


@pytest.fixture
def empty_staff_app(house: House, clock: Clock) -> Flask:
    """The application with a seeded database, before anybody has an account."""
    made = create_app(read_settings({}), now=clock, house=house)
    made.extensions[GATES] = no_gates
    made.test_client_class = StaffClient
    return made


@pytest.fixture
def staff_app(empty_staff_app: Flask, house: House, clock: Clock) -> Flask:
    """The application with a seeded database and an editor, a clinician and an admin, all with two-step sign-in."""
    for role, name in PEOPLE.items():
        add_person(house.database, name, role, clock.at)
    return empty_staff_app


@pytest.fixture
def visitor(staff_app: Flask) -> FlaskClient:
    """A browser at the staff area that is not signed in."""
    return staff_app.test_client()


@pytest.fixture
def sign_in(staff_app: Flask, house: House, clock: Clock) -> Callable[[str], FlaskClient]:
    """`sign_in("editor")` gives a browser with a full session of that role, without the cost of passwords."""

    def enter(role: str) -> FlaskClient:
        client = staff_app.test_client()
        with house.database.change() as db:
            account = find_account_of(db, f"{role}@clinic.test")
            assert account is not None
            token = open_session(db, account, "full", clock.at)
        with client.session_transaction("/staff/") as session:
            session["token"] = token
        return client

    return enter


@pytest.fixture
def small_house(database: Database, small: Loaded, small_bot: Bot) -> Iterator[House]:
    """A database seeded with a small release, and that release live."""
    seed_if_empty(database, small, TUESDAY_NOON)
    live = Live(small_bot)
    turns = Turns(database, lambda: TUESDAY_NOON, timedelta(days=30))
    follower = Follower(database, live, Shelves())
    yield House(database=database, key=Secret("k" * 40), live=live, follower=follower, turns=turns)
    turns.close()


def add_person(database: Database, name: str, role: str, at: datetime) -> int:
    """An account that no password opens; its id."""
    with database.change() as db:
        email = f"{role}@clinic.test"
        user_id = add_account(db, email=email, name=name, roles=frozenset({role}), password_hash="!", at=at)
        update_account(db, user_id, confirmed_at=at)
        assert find_account(db, user_id) is not None
    return user_id


def links_in(page: str) -> list[str]:
    """The one-time links that a page shows."""
    return re.findall(r"/staff/(?:setup|invite|reset)/[\w-]+", page)
