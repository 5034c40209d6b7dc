"""Which tests must not be run again when they have failed."""

import random
from types import ModuleType

import hypothesis


def draws_its_input(module: ModuleType) -> bool:
    """Whether a test module uses Hypothesis, or the random numbers that nobody gave a seed."""
    names = vars(module)
    return names.get("given") is hypothesis.given or names.get("random") is random
