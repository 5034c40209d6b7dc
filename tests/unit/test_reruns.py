"""CI tries a test once more that failed, but none that would be tried on other input: that would hide the failure."""

import random
from types import ModuleType

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.reruns import draws_its_input


@given(st.integers())
def test_a_test_that_draws_its_input_is_not_rerun(request: pytest.FixtureRequest, number: int) -> None:
    """Whatever `--reruns` says: the mark goes before it."""
    marker = request.node.get_closest_marker("flaky")
    assert marker is not None
    assert marker.kwargs == {"reruns": 0}


@pytest.mark.parametrize(
    ("names", "draws"),
    [
        ({"given": hypothesis.given}, True),
        ({"random": random}, True),
        ({"Random": random.Random}, False),
        ({"pytest": pytest}, False),
    ],
)
def test_hypothesis_and_numbers_without_a_seed_are_random_input(names: dict[str, object], draws: bool) -> None:
    """Numbers with a seed are the same in every run."""
    module = ModuleType("test_something")
    vars(module).update(names)
    assert draws_its_input(module) is draws
