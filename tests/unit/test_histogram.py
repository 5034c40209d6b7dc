"""Histograms count what they are given, one by one or many at once, and add up."""

from random import Random

from runtime.histogram import LATENCIES, Histogram


def test_bounds_are_inclusive() -> None:
    """As Prometheus has it: `le` is at most."""
    histogram = Histogram((1, 2))
    for value in (0, 1, 1.5, 2, 3, -1):
        histogram.observe(value)
    assert histogram.buckets() == [("1.0", 3), ("2.0", 5), ("+Inf", 6)]
    assert (histogram.count, histogram.sum) == (6, 7.5)


def test_many_at_once_are_as_one_by_one() -> None:
    """In any order, some of them in the future, and none."""
    random = Random(1)
    now = 1_000.0
    for count in (0, 1, 5_000):
        one, many = Histogram(), Histogram()
        began = [now - random.choice((0.001, 1, 10, 100, -1)) * random.random() for _ in range(count)]
        for moment in began:
            one.observe(now - moment)
        many.observe_since(began, now)
        assert many.buckets() == one.buckets()
        assert many.count == count
        assert abs(many.sum - one.sum) < 1e-6
    assert len(one.buckets()) == len(LATENCIES) + 1
