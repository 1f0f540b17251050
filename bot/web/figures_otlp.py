"""The figures of /metrics in the shape that an OpenTelemetry collector takes (extra `otel`)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    Gauge,
    Histogram,
    HistogramDataPoint,
    Metric,
    MetricsData,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric as Family
from prometheus_client.samples import Sample

_SINCE_START = AggregationTemporality.CUMULATIVE


def figures_of(registry: CollectorRegistry, resource: Resource, now_ns: int) -> MetricsData:
    """All figures of the registry, as of now."""
    metrics = [metric for family in registry.collect() for metric in _metrics(family, now_ns)]
    scope = ScopeMetrics(InstrumentationScope("clinicbot"), metrics, "")
    return MetricsData([ResourceMetrics(resource, [scope], "")])


def _metrics(family: Family, now_ns: int) -> Iterator[Metric]:
    unit = "s" if family.name.endswith("_seconds") else "1"
    if family.type == "histogram":
        points = [_histogram(samples, now_ns) for samples in _by_labels(family.samples).values()]
        yield Metric(family.name, family.documentation, unit, Histogram(points, _SINCE_START))
        return
    began = {_key(each.labels): each.value for each in family.samples if each.name.endswith("_created")}
    numbers = [
        NumberDataPoint(dict(each.labels), _ns(began.get(_key(each.labels))), now_ns, each.value)
        for each in family.samples
        if not each.name.endswith("_created")
    ]
    data = Sum(numbers, _SINCE_START, is_monotonic=True) if family.type == "counter" else Gauge(numbers)
    yield Metric(family.name, family.documentation, unit, data)


def _histogram(samples: list[Sample], now_ns: int) -> HistogramDataPoint:
    """One set of labels: from counts up to each bound to counts between the bounds."""
    up_to = sorted((float(each.labels["le"]), each.value) for each in samples if each.name.endswith("_bucket"))
    named = {each.name.rpartition("_")[2]: each for each in samples if not each.name.endswith("_bucket")}
    counts = [int(count - before) for (_, count), before in zip(up_to, [0, *(each for _, each in up_to)], strict=False)]
    return HistogramDataPoint(
        attributes=dict(named["count"].labels),
        start_time_unix_nano=_ns(named["created"].value if "created" in named else None),
        time_unix_nano=now_ns,
        count=int(named["count"].value),
        sum=named["sum"].value,
        bucket_counts=counts,
        explicit_bounds=[bound for bound, _ in up_to if not math.isinf(bound)],
        min=math.inf,
        max=-math.inf,
    )


def _by_labels(samples: list[Sample]) -> Mapping[tuple[tuple[str, str], ...], list[Sample]]:
    found: dict[tuple[tuple[str, str], ...], list[Sample]] = {}
    for each in samples:
        found.setdefault(_key({name: value for name, value in each.labels.items() if name != "le"}), []).append(each)
    return found


def _key(labels: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(labels.items()))


def _ns(seconds: float | None) -> int:
    return int((seconds or 0) * 1e9)
