"""People who measure how a service feels while something happens to a part of it that is not theirs."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from typing import NamedTuple, Self

from websockets.exceptions import ConnectionClosed

from edgechat.client import JoinDeniedError
from faults.world import percentile
from harness.background import background
from harness.people import User

SAY_PAUSE = 0.02
"""Seconds from a comment that came back to the next one."""
VISIT_PAUSE = 0.1


class Waits:
    """How long something took, each time, and when it was begun."""

    def __init__(self) -> None:
        self._all: list[tuple[float, float]] = []

    def add(self, began: float) -> None:
        """It was begun then, and is over now."""
        self._all.append((began, time.monotonic() - began))

    def between(self, first: float, last: float) -> list[float]:
        """The seconds of all that were begun from one moment to another, ascending."""
        return sorted(seconds for began, seconds in self._all if first <= began < last)


class Window(NamedTuple):
    """What was measured in some seconds."""

    times: int
    median: float
    p99: float
    longest: float

    @classmethod
    def of(cls, waits: Sequence[Waits], first: float, last: float) -> Self:
        """All of it together."""
        seconds = sorted(each for wait in waits for each in wait.between(first, last))
        return cls(len(seconds), percentile(seconds, 0.5), percentile(seconds, 0.99), max(seconds, default=0.0))


class Probes:
    """Members of rooms who comment and wait for it to come back, and people who come, are greeted, join and go.

    As a context it has them do so for the time of the block.
    """

    def __init__(self, ports: Sequence[int], rooms: Sequence[int], names: Iterator[str]) -> None:
        """`names` are taken from for those who join."""
        self.round_trips = [Waits() for _ in ports for _ in rooms]
        self.greetings = [Waits() for _ in ports]
        self.joins = [Waits() for _ in ports]
        self.denials: list[str] = []
        self._ports = ports
        self._rooms = rooms
        self._names = names
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        places = [(port, room) for port in self._ports for room in self._rooms]
        for waits, (port, room) in zip(self.round_trips, places, strict=True):
            await self._stack.enter_async_context(background(self._talk(waits, port, room)))
        for number, port in enumerate(self._ports):
            await self._stack.enter_async_context(background(self._visit(number, port)))
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stack.aclose()

    async def _talk(self, waits: Waits, port: int, room: int) -> None:
        user = await User.at(port)
        try:
            await user.enter(next(self._names), room)
            while True:
                began = time.monotonic()
                await user.comment(f"{user.name} at {began}")
                await user.through(f"{user.name} at {began}")
                waits.add(began)
                await asyncio.sleep(SAY_PAUSE)
        finally:
            await user.close()

    async def _visit(self, number: int, port: int) -> None:
        while True:
            for room in self._rooms:
                began = time.monotonic()
                user = await User.at(port)
                self.greetings[number].add(began)
                try:
                    began = time.monotonic()
                    await user.enter(next(self._names), room)
                    self.joins[number].add(began)
                except (JoinDeniedError, ConnectionClosed) as error:
                    self.denials.append(f"{user.name}, room {room}: {error}")
                finally:
                    await user.close()
                await asyncio.sleep(VISIT_PAUSE)


async def refused_join(port: int, name: str, room: int) -> tuple[float, int, str]:
    """How long somebody waits who cannot join, and with which code and reason the connection ends; 0 if they can."""
    user = await User.at(port)
    began = time.monotonic()
    try:
        await user.enter(name, room)
    except ConnectionClosed:
        code, reason = user.closing
        return time.monotonic() - began, code or 0, reason or ""
    except JoinDeniedError as error:
        return time.monotonic() - began, 0, str(error)
    finally:
        await user.close()
    return time.monotonic() - began, 0, "joined"


async def refused_comment(member: User) -> tuple[str, float]:
    """With which reason a member's comment is refused, and how long that takes."""
    began = time.monotonic()
    await member.comment("into the void")
    return (await member.status("REJECTED_COMMENT")).reason, time.monotonic() - began
