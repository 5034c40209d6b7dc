"""The metrics of what Postgres tells (chat.list_figures): the same from every gateway, so take the largest of them."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from prometheus_client.core import Metric

from gateway.postgres.figures import Figures
from runtime.families import Families


class FigureMetric(NamedTuple):
    """How one figure is told; `grows` for what never goes down."""

    figure: str
    name: str
    text: str
    labels: tuple[str, ...] = ()
    grows: bool = False


FIGURES = (
    FigureMetric("read_only", "database_read_only", "1 if Postgres takes no writes, else 0."),
    FigureMetric("notification_queue", "notify_queue_usage_ratio", "How much of Postgres's queue is used, 0 to 1."),
    FigureMetric("newest_row", "newest_row", "The key of the feed's newest row.", ("feed",)),
    FigureMetric(
        "filters_in_force",
        "filters_in_force",
        "Filters that rooms have, by form: none (filters nothing out), all, or condition.",
        ("feed", "form"),
    ),
    FigureMetric(
        "filters_suspended",
        "filters_suspended",
        "Filters that were set aside since they raised or were too slow, by form.",
        ("feed", "form"),
    ),
    FigureMetric("filters_routed", "filters_routed", "Distinct filters that the router evaluates.", ("feed",)),
    FigureMetric("router_batches", "router_batches", "Batches that the router has seen.", ("feed",), grows=True),
    FigureMetric(
        "router_seconds",
        "router_seconds",
        "Time that the router took, with delivery in Postgres.",
        ("feed",),
        grows=True,
    ),
    FigureMetric("kept_bytes", "kept_bytes", "What a table that grows takes, indexes included.", ("table",)),
    FigureMetric(
        "kept_waiting_seconds",
        "kept_waiting_seconds",
        "Since when nothing of the table can be dropped, as somebody reads it without a pause; 0 if it can.",
        ("table",),
    ),
)
OF_SEVERAL = (FigureMetric("departed_slots", "departed_slots", "Slots that left the server and have not arrived."),)
"""What one of several servers tells beside these."""


def figure_metrics(families: Families, servers: Mapping[str | None, Figures]) -> Iterator[Metric]:
    """All of them that were told of late, and how old they are; of several servers with the server's name."""
    ages = {_labels(name): figures.age for name, figures in servers.items()}
    names = ("server",) if any(ages) else ()
    yield families.gauges("database_figures_age_seconds", "Since the figures of the database were read.", names, ages)
    for figure, name, text, labels, grows in FIGURES + (OF_SEVERAL if names else ()):
        make = families.counters if grows else families.gauges
        values = {
            labelled + _labels(server): value
            for server, figures in servers.items()
            for labelled, value in figures.named(figure).items()
        }
        yield make(name, text, labels + names, values)


def _labels(server: str | None) -> tuple[str, ...]:
    return () if server is None else (server,)
