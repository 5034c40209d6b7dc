"""The rules by which alerts and dashboard are checked find what is wrong."""

import pytest

from harness.promql import complaints, read, result_labels


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("edgechat_bridge_rowz_total", ["no metric edgechat_bridge_rowz_total"]),
        ("rate(edgechat_bridge_rows_total{room='3'}[1m])", ["no label room of edgechat_bridge_rows_total"]),
        ("sum by (kind) (edgechat_bridge_rows_total)", ["no label kind of edgechat_bridge_rows_total"]),
        ("up and on (feed) up", ["no label feed of up"]),
        ("edgechat_bridge_batch_rows", ["no metric edgechat_bridge_batch_rows"]),
        ("edgechat_bridge_batches_total_sum", ["no metric edgechat_bridge_batches_total_sum"]),
        ("sum by (le) (edgechat_bridge_batch_rows_sum)", ["no label le of edgechat_bridge_batch_rows_sum"]),
        ("sum by (le) (rate(edgechat_bridge_batch_rows_bucket[$__rate_interval])) > 1", []),
        ('max by (feed, instance) (edgechat_bridge_rows_total{job="bridge"}) or up', []),
    ],
)
def test_what_there_is_not_is_found(expression: str, found: list[str]) -> None:
    """Metrics and labels."""
    assert complaints(expression) == found


@pytest.mark.parametrize("expression", ["sum(up", "rate(up)", "sum by (le) rate(up[5m])", "up[1m] > 0", "nonsense(up)"])
def test_what_is_no_promql_is_refused(expression: str) -> None:
    """By its grammar, or by the types of arguments."""
    with pytest.raises(ValueError, match=r"\w"):
        read(expression)


def test_aggregations_around_a_metric_are_told() -> None:
    """The innermost last."""
    assert read("sum(max by (job) (rate(up[1m]))) / count(ALERTS)").metrics == [
        ("up", ("sum", "max")),
        ("ALERTS", ("count",)),
    ]


@pytest.mark.parametrize(
    ("expression", "labels"),
    [
        ("up > 0", {"job", "instance"}),
        ("sum(up)", set()),
        ("absent(up == 1)", set()),
        ("60 * sum by (feed) (rate(edgechat_bridge_rows_total[1m]))", {"feed"}),
        ("sum without (feed) (edgechat_bridge_rows_total)", {"job", "instance"}),
        ("edgechat_bridge_rows_total or up", {"job", "instance"}),
        ("edgechat_bridge_rows_total and on (job) sum by (job) (up)", {"job", "instance", "feed"}),
        ("histogram_quantile(0.9, sum by (le, job) (rate(edgechat_bridge_batch_rows_bucket[1m])))", {"job"}),
    ],
)
def test_the_labels_of_the_result_are_told(expression: str, labels: set[str]) -> None:
    """As far as all series have them."""
    assert result_labels(expression) == labels
