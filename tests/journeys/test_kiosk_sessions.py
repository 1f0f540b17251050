"""A hundred random visits to the kiosk, each of which must end clean; `benchmarks/kiosk_sessions.py` does more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from journeys.kiosk import Visitor
from journeys.kiosk_sessions import machine_of

from bot.web.opening import House

pytestmark = pytest.mark.browser

VISITS = 24


def test_random_visits_each_end_clean(
    come: Callable[..., Visitor], house: House, staff_server: tuple[Flask, str]
) -> None:
    visitor = come(at=staff_server[1])
    visits: list[int] = []
    machine = machine_of(visitor, house, staff_server[0].extensions["clinicbot"].chat, lambda: visits.append(1))
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=VISITS,
            phases=[Phase.generate],
            stateful_step_count=8,
            derandomize=True,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )

    assert len(visits) >= VISITS
    assert len(visitor.asked) >= VISITS / 4
