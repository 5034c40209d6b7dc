"""Requests that are made while a call runs go together in the next one, and each gets its own result."""

import asyncio
from collections.abc import Sequence

import pytest

from gateway.postgres.batcher import Batcher
from harness.waiting import until


class Server:
    """Answers each item with its double, once it is let; it notes the calls."""

    def __init__(self) -> None:
        # The items of each call, in the order of the calls.
        self.calls: list[list[int]] = []
        # Set while calls are answered.
        self.is_open = asyncio.Event()
        # What the next call raises.
        self.fault: Exception | None = None
        self.running = 0
        self.most_at_once = 0

    async def double(self, items: list[int]) -> Sequence[int]:
        """Take a call."""
        self.calls.append(items)
        self.running += 1
        self.most_at_once = max(self.most_at_once, self.running)
        try:
            await self.is_open.wait()
        finally:
            self.running -= 1
        if self.fault is not None:
            fault, self.fault = self.fault, None
            raise fault
        return [2 * item for item in items]

    async def busy_with(self, batcher: Batcher[int, int], first: int, *items: int) -> list[asyncio.Task[int]]:
        """Submit one request, and the others while it is under way."""
        tasks = [asyncio.create_task(batcher.submit(first))]
        await until(lambda: self.calls, "the first call")
        tasks += [asyncio.create_task(batcher.submit(item)) for item in items]
        return tasks


async def test_a_request_alone_is_sent_at_once() -> None:
    """It waits for nobody else to come."""
    server = Server()
    server.is_open.set()
    batcher = Batcher(server.double)
    assert [await batcher.submit(1), await batcher.submit(2)] == [2, 4]
    assert server.calls == [[1], [2]]


async def test_what_arrives_during_a_call_goes_together_in_the_next_one() -> None:
    """In the order of arrival, and each request gets its own result; never are two calls under way."""
    server = Server()
    batcher = Batcher(server.double)
    tasks = await server.busy_with(batcher, 1, *range(2, 102))
    server.is_open.set()
    assert await asyncio.gather(*tasks) == [2 * item for item in range(1, 102)]
    assert server.calls == [[1], [*range(2, 102)]]
    assert server.most_at_once == 1


async def test_a_call_has_no_more_items_than_it_may_have() -> None:
    """The rest goes in the calls after it."""
    server = Server()
    batcher = Batcher(server.double, max_items=3)
    tasks = await server.busy_with(batcher, 1, *range(2, 9))
    server.is_open.set()
    await asyncio.gather(*tasks)
    assert server.calls == [[1], [2, 3, 4], [5, 6, 7], [8]]


async def test_a_call_that_fails_fails_its_own_requests_only() -> None:
    """Each of them gets the error, and those that waited meanwhile are served."""
    server = Server()
    server.fault = ConnectionError("lost")
    batcher = Batcher(server.double)
    failing, *waiting = await server.busy_with(batcher, 1, 2, 3)
    server.is_open.set()
    with pytest.raises(ConnectionError, match="lost"):
        await failing
    assert await asyncio.gather(*waiting) == [4, 6]


@pytest.mark.parametrize("fault", [None, ConnectionError("lost")])
async def test_a_request_that_was_given_up_costs_the_others_nothing(fault: Exception | None) -> None:
    """Its session ended while it was under way; the others get what they would have got."""
    server = Server()
    server.fault = fault
    batcher = Batcher(server.double)
    given_up, waiting = await server.busy_with(batcher, 1, 2)
    given_up.cancel()
    await asyncio.wait([given_up])
    server.is_open.set()
    assert await waiting == 4


@pytest.mark.parametrize("surplus", [-1, 1])
async def test_a_call_that_answers_too_few_or_too_many_fails_all_its_requests(surplus: int) -> None:
    """Nobody can tell whose result is whose, and nobody waits for ever."""

    async def answer(items: list[int]) -> Sequence[int]:
        return [0] * (len(items) + surplus)

    batcher = Batcher(answer)
    with pytest.raises(ValueError, match="results"):
        await asyncio.wait_for(batcher.submit(1), 30)


async def test_what_waits_behind_a_call_that_was_lost_is_not_sent_blindly() -> None:
    """Each call passes the gate first, and what that raises the requests get."""
    server, is_away = Server(), False

    async def gate() -> None:
        if is_away:
            raise ConnectionError("away")

    batcher = Batcher(server.double, gate=gate)
    tasks = await server.busy_with(batcher, 1, 2, 3)
    is_away = True
    server.fault = ConnectionError("lost")
    server.is_open.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [str(result) for result in results] == ["lost", "away", "away"]
    assert server.calls == [[1]]
    is_away = False
    assert await batcher.submit(4) == 8
