"""`edgechat.client` shows a token: at each join and return, and before the last one expires."""

import asyncio
import time

import pytest

from edgechat.client import Client, JoinDeniedError
from edgechat.client.connection import websocket_url
from harness.parts import Stack
from harness.people import WAIT_SECONDS, People
from harness.tokens import LEEWAY, SECRET, ask, token

SHORT = 8
"""Seconds until the short tokens of these tests are refused."""


def short(name: str = "zoe") -> str:
    """A token that is about to be refused."""
    return token(name, exp=int(time.time()) - LEEWAY + SHORT)


async def test_it_comes_back_with_a_fresh_token(stack: Stack, people: People) -> None:
    """After 4001, asking for one again; what was said meanwhile is yielded, everything once."""
    gateway = await stack.start_gateway(AUTH_SECRET=SECRET)
    adam = await people.connect(gateway.port)
    await ask(adam, token("adam"))
    asked = 0

    async def fresh() -> str:
        nonlocal asked
        asked += 1
        return short() if asked == 1 else token()

    async with Client(websocket_url("127.0.0.1", gateway.port), token=fresh) as client, asyncio.timeout(WAIT_SECONDS):
        seqs = [(await client.join("zoe", 0)).seq]
        reading = asyncio.create_task(anext(client))
        await adam.status("USEREXITED", user="zoe")
        await adam.comment("while you were away")
        said = ""
        while said != "while you were away":
            message = await reading
            seqs.append(message.seq)
            said = message.comment
            reading = asyncio.create_task(anext(client))
        reading.cancel()
    assert asked == 2
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))


@pytest.mark.slow
async def test_renewed_in_time_it_is_not_cut_off(stack: Stack, people: People) -> None:
    """The room hears nothing; a token that is refused changes nothing."""
    gateway = await stack.start_gateway(AUTH_SECRET=SECRET)
    adam = await people.connect(gateway.port)
    await ask(adam, token("adam"))
    url = websocket_url("127.0.0.1", gateway.port)
    async with Client(url, token=short()) as client, asyncio.timeout(WAIT_SECONDS):
        await client.join("zoe", 0)
        client.token = token("eve")
        with pytest.raises(JoinDeniedError, match="the token is for the name 'eve'"):
            await client.renew()
        client.token = token()
        assert (await client.renew()).userstatus == "TOKENRENEWED"
        await asyncio.sleep(SHORT + 2)
        said = await client.comment("still here")
        heard = [await anext(client)]
        assert heard == [said]
    assert [message.userstatus for message in await adam.through("still here") if message.userstatus] == ["USERJOINED"]


async def test_a_text_that_has_expired_is_refused(stack: Stack) -> None:
    """With the reason; with another one it goes on where it was."""
    gateway = await stack.start_gateway(AUTH_SECRET=SECRET)
    url = websocket_url("127.0.0.1", gateway.port)
    async with Client(url, token=short()) as client, asyncio.timeout(WAIT_SECONDS):
        joined = await client.join("zoe", 0)
        with pytest.raises(JoinDeniedError, match="the token has expired"):
            await anext(client)
        client.token = token()
        assert (await anext(client)).seq == joined.seq + 1
        assert (await client.comment("back")).user == "zoe"
