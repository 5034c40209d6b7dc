"""The simulator works on the original, too, whose exchanges have fields 1 to 11 only, and behaves as its own did."""

import asyncio

import pytest

from clientsim import chatsimulator
from clientsim.clauses import walk
from clientsim.screen import Screen
from harness.original_wire import MTYPES, OriginalService

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


async def test_a_plain_user_comments_and_leaves(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of itself, at one comment in a hundred, with a summary; it asks for no filter."""
    chances = iter([0.5, 0.01, 0.0099])
    monkeypatch.setattr("random.random", lambda: next(chances))
    service = OriginalService([])
    async with service.running(), asyncio.timeout(SECONDS):
        options = chatsimulator.parse_options(["bobby", "--roomid", "0", "--port", str(service.port), *PACES])
        assert await chatsimulator.simulate(options, Screen()) == 0
    words = [MTYPES[word] for word in ("JOIN_REQ", "COMMENT", "COMMENT", "COMMENT")]
    assert [message.mtype for message in service.received] == words
    said = capsys.readouterr().out
    assert "time to leave" in said
    assert "comments (3 said by bobby), 0 events, 0 trades" in said
    assert "filters:" not in said
