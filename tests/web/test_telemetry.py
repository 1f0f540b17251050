"""What is told to collectors and to Sentry: what happened and how long it took, never what was typed, on any route."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from web.test_nothing_told import CANARY, visit_everything

from bot.config import read_settings
from bot.errors import SettingError
from bot.web import telemetry
from bot.web.app import create_app
from bot.web.opening import House

COLLECTOR = {"CLINICBOT_OTLP_URL": "http://127.0.0.1:9/otlp/"}
SENTRY = {"CLINICBOT_SENTRY_DSN": "https://key@sentry.clinic.example/1"}
SAMPLED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Told:
    """What a collector was sent: spans, and figures by name."""

    def __init__(self, tracing: Any, spans: Any, figures: list[Any]) -> None:
        self._tracing, self._spans, self._figures = tracing, spans, figures

    def spans(self) -> list[dict[str, Any]]:
        """Each span as JSON."""
        self._tracing._provider.force_flush()
        return [json.loads(each.to_json()) for each in self._spans.get_finished_spans()]

    def figures(self) -> dict[str, Any]:
        """The figures of this moment, by name, as JSON."""
        self._tracing.send_figures()
        scope = json.loads(self._figures[-1].to_json())["resource_metrics"][0]["scope_metrics"][0]
        return {each["name"]: each["data"] for each in scope["metrics"]}


@pytest.fixture
def otlp(missing: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> Any:
    """The part that talks to collectors, into memory."""
    try:
        sdk = import_module("opentelemetry.sdk.metrics.export")
        memory = import_module("opentelemetry.sdk.trace.export.in_memory_span_exporter")
        telemetry_otlp = import_module("bot.web.telemetry_otlp")
    except ModuleNotFoundError:
        missing("the extra is not installed: pip install 'clinicbot[otel]'")

    class Kept(sdk.MetricExporter):  # type: ignore[misc,name-defined]
        """Keeps what it is given."""

        def __init__(self) -> None:
            super().__init__()
            self.given: list[Any] = []

        def export(self, metrics_data: Any, timeout_millis: float = 0, **_more: Any) -> Any:
            self.given.append(metrics_data)
            return sdk.MetricExportResult.SUCCESS

        def force_flush(self, timeout_millis: float = 0) -> bool:
            return True

        def shutdown(self, timeout_millis: float = 0, **_more: Any) -> None:
            pass

    made = telemetry_otlp.Exporters(memory.InMemorySpanExporter(), Kept())
    made_of, tracings = telemetry_otlp.Tracing, []

    def watched(*given: Any) -> Any:
        tracings.append(made_of(*given))
        return tracings[-1]

    monkeypatch.setattr(telemetry_otlp, "exporters_to", lambda url: made)
    monkeypatch.setattr(telemetry_otlp, "Tracing", watched)
    return made, tracings


@pytest.fixture
def observe(otlp: Any, small_house: House) -> Iterator[Callable[..., tuple[Flask, Told]]]:
    """`observe(SETTING="value")` gives an application, and what its collector was sent."""
    apps: list[Flask] = []

    def begin(**settings: str) -> tuple[Flask, Told]:
        apps.append(create_app(read_settings(COLLECTOR | settings), house=small_house))
        exporters, tracings = otlp
        return apps[-1], Told(tracings[-1], exporters.spans, exporters.figures.given)

    yield begin
    for app in apps:
        app.extensions["clinicbot.telemetry"].close()


def test_a_request_is_a_span_with_what_was_answered_and_how_long_it_took(
    observe: Callable[..., tuple[Flask, Told]],
) -> None:
    app, told = observe()
    response = app.test_client().post("/api/v1/ask", json={"question": "what helps dry lips"})

    found, whole = told.spans()

    assert whole["name"] == "POST /api/v1/ask"
    assert whole["attributes"]["http.response.status_code"] == 200
    assert whole["attributes"]["clinicbot.outcome"] == response.get_json()["outcome"]
    assert whole["attributes"]["clinicbot.request_id"] == response.headers["X-Request-Id"]
    assert found["name"] == "find a reply"
    assert found["parent_id"] == whole["context"]["span_id"]
    assert whole["resource"]["attributes"]["service.name"] == "clinicbot"


def test_the_figures_are_those_that_prometheus_reads(observe: Callable[..., tuple[Flask, Told]]) -> None:
    app, told = observe()
    client = app.test_client()
    for _ in range(3):
        client.post("/api/v1/ask", json={"question": "what helps dry lips"})

    figures = told.figures()

    (replies,) = figures["clinicbot_replies"]["data_points"]
    assert (replies["value"], replies["attributes"]["channel"]) == (3, "api")
    assert figures["clinicbot_replies"]["is_monotonic"]
    assert figures["clinicbot_ready"]["data_points"][0]["value"] == 1
    (took,) = figures["clinicbot_reply_seconds"]["data_points"]
    assert took["count"] == sum(took["bucket_counts"]) == 3
    assert len(took["bucket_counts"]) == len(took["explicit_bounds"]) + 1
    assert client.get("/metrics").status_code == 404


def test_no_route_tells_a_collector_what_was_typed(observe: Callable[..., tuple[Flask, Told]]) -> None:
    app, told = observe(CLINICBOT_TRUSTED_PROXIES="1")
    client = app.test_client()
    client.get("/", headers={"traceparent": SAMPLED, "tracestate": f"k={CANARY}", "baggage": f"k={CANARY}"})

    assert visit_everything(client) > 50
    spans = told.spans()

    assert len(spans) > 50
    assert CANARY not in json.dumps(spans)
    assert CANARY not in json.dumps(told.figures())


@pytest.mark.parametrize(("proxies", "followed"), [("0", False), ("1", True)])
def test_a_trace_goes_on_from_our_own_proxy_only(
    observe: Callable[..., tuple[Flask, Told]], proxies: str, followed: bool
) -> None:
    app, told = observe(CLINICBOT_TRUSTED_PROXIES=proxies)
    app.test_client().get("/healthz", headers={"traceparent": SAMPLED})

    (span,) = told.spans()

    assert (SAMPLED.split("-")[1] in span["context"]["trace_id"]) is followed


@pytest.fixture
def faults(missing: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What Sentry is sent."""
    try:
        transport = import_module("sentry_sdk.transport")
        telemetry_sentry = import_module("bot.web.telemetry_sentry")
    except ModuleNotFoundError:
        missing("the extra is not installed: pip install 'clinicbot[sentry]'")
    sent: list[Any] = []

    class Kept(transport.Transport):  # type: ignore[misc,name-defined]
        """Keeps what it is given."""

        def capture_envelope(self, envelope: Any) -> None:
            sent.extend(item.payload.json for item in envelope.items)

    made_of = telemetry_sentry.Faults
    monkeypatch.setattr(telemetry_sentry, "Faults", lambda dsn, version: made_of(dsn, version, Kept()))
    return sent


