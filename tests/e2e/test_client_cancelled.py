"""`edgechat.client` in a program that gives up calls at any moment, on a network that is cut at any moment."""

import asyncio
import random
from contextlib import suppress

from edgechat.client import Client, UnansweredError
from harness.background import background
from harness.members import member, take_through
from harness.parts import Stack
from harness.relay import Relay
from proto.chatmessage_pb2 import chatmessage

SECONDS = 120.0
ROUNDS = 40
LONGEST = 1.0
"""Seconds after which a call is given up at the latest; many end before."""
CUT_PAUSE = 1.0


async def cut(relay: Relay) -> None:
    """Cut the network again and again."""
    while True:
        await asyncio.sleep(random.uniform(0, 2 * CUT_PAUSE))
        relay.cut()


async def talk(client: Client, name: str, said: dict[str, int]) -> None:
    """Comment, and give some of the calls up; those that returned are in `said`, with their seq."""
    for number in range(ROUNDS):
        text = f"{name} {number}"
        with suppress(TimeoutError, UnansweredError):
            answer = await asyncio.wait_for(client.comment(text), random.choice((0.001, 0.01, LONGEST)))
            assert answer.comment == text
            said[text] = answer.seq


async def listen(client: Client, heard: list[chatmessage]) -> None:
    """Take messages, and give up waiting now and then, until the end is said."""
    while not heard or heard[-1].comment != "end":
        with suppress(TimeoutError):
            heard.append(await asyncio.wait_for(anext(client), random.choice((0.001, 0.01, LONGEST))))


async def test_nothing_is_missing_doubled_or_mistaken(stack: Stack) -> None:
    """Every message comes once, in order, and whoever was told that a comment is said has its own seq."""
    gateway = await stack.start_gateway()
    said: dict[str, int] = {}
    heard: list[chatmessage] = []
    async with (
        Relay("127.0.0.1", gateway.port) as relay,
        member(gateway.port, "eve") as eve,
        member(relay.port, "adam") as adam,
        asyncio.timeout(SECONDS),
    ):
        listening = asyncio.create_task(listen(adam, heard))
        async with background(cut(relay)):
            await asyncio.gather(talk(adam, "first", said), talk(adam, "second", said))
        last = (await eve.comment("end")).seq
        await listening
        at_eve = [message for message in await take_through(eve, "end") if message.seq > 2]
    assert [message.seq for message in heard] == list(range(3, last + 1))
    assert [message.comment for message in heard] == [message.comment for message in at_eve]
    assert said
    assert said.items() <= {message.comment: message.seq for message in heard}.items()
