"""Sends random and mutated frames to a gateway over several connections, and looks at what becomes of it."""

import asyncio
import random
import re
import time
from collections import Counter
from dataclasses import dataclass, field

import psutil

from clientsim.frames import BINARY, CLOSE, PING, PONG
from fuzz.frames import FrameMaker
from harness.parts import Gateway
from harness.people import People, User
from harness.raw import RawClient, frame
from proto.chatmessage_pb2 import JOIN_REQ, chatmessage
from proto.subprotocol import JSON_SUBPROTOCOL, SUBPROTOCOL

SENDERS = 8
SUBPROTOCOLS = (None, SUBPROTOCOL, JSON_SUBPROTOCOL)
MARK = b"looked at"
QUIET_SECONDS = 0.3
"""After so long without anything one asks again: a frame without an end takes the question for its rest."""
MOST_SECONDS = 3.0
"""How long one asks."""
MOST_FRAMES = 150
"""On one connection, so that nobody waits for its allowance."""
RIGHT_CODES = {1002, 1003, 1005, 1007, 1008, 1009}
WARM_SHARE = 0.2
"""Of the frames after which the memory is looked at for the first time."""
FAULTS = re.compile(r"Traceback|ERROR|CRITICAL|a bug|never retrieved|never awaited")
WITNESS_ROOM = 4
"""Where somebody talks who is to notice nothing."""


@dataclass
class GatewayOutcome:
    """What a run found. `faults` is to be empty."""

    frames: int = 0
    seconds: float = 0.0
    closes: Counter[int | None] = field(default_factory=Counter)
    unanswered: int = 0
    """Behind which nothing could be asked: the beginning of a longer frame, as it seemed."""
    memory: list[int] = field(default_factory=list)
    """Resident bytes of the gateway after WARM_SHARE of the frames, and at the end."""
    said: int = 0
    slowest: float = 0.0
    """Seconds in which the witness heard itself, at most."""
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        codes = ", ".join(f"{code}: {count}" for code, count in sorted(self.closes.items(), key=str))
        memory = " to ".join(f"{size / 2**20:.0f} MiB" for size in self.memory)
        return (
            f"{self.frames} frames in {self.seconds:.0f} s, {len(self.faults)} faults; closed with {codes}; "
            f"{self.unanswered} had no end; memory {memory}; the witness was heard {self.said} times, "
            f"in {self.slowest:.2f} s at most"
        )


async def fuzz_gateway(gateway: Gateway, people: People, count: int, seed: int) -> GatewayOutcome:
    """Send so many frames of a seed to a gateway that nobody else uses, with five rooms or more."""
    outcome = GatewayOutcome()
    started = time.monotonic()
    witness = await people.join(gateway.port, "witness", WITNESS_ROOM)
    talking = asyncio.create_task(_talk(witness, outcome))
    process = psutil.Process(gateway.part.child.pid)
    for share in (WARM_SHARE, 1 - WARM_SHARE):
        each = -(-round(count * share) // SENDERS)
        async with asyncio.TaskGroup() as tasks:
            for number in range(SENDERS):
                tasks.create_task(_Sender(gateway.port, f"{seed} {share} {number}", outcome).send(each))
        outcome.memory.append(process.memory_info().rss)
    talking.cancel()
    await asyncio.wait([talking])
    if not talking.cancelled() and (error := talking.exception()):
        outcome.faults.append(f"the witness was disturbed: {error!r}")
    outcome.seconds = time.monotonic() - started
    outcome.faults += [line for line in gateway.part.output.splitlines() if FAULTS.search(line)]
    if wrong := outcome.closes.keys() - RIGHT_CODES:
        outcome.faults.append(f"closed with {wrong}")
    return outcome


async def _talk(witness: User, outcome: GatewayOutcome) -> None:
    while True:
        started = time.monotonic()
        await witness.comment(f"{outcome.said}")
        await witness.through(f"{outcome.said}")
        outcome.said += 1
        outcome.slowest = max(outcome.slowest, time.monotonic() - started)
        await asyncio.sleep(0.1)


class _Sender:
    """One after the other: sends a frame, and goes on when it was looked at."""

    def __init__(self, port: int, seed: str, outcome: GatewayOutcome) -> None:
        self._port = port
        self._draw = random.Random(seed)
        self._maker = FrameMaker(self._draw.randrange(2**32))
        self._name = seed
        self._outcome = outcome

    async def send(self, count: int) -> None:
        left = count
        while left:
            left -= await self._on_one_connection(min(left, MOST_FRAMES))

    async def _on_one_connection(self, most: int) -> int:
        """Send up to so many frames; returns how many it were when the connection ended."""
        subprotocol = self._draw.choice(SUBPROTOCOLS)
        client = await RawClient.opened(self._port, subprotocol)
        try:
            in_json = subprotocol == JSON_SUBPROTOCOL
            if not in_json and self._draw.random() < 0.5:
                join = chatmessage(mtype=JOIN_REQ, user=self._name, roomid=self._draw.randrange(WITNESS_ROOM))
                await client.send(frame(BINARY, join.SerializeToString()))
            for number in range(1, most + 1):
                self._outcome.frames += 1
                await client.send(self._maker.make(in_json) + frame(PING, MARK))
                if not await self._is_open(client):
                    return number
            return most
        finally:
            client.abort()

    async def _is_open(self, client: RawClient) -> bool:
        """Wait until what was sent was looked at; False if the connection is of no use any more."""
        deadline = time.monotonic() + MOST_SECONDS
        while time.monotonic() < deadline:
            try:
                async with asyncio.timeout(QUIET_SECONDS):
                    got = await client.receive()
            except TimeoutError:
                await client.send(frame(PING, MARK))
                continue
            if got is None:
                self._outcome.closes[None] += 1
                return False
            if got[0] == CLOSE:
                self._outcome.closes[int.from_bytes(got[1][:2], "big") if got[1] else 1005] += 1
                return False
            if got == (PONG, MARK):
                return True
        self._outcome.unanswered += 1
        return False
