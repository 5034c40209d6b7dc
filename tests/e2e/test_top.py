"""`edgechat top` tells what went on between two looks."""

import asyncio
import json
import os
import subprocess
import sys
from typing import Any

import asyncpg
import pytest

from edgechat.top.rates import compare
from edgechat.top.sample import Cost, Sample, Sampler
from edgechat.top.screen import render
from harness.parts import Stack
from harness.people import People
from harness.rooms import Rooms, make_event
from harness.shards import one_server
from proto.chatmessage_pb2 import FILTER, chatmessage
from runtime.settings import load


async def test_rows_messages_and_filters_are_told(
    stack: Stack, people: People, rooms: Rooms, connection: asyncpg.Connection
) -> None:
    """Rates are of what came meanwhile; the busiest room is first; costs stand with their feed and filter."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam", room=3)
    await adam.send(chatmessage(mtype=FILTER, sport_filter="sport = 3"))
    await adam.status("FILTERAPPLIED")
    sampler = Sampler(load(_settings(stack)), await asyncpg.connect(stack.database_url))
    try:
        before = await sampler.sample()
        await rooms.store_events([make_event(sport=3), make_event(sport=4), make_event(sport=3)])
        after = await sampler.sample()
        rates = compare(before, after, await sampler.cost())
    finally:
        await sampler.close()
    sports, executions = rates.feeds
    assert (sports.feed, sports.rows - before.feeds[0]["rows"], sports.filters_routed) == ("sport_event", 3, 1)
    assert sports.rows_per_second == round(3 / (after.at - before.at), 1)
    assert (sports.rooms_filtering, sports.rooms_suspended) == (1, 0)
    assert executions.rows_per_second == 0
    busiest = rates.rooms[0]
    assert (busiest.room, busiest.users, busiest.live) == (3, 1, True)
    assert busiest.messages_per_second == round(2 / (after.at - before.at), 1)
    assert "sport_event: sport = 3" in (busiest.filters or "")
    assert [row["canonical"] for row in rates.dearest_filters] == ["(sport = 3)"]
    screen = render(rates, 40, 120)
    assert "sport_event: sport = 3" in screen
    assert "sport_event" in screen.splitlines()[3]


def test_a_screen_holds_what_fits() -> None:
    """All feeds, and as many rooms as there are lines for; long lines are cut."""
    feeds = [
        {
            "feed": "sport_event", "state": "active", "rows": 10, "filters_routed": 1, "rooms_filtering": 1,
            "rooms_suspended": 0,
        }
    ]  # fmt: skip
    room: dict[str, Any] = {"users": 1, "max_users": 4, "live": True, "filters": "x" * 500 + "\n"}
    before = Sample(0.0, feeds, [room | {"room": number, "messages": 0} for number in range(100)], 0)
    after = Sample(2.0, feeds, [room | {"room": number, "messages": number} for number in range(100)], None)
    lines = render(compare(before, after, Cost({"sport_event": 1.0}, [])), 24, 80).splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert "waiting in the stream: unkn" in lines[0]
    assert lines[-1].startswith("and ")
    assert lines[6].split()[:4] == ["99", "1/4", "49.5", "99"]


def _settings(stack: Stack) -> dict[str, str]:
    return {"DATABASE_URL": stack.database_url, "NATS_URL": stack.nats_url or ""}


def _run(stack: Stack, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "edgechat", "top", *arguments],
        env={**os.environ, **_settings(stack)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@one_server
async def test_the_command_prints_text_and_json(stack: Stack, people: People) -> None:
    """One look each; JSON has all rooms."""
    gateway = await stack.start_gateway()
    await people.join(gateway.port, "adam", room=2)
    text = await asyncio.to_thread(_run, stack, "--once", "--interval", "0.5")
    assert text.returncode == 0, text.stderr
    assert "sport_event" in text.stdout
    told = await asyncio.to_thread(_run, stack, "--once", "--interval", "0.5", "--json", "--no-cost")
    rates = json.loads(told.stdout)
    assert [room["users"] for room in rates["rooms"] if room["room"] == 2] == [1]
    assert rates["dearest_filters"] == []


@pytest.mark.parametrize("interval", ["0", "x", "1e9"])
def test_an_interval_that_is_none_is_refused(interval: str) -> None:
    """With what is allowed."""
    done = subprocess.run(
        [sys.executable, "-m", "edgechat", "top", "--interval", interval],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "from 0.1 to 3600" in done.stderr
