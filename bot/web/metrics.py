"""Figures for Prometheus at /metrics: what was answered, how surely, how soon; never a word of a question."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime

from flask import Flask, Response, abort, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.config import Settings
from bot.patients.live import Live
from bot.patients.turns import Turns
from bot.reply.types import Reply
from bot.store.database import Database
from bot.web.limits import Places
from bot.web.probes import may_read_figures

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_CONFIDENCE = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """What this process counts. Its labels are words of our own, each from a short list."""

    def __init__(self) -> None:
        self.registry = mine = CollectorRegistry()
        self._replies = Counter("clinicbot_replies", "Replies by outcome.", ["outcome", "channel"], registry=mine)
        self._triage = Counter("clinicbot_triage", "Findings of safety rules by level.", ["level"], registry=mine)
        self._confidence = Histogram(
            "clinicbot_reply_confidence", "How sure the leading part was.", buckets=_CONFIDENCE, registry=mine
        )
        self._reply_s = Histogram("clinicbot_reply_seconds", "Time to find a reply.", buckets=_SECONDS, registry=mine)
        self._requests = Counter(
            "clinicbot_requests", "Requests by route.", ["method", "route", "status"], registry=mine
        )
        self._request_s = Histogram(
            "clinicbot_request_seconds", "Time to serve a request.", ["route"], buckets=_SECONDS, registry=mine
        )
        self._held_back = Counter("clinicbot_held_back", "Requests not served, by reason.", ["reason"], registry=mine)
        ProcessCollector(registry=self.registry)

    def heard(self, reply: Reply, channel: str, took_s: float) -> None:
        """Count a reply."""
        self._replies.labels(reply.outcome.word, channel).inc()
        self._reply_s.observe(took_s)
        if (confidence := reply.leading.confidence) is not None:
            self._confidence.observe(confidence)
        for part in reply.parts:
            if part.safety:
                self._triage.labels(part.safety.level).inc()

    def held_back(self, reason: str) -> None:
        """Count a request that was not served."""
        self._held_back.labels(reason).inc()

    def served(self, method: str, route: str, status: int, took_s: float) -> None:
        """Count a request; `route` is the rule, never the path."""
        self._requests.labels(method if method in METHODS else "other", route, str(status)).inc()
        self._request_s.labels(route).observe(took_s)


METHODS = ("GET", "POST", "HEAD", "DELETE", "PUT", "PATCH", "OPTIONS")


class State(Collector):
    """What is looked up when somebody asks for the figures."""

    def __init__(
        self,
        live: Live,
        turns: Turns | None,
        places: Places | None,
        now: Callable[[], datetime],
        database: Database | None = None,
    ) -> None:
        self._live, self._turns, self._places, self._now = live, turns, places, now
        self._database = database

    def collect(self) -> Iterator[Metric]:
        """The state of this moment."""
        bot = self._live.bot
        yield _gauge("clinicbot_ready", "1 when there is a release to answer from.", float(bot is not None))
        yield _gauge("clinicbot_release_refused", "1 when a newer release cannot be served.", bool(self._live.trouble))
        if bot is not None:
            age_s = (self._now() - bot.release.published_at).total_seconds()
            yield _gauge("clinicbot_release_number", "The release that patients are answered from.", bot.release.number)
            yield _gauge("clinicbot_release_age_seconds", "Since that release was made.", age_s)
            yield _gauge("clinicbot_by_meaning", "1 when the encoder works, 0 by words alone.", bot.matcher.by_meaning)
        if self._turns is not None:
            yield _gauge("clinicbot_turns_waiting", "Turns not yet stored.", self._turns.waiting)
            given_up = CounterMetricFamily("clinicbot_turns_given_up", "Turns that could not be stored.")
            given_up.add_metric([], self._turns.given_up)
            yield given_up
        if self._places is not None:
            yield _gauge("clinicbot_at_work", "Patients' requests at work.", self._places.at_work)
            yield _gauge("clinicbot_waiting", "Patients' requests waiting for their turn.", self._places.waiting)
        if self._database is not None:
            answers = float(not self._database.trouble())
            yield _gauge("clinicbot_database_up", "1 when the database answers.", answers)


def count_requests(app: Flask, metrics: Metrics) -> None:
    """Count every request from now on."""

    @app.after_request
    def count(response: Response) -> Response:
        took_s = time.perf_counter() - g.get("began", time.perf_counter())
        metrics.served(request.method, str(request.url_rule or "-"), response.status_code, took_s)
        return response


def show_metrics(app: Flask, settings: Settings, metrics: Metrics) -> None:
    """Serve the figures to whoever the settings let see them."""

    def figures() -> Response:
        if not may_read_figures(settings):
            abort(401, "The figures are shown to who has the token.")
        return Response(generate_latest(metrics.registry), content_type=_TYPE)

    app.add_url_rule("/metrics", "metrics", figures)


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=float(value))
