"""How often a gateway and Postgres speak in turn until a FILTER is answered; each turn is a wait."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import asyncpg
import pytest

from gateway.client.filters import FilterSetter
from gateway.postgres.database import Database
from gateway.postgres.records import Request
from harness.relay import Relay
from harness.rooms import Rooms

FILTER = 4
RESET = 1
"""The pool clears a connection that is given back, so between two calls; the last time is not counted."""


class Counter:
    """Sets filters as a gateway does, and counts."""

    def __init__(self, setter: FilterSetter, relay: Relay) -> None:
        self._setter = setter
        self._relay = relay

    async def set(self, sport: str, execution: str) -> tuple[bytes | None, int]:
        """What is answered to a FILTER, and the round trips until then."""
        before = self._relay.round_trips
        refusal = await self._setter.set(Request(FILTER, "adam", 0, clauses={1: sport, 2: execution}))
        return refusal, self._relay.round_trips - before - RESET


@pytest.fixture
async def counter(database: str, rooms: Rooms) -> AsyncIterator[Counter]:
    """A member of a room who has set filters and been refused before: all statements are known to the connection."""
    await rooms.open(4)
    await rooms.join("adam")
    url = urlsplit(database)
    is_up = asyncio.Event()
    is_up.set()
    async with (
        Relay(url.hostname or "", url.port or 0) as relay,
        asyncpg.create_pool(database, host="127.0.0.1", port=relay.port, min_size=1, max_size=1) as pool,
    ):
        gateway = Database(pool, (), is_up)
        gateway.gateway_id = rooms.gateway_id
        counter = Counter(FilterSetter(pool, gateway, asyncio.Semaphore(2)), relay)
        for clause in ("sport > 100", "sport > 'a'", "sport >"):
            await counter.set(clause, "NONE")
        yield counter


async def test_clauses_that_are_known_take_one_round_trip(counter: Counter) -> None:
    """Keywords, and clauses of which the verdict is remembered, are applied with one call."""
    assert await counter.set("ALL", "SAME") == (None, 1)
    assert await counter.set("sport = 3", "price > 1") == (None, 4 + RESET)
    assert await counter.set("ALL", "NONE") == (None, 1)
    assert await counter.set("sport = 3", "price > 1") == (None, 1)
    assert await counter.set("sport = 3", "SAME") == (None, 1)


async def test_new_clauses_take_few_round_trips(counter: Counter) -> None:
    """One call more, and one guard for each new clause, but for one that differs in constants from another."""
    assert await counter.set("sport = 4", "SAME") == (None, 3 + RESET)
    assert await counter.set("sport >= 5", "price >= 5") == (None, 4 + RESET)
    assert await counter.set("sport = 6", "price >= 6") == (None, 1)
    assert await counter.set("sport < 5", "price >= 6") == (None, 3 + RESET)


async def test_clauses_that_are_refused_take_few_round_trips(counter: Counter) -> None:
    """What the words refuse is answered at once, as is a remembered refusal; the guard's refusal takes one call more.

    asyncpg takes a round trip to get over an error of `prepare`.
    """
    for clauses, expected in (
        (("sprot = 3", "price > 7"), 1),
        (("sport = 7", "price >> 7"), 1),
        (("sport > 'x'", "SAME"), 4 + RESET),
        (("sport + 1 = 1.5::numeric(3, 1)", "SAME"), 3 + RESET),
        (("sport + 1 = 1.5::numeric(3, 1)", "price > 8"), 1),
    ):
        refusal, round_trips = await counter.set(*clauses)
        assert refusal is not None
        assert round_trips == expected, clauses
