"""Finds what a unit of work costs each part, out of measured loads."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.scale.work import DOES, Constants, Work

LEAST_SECONDS = 1e-3
"""A part that used less in a load tells nothing of its costs."""


@dataclass(frozen=True, slots=True)
class Observation:
    """A load on one server: what there was to do, and how much processor time each part spent on it."""

    work: Work
    spent: dict[str, float]


def fit(observations: Sequence[Observation]) -> Constants:
    """The constants that differ least from what was measured, in proportion to it."""
    return {part: _fit_part(part, observations) for part in DOES}


def _fit_part(part: str, observations: Sequence[Observation]) -> dict[str, float]:
    units = list(DOES[part])
    told = [each for each in observations if each.spent[part] >= LEAST_SECONDS]
    spent = np.array([each.spent[part] for each in told])
    work = np.array([each.work.of(units) for each in told])
    return dict(zip(units, _least_squares(work / spent[:, None]), strict=True))


def _least_squares(shares: np.ndarray) -> list[float]:
    """Costs, none below zero, with which each row of shares sums up to about one.

    Whatever comes out below zero is left out, the lowest first, and the rest is found anew.
    """
    scale = np.maximum(np.abs(shares).max(axis=0), 1e-300)
    used = list(range(shares.shape[1]))
    while True:
        found = np.linalg.lstsq(shares[:, used] / scale[used], np.ones(len(shares)), rcond=None)[0]
        if found.min() >= 0:
            costs = np.zeros(shares.shape[1])
            costs[used] = found / scale[used]
            return [float(each) for each in costs]
        used.pop(int(found.argmin()))