def test_sentry_is_told_what_broke_and_where_but_not_with_what(
    faults: list[Any], small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(read_settings(SENTRY), house=small_house)
    client = app.test_client()

    class Broken:
        """A bot whose every fault repeats what it was given."""

        release = small_house.live.require().release

        def __getattr__(self, name: str) -> object:
            def fail(*given: object, **named: object) -> None:
                try:
                    raise KeyError(f"{CANARY} {given}")
                except KeyError as error:
                    raise ValueError(f"{CANARY} {name} {given} {named}") from error

            return fail

    small_house.live.swap(Broken())  # type: ignore[arg-type]
    for body in ({"data": {"question": f"my {CANARY} aches"}}, {"json": {"question": f"my {CANARY} aches"}}):
        assert client.post("/api/v1/ask", query_string={"q": CANARY}, **body).status_code in (415, 503)
    visit_everything(client)
    app.extensions["clinicbot.telemetry"].close()

    assert len(faults) > 3
    first = faults[0]
    assert first["transaction"] == "/api/v1/ask"
    assert [each["type"] for each in first["exception"]["values"]] == ["KeyError", "ValueError"]
    frames = first["exception"]["values"][1]["stacktrace"]["frames"]
    assert any(frame["module"] == "bot.patients.chat" and frame["lineno"] for frame in frames)
    assert CANARY not in json.dumps(faults)


def test_sentry_hears_nothing_when_nothing_breaks(faults: list[Any], small_house: House) -> None:
    app = create_app(read_settings(SENTRY), house=small_house)
    client = app.test_client()
    client.post("/api/v1/ask", json={"question": f"my {CANARY} aches"})
    client.get(f"/answers/{CANARY}")
    app.extensions["clinicbot.telemetry"].close()

    assert faults == []


def test_what_is_off_costs_nothing_not_even_an_import() -> None:
    program = (
        "import sys; from bot.web import app; from bot.config import read_settings; from bot.patients.live import Live;"
        "app.create_app(read_settings({}), Live(None, 'none')); print([n for n in sys.modules if n.split('.')[0] in"
        " ('opentelemetry', 'sentry_sdk', 'requests')])"
    )
    root = Path(__file__).parent.parent.parent
    said = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True).stdout

    assert said.strip() == "[]"


@pytest.mark.parametrize(
    ("settings", "module", "named"),
    [(COLLECTOR, "bot.web.telemetry_otlp", "otel"), (SENTRY, "bot.web.telemetry_sentry", "sentry")],
)
def test_a_setting_without_its_extra_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, small_house: House, settings: dict[str, str], module: str, named: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.delattr(telemetry.__package__ + "." + module.rpartition(".")[2], raising=False)

    with pytest.raises(SettingError, match=rf"clinicbot\[{named}\]"):
        create_app(read_settings(settings), house=small_house)


@pytest.mark.parametrize(
    "wrong",
    [
        {"CLINICBOT_OTLP_URL": "collector:4318"},
        {"CLINICBOT_OTLP_URL": "http://collector:4318?x=1"},
        {"CLINICBOT_SENTRY_DSN": "https://sentry.clinic.example/1"},
        {"CLINICBOT_SENTRY_DSN": "https://secret-key@sentry.clinic.example/"},
    ],
)
def test_a_wrong_setting_is_named_and_not_repeated(wrong: dict[str, str]) -> None:
    (name, value), *_ = wrong.items()
    with pytest.raises(SettingError, match=name) as caught:
        read_settings(wrong)

    assert value not in str(caught.value)
