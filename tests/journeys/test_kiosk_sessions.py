"""A hundred random visits to the kiosk, each of which must end clean; `benchmarks/kiosk_sessions.py` does any number."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from journeys.kiosk import Visitor
from journeys.kiosk_sessions import machine_of

from bot.store.visits import list_turns
from bot.web.opening import House

pytestmark = pytest.mark.browser

VISITS = 100


def test_random_visits_each_end_clean(
    come: Callable[..., Visitor], house: House, staff_server: tuple[Flask, str]
) -> None:
    visitor = come(at=staff_server[1])
    chat = staff_server[0].extensions["clinicbot"].chat
    visits = []

    def assert_forgotten() -> None:
        house.turns.flush()
        with house.database.read() as db:
            assert list_turns(db) == ()
        assert not any(chat.forget(talk) for talk in visitor.talks)

    machine = machine_of(visitor, assert_forgotten, lambda: visits.append(1))
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=VISITS,
            phases=[Phase.generate],
            stateful_step_count=10,
            derandomize=True,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )

    assert len(visits) >= VISITS
    assert len(visitor.asked) >= VISITS / 4
