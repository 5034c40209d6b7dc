"""Faults of every kind one after the other."""

import pytest

from faults.conftest import PATIENCE
from faults.soak import run


@pytest.mark.slow
async def test_after_one_fault_of_each_kind_all_accounts_agree() -> None:
    """Under load: stream, rows, logs, and what every member got."""
    outcome = await run(seconds=10, rate=50, members=20, pause=0.3, patience=PATIENCE, length=0.3)
    print(outcome)
    assert outcome.failures == []
    assert outcome.differing(lost=0, stored_twice=0, comments_twice=0, left_behind=0, gaps=0, doubles=0, ghosts=0) == {}
