"""The simulator works on the original, too: its exchanges have fields 1 to 11 only."""

import asyncio

import pytest

from clientsim import chatsimulator
from clientsim.clauses import walk
from clientsim.screen import Screen
from harness.original import MTYPES, OriginalService

SECONDS = 60.0
PACES = ("--pace", "0.01", "--comment-pace", "0.02")


async def test_the_walk_on_the_original(capsys: pytest.CaptureFixture[str]) -> None:
    """All 24 requests get the original's verdicts; every message has its sender's name and room, as it needs them."""
    steps = list(walk(of_original=True))
    service = OriginalService((step.sport_filter, step.execution_filter) for step in steps if not step.valid)
    async with service.running(), asyncio.timeout(SECONDS):
        options = chatsimulator.parse_options(
            ["adam", "--roomid", "0", "--filter", "True", "--port", str(service.port), *PACES]
        )
        assert await chatsimulator.simulate(options, Screen()) == 0
    assert "24 asked for, 19 valid ones applied, 5 invalid ones refused" in capsys.readouterr().out
    assert {(m.user, m.roomid, m.HasField("user"), m.HasField("roomid")) for m in service.received} == {
        ("adam", 0, True, True)
    }
    assert {m.mtype for m in service.received} == {MTYPES[word] for word in ("JOIN_REQ", "COMMENT", "FILTER")}
    asked = [(m.sport_filter, m.execution_filter) for m in service.received if m.mtype == MTYPES["FILTER"]]
    assert asked == [(step.sport_filter, step.execution_filter) for step in steps]
