"""Which PostgreSQL a test runs on, where the newest is not enough."""

import pytest

mostly_newest = pytest.mark.parametrize("postgres_version", [18, pytest.param(16, marks=pytest.mark.slow)])
"""For long runs, and random ones: what differs between the versions is seen in shorter tests, too."""
