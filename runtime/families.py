"""Metrics of one part, as Prometheus's client library takes them from a collector: of plain numbers, when asked for.

Names and units follow Prometheus's rules for naming (https://prometheus.io/docs/practices/naming): base units, `_total`
behind what only grows, no label whose values users choose. docs/metrics.md lists all; a test compares.
"""

from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from platform import python_version
from typing import Any

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from runtime.histogram import Histogram
from runtime.logs import LINES

Labels = tuple[str, ...]
Values = Mapping[Any, float]
"""By the values of the labels, each a tuple of texts."""


class Families:
    """Makes metrics whose names begin with the part's prefix."""

    def __init__(self, part: str) -> None:
        self._prefix = f"edgechat_{part}_"

    def counter(self, name: str, text: str, value: float) -> Metric:
        """What only grows; the name is without `_total`."""
        return CounterMetricFamily(self._prefix + name, text, value=value)

    def counters(self, name: str, text: str, labels: Labels, values: Values) -> Metric:
        """The same, with a value for each of some labels' values."""
        return _filled(CounterMetricFamily(self._prefix + name, text, labels=labels), values)

    def gauge(self, name: str, text: str, value: float) -> Metric:
        """What goes up and down."""
        return GaugeMetricFamily(self._prefix + name, text, value=value)

    def gauges(self, name: str, text: str, labels: Labels, values: Values) -> Metric:
        """The same, with a value for each of some labels' values."""
        return _filled(GaugeMetricFamily(self._prefix + name, text, labels=labels), values)

    def histogram(self, name: str, text: str, histogram: Histogram) -> Metric:
        """How much of what size."""
        return HistogramMetricFamily(self._prefix + name, text, buckets=histogram.buckets(), sum_value=histogram.sum)

    def of_every_part(self, complaints: Iterable[str]) -> list[Metric]:
        """What is told of each process: its version, whether it is ready, how much it logs."""
        info = {(_version(), python_version()): 1.0}
        return [
            self.gauges("build_info", "1, with the version that runs.", ("version", "python_version"), info),
            self.gauge("ready", "1 if /readyz answers 200, else 0.", not any(complaints)),
            self.counters(
                "log_events",
                "What was logged, by level, with what was not written since it had been a moment before.",
                ("level",),
                {(level,): times for level, times in LINES.items()},
            ),
        ]


def make_registry(collector: Collector) -> CollectorRegistry:
    """The metrics of a part, and those of any process: its processor time, memory, files."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(collector)
    ProcessCollector(registry=registry)
    return registry


def _filled(family: CounterMetricFamily | GaugeMetricFamily, values: Values) -> Metric:
    for labels, value in values.items():
        family.add_metric(labels, value)
    return family


def _version() -> str:
    try:
        return version("edge-chatroom")
    except PackageNotFoundError:
        return "unknown"
