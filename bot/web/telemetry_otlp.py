"""Traces and figures for an OpenTelemetry collector (extra `otel`): a span for each request, and what /metrics shows.

Spans are made here and not by an instrumentation, because those write down paths, queries, addresses and the text of
errors. A span holds the method, the route, the status, the request's id, and of a reply its outcome, channel and time.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from flask import Flask, Response, g, request
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics.export import MetricExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import SpanKind, StatusCode, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import CollectorRegistry

from bot.config import Settings
from bot.reply.types import Reply
from bot.web.figures_otlp import figures_of
from bot.web.metrics import METHODS

FIGURES_EVERY_S = 60.0


@dataclass(frozen=True, slots=True)
class Exporters:
    """Where spans and figures go."""

    spans: SpanExporter
    figures: MetricExporter


def exporters_to(url: str) -> Exporters:
    """To the collector at `url` (OTLP over HTTP); the standard OTEL_EXPORTER_OTLP_* variables say the rest."""
    return Exporters(OTLPSpanExporter(endpoint=f"{url}/v1/traces"), OTLPMetricExporter(endpoint=f"{url}/v1/metrics"))


class Tracing:
    """Makes a span of each request, and sends the figures of `registry` each minute."""

    def __init__(
        self, app: Flask, settings: Settings, registry: CollectorRegistry, exporters: Exporters, version: str
    ) -> None:
        self._resource = Resource.create({"service.name": "clinicbot", "service.version": version})
        self._provider = TracerProvider(resource=self._resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporters.spans))
        self._tracer = self._provider.get_tracer("clinicbot", version)
        self._registry, self._exporter = registry, exporters.figures
        self._believes_callers = settings.trusted_proxies > 0
        self._end = threading.Event()
        app.before_request(self._begin_span)
        app.after_request(self._note_status)
        app.teardown_request(self._end_span)
        self._sender = threading.Thread(target=self._send_on, name="figures", daemon=True)
        self._sender.start()

    def heard(self, reply: Reply, channel: str, took_s: float) -> None:
        """Note a reply in the request's span, and a span of its own for the time that it took."""
        span = g.get("span")
        if span is None:
            return
        now_ns = time.time_ns()
        words = {
            "clinicbot.outcome": reply.outcome.word,
            "clinicbot.channel": channel,
            "clinicbot.release": str(reply.release),
        }
        child = self._tracer.start_span(
            "find a reply", set_span_in_context(span), attributes=words, start_time=now_ns - int(took_s * 1e9)
        )
        child.end(now_ns)
        span.set_attributes(words)

    def send_figures(self) -> None:
        """Send the figures of this moment."""
        self._exporter.export(figures_of(self._registry, self._resource, time.time_ns()))

    def close(self) -> None:
        """Send what waits, and end."""
        self._end.set()
        self._provider.shutdown()
        self._exporter.shutdown()

    def _begin_span(self) -> None:
        method, route = request.method if request.method in METHODS else "other", str(request.url_rule or "-")
        parent = None
        if self._believes_callers and (said := request.headers.get("traceparent")):
            parent = TraceContextTextMapPropagator().extract({"traceparent": said})  # no tracestate: it takes any text
        words = {"http.request.method": method, "http.route": route, "clinicbot.request_id": g.get("request_id", "")}
        g.span = self._tracer.start_span(f"{method} {route}", parent, SpanKind.SERVER, words)

    def _note_status(self, response: Response) -> Response:
        if (span := g.get("span")) is not None:
            span.set_attribute("http.response.status_code", response.status_code)
            if response.status_code >= 500:
                span.set_status(StatusCode.ERROR)
        return response

    def _end_span(self, error: BaseException | None) -> None:
        if (span := g.pop("span", None)) is not None:
            if error is not None:
                span.set_attribute("error.type", type(error).__name__)
            span.end()

    def _send_on(self) -> None:
        while not self._end.wait(FIGURES_EVERY_S):
            self.send_figures()
