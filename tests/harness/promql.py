"""What expressions in PromQL name, read by the parser of promql-parser: metrics, labels, aggregations."""

from dataclasses import dataclass, field

import promql_parser
from promql_parser import AggregateExpr, BinaryExpr, Call, Expr, VectorSelector

from harness.metric_table import documented

RATE_INTERVAL = "$__rate_interval"
"""Grafana's variable for a window that fits the time between two scrapes."""
TARGET_LABELS = {"job", "instance"}
"""What Prometheus adds to each series that it takes."""
OWN_METRICS = {"up": set[str](), "ALERTS": {"alertname", "alertstate"}}
"""Of Prometheus itself."""
PARTS_OF_HISTOGRAMS = ("_bucket", "_count", "_sum")


@dataclass
class Named:
    """What an expression names; each metric with the aggregations around it, the innermost last."""

    metrics: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    # Labels, and the metrics that must have them.
    labels: list[tuple[str, set[str]]] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        """All metrics."""
        return {name for name, _ in self.metrics}


def read(expression: str) -> Named:
    """What it names. Raises ValueError for what is no PromQL, wrong types of arguments included."""
    named = Named()
    _visit(_parse(expression), (), named)
    return named


def _parse(expression: str) -> Expr:
    tree: Expr = promql_parser.parse(expression.replace(RATE_INTERVAL, "1m"))
    return tree


def _visit(node: Expr, around: tuple[str, ...], named: Named) -> set[str]:
    """Notes what a node names; the metrics below it."""
    if isinstance(node, AggregateExpr):
        around = (*around, str(node.op))
    below: set[str] = set()
    for child in _children(node):
        below |= _visit(child, around, named)
    if isinstance(node, VectorSelector):
        assert node.name, "a selector without a name"
        below.add(node.name)
        named.metrics.append((node.name, around))
        named.labels += [(matcher.name, {node.name}) for matcher in node.matchers.matchers]
    if isinstance(node, AggregateExpr) and node.modifier:
        named.labels += [(label, below) for label in node.modifier.labels]
    if isinstance(node, BinaryExpr) and node.modifier and node.modifier.matching:
        named.labels += [(label, below) for label in node.modifier.matching.labels]
    return below


def _children(node: Expr) -> list[Expr]:
    found = [getattr(node, name, None) for name in ("lhs", "rhs", "expr", "vector_selector", "param")]
    return [child for child in (*found, *(getattr(node, "args", None) or ())) if isinstance(child, Expr)]


def labels_of(metric: str) -> set[str] | None:
    """The labels that a metric has in Prometheus; None if no part and not Prometheus tells it."""
    if metric in OWN_METRICS:
        return OWN_METRICS[metric] | TARGET_LABELS
    table = documented()
    if metric in table and table[metric][0] != "histogram":
        return table[metric][2] | TARGET_LABELS
    for part in PARTS_OF_HISTOGRAMS:
        name = metric.removesuffix(part)
        if name != metric and name in table and table[name][0] == "histogram":
            return table[name][2] | TARGET_LABELS | ({"le"} if part == "_bucket" else set())
    return None


def result_labels(expression: str) -> set[str]:
    """The labels that each series of the result has."""
    return _result(_parse(expression)) or set()


def _result(node: Expr) -> set[str] | None:
    """The same for a part of an expression; None for a number."""
    if isinstance(node, VectorSelector):
        return labels_of(node.name or "")
    if isinstance(node, AggregateExpr):
        if not node.modifier:
            return set()
        named = set(node.modifier.labels)
        return named if "By" in str(node.modifier.type) else (_result(node.expr) or set()) - named
    if isinstance(node, Call) and node.func.name in ("absent", "vector"):
        return set()
    found = [labels for child in _children(node) if (labels := _result(child)) is not None]
    # Both sides' series are in the result of `or`; of other operations the left one's.
    if isinstance(node, BinaryExpr) and str(node.op) == "or":
        return set.intersection(*found)
    if isinstance(node, Call) and node.func.name == "histogram_quantile":
        return found[0] - {"le"}
    return found[0] if found else None


def complaints(expression: str) -> list[str]:
    """What is named that there is not."""
    named = read(expression)
    found = [f"no metric {name}" for name in sorted(named.names) if labels_of(name) is None]
    found += [
        f"no label {label} of {name}"
        for label, names in named.labels
        for name in sorted(names)
        if label not in (labels_of(name) or {label})
    ]
    return found
