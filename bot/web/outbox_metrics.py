"""Figures of the outbox at /metrics: what waits for each target, what was given up, and how late delivery is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import sqlalchemy as sa
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.errors import NotReady
from bot.store.database import Database
from bot.store.dead_letters import count_by_target, longest_due

_SHOWN = {"waiting": "waiting", "dead": "given_up"}


class OutboxState(Collector):
    """What is looked up when somebody asks for the figures; every process that shares the database says the same."""

    def __init__(self, database: Database, targets: Sequence[str], now: Callable[[], datetime]) -> None:
        self._database, self._targets, self._now = database, targets, now

    def collect(self) -> Iterator[Metric]:
        """The state of this moment; nothing while the database is away, which other figures tell."""
        try:
            with self._database.read() as db:
                counts, due = count_by_target(db), longest_due(db, self._targets)
        except (sa.exc.SQLAlchemyError, NotReady):
            return
        letters = GaugeMetricFamily(
            "clinicbot_outbox", "Messages to be passed on, by target and state.", labels=["target", "state"]
        )
        for (target, state), count in sorted(counts.items()):
            if state in _SHOWN:
                letters.add_metric([target, _SHOWN[state]], count)
        yield letters
        late_s = max(0.0, (self._now() - due).total_seconds()) if due is not None else 0.0
        meaning = "For how long the message due first could have gone to a target that is set up."
        yield GaugeMetricFamily("clinicbot_outbox_late_seconds", meaning, value=late_s)
