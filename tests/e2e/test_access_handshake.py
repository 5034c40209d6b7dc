"""The ways in which a token is shown, and what is as it was where no setting asks for one."""

import asyncio
from collections.abc import Mapping
from typing import Any

import asyncpg
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from harness.parts import Stack
from harness.people import WAIT_SECONDS, People
from harness.tokens import SECRET, ask, token
from proto.chatmessage_pb2 import COMMENT, JOIN_REQ, chatmessage

JOIN = chatmessage(mtype=JOIN_REQ, roomid=0)


async def opened(port: int, path: str = "/", *offered: str, **options: Any) -> ClientConnection:
    """A connection that is made by hand."""
    names = [Subprotocol(name) for name in offered] or None
    return await connect(f"ws://127.0.0.1:{port}{path}", subprotocols=names, proxy=None, compression=None, **options)


async def answer(connection: ClientConnection) -> chatmessage:
    """The next message, in protobuf."""
    async with asyncio.timeout(WAIT_SECONDS):
        return chatmessage.FromString(await connection.recv(decode=False))


async def answer_to_join(connection: ClientConnection) -> chatmessage:
    """What a JOIN_REQ without a word about a token is answered with."""
    await answer(connection)
    await connection.send(JOIN.SerializeToString())
    return await answer(connection)


@pytest.mark.parametrize(
    ("offered", "headers", "chosen"),
    [
        (("edgechat.proto", "edgechat.auth.TOKEN"), {}, "edgechat.proto"),
        (("edgechat.auth.TOKEN", "edgechat.proto"), {}, "edgechat.proto"),
        (("edgechat.auth.TOKEN",), {}, None),
        (("edgechat.proto",), {"Authorization": "Bearer TOKEN"}, "edgechat.proto"),
        ((), {"Authorization": "bearer  TOKEN"}, None),
    ],
)
async def test_the_handshake_may_bring_it(
    stack: Stack, offered: tuple[str, ...], headers: Mapping[str, str], chosen: str | None
) -> None:
    """As a subprotocol, which is never the one that is chosen, or as a header; nothing of it stands in the log."""
    gateway = await stack.start_gateway(AUTH_SECRET=SECRET)
    shown = token("zoe")
    names = [name.replace("TOKEN", shown) for name in offered]
    given = {name: value.replace("TOKEN", shown) for name, value in headers.items()}
    async with await opened(gateway.port, "/", *names, additional_headers=given) as connection:
        assert connection.subprotocol == chosen
        assert connection.response is not None
        assert shown not in str(connection.response.headers)
        joined = await answer_to_join(connection)
        assert (joined.userstatus, joined.user) == ("USERJOINED", "zoe")
    assert shown[:20] not in gateway.part.output


@pytest.mark.parametrize("path", ["/?token=TOKEN", "/a?x=1&access_token=TOKEN", "/TOKEN", "/?q=TOKEN"])
async def test_the_url_may_not(stack: Stack, path: str) -> None:
    """It is not looked at, and whoever shows no other token is told why, without a word of it."""
    gateway = await stack.start_gateway(AUTH_SECRET=SECRET)
    shown = token()
    async with await opened(gateway.port, path.replace("TOKEN", shown)) as connection:
        denied = await answer_to_join(connection)
        assert denied.userstatus == "DENIED_AUTH"
        assert "a token in the URL is not taken" in denied.reason
        assert shown[:20] not in denied.reason
        again = chatmessage(mtype=JOIN_REQ, auth_token=shown).SerializeToString()
        await connection.send(again)
        assert (await answer(connection)).userstatus == "USERJOINED"
    assert shown[:20] not in gateway.part.output


async def test_the_join_wins_over_the_handshake(stack: Stack) -> None:
    """A connection may outlive the token of its handshake."""
    gateway = await stack.start_gateway(AUTH_SECRET=SECRET)
    async with await opened(gateway.port, additional_headers={"Authorization": f"Bearer {token(exp=1)}"}) as connection:
        assert "expired" in (await answer_to_join(connection)).reason
        await connection.send(chatmessage(mtype=JOIN_REQ, auth_token=token("adam")).SerializeToString())
        assert (await answer(connection)).user == "adam"


async def test_it_is_kept_nowhere(stack: Stack, people: People, connection: asyncpg.Connection) -> None:
    """Joins, refusals and renewals are recorded, without the tokens."""
    gateway = await stack.start_gateway(AUTH_SECRET=SECRET)
    user = await people.connect(gateway.port)
    for shown, status in (
        (token(rooms=[1]), "DENIED_AUTH"),
        (token(), "USERJOINED"),
        (token(key="x" * 40), "DENIED_AUTH"),
        (token(), "TOKENRENEWED"),
    ):
        assert (await ask(user, shown)).userstatus == status
    rows = await connection.fetch("select e.userstatus, e::text as everything from chat.chat_event as e order by 1")
    statuses = [row["userstatus"] for row in rows if row["userstatus"]]
    assert statuses == ["DENIED_AUTH", "DENIED_AUTH", "PENDING", "TOKENRENEWED", "USERJOINED"]
    everything = " ".join(row["everything"] for row in rows)
    # As text and as the bytes of a message.
    assert "eyJ" not in everything + gateway.part.output
    assert b"eyJ".hex() not in everything


async def test_json_has_it_too(stack: Stack, people: People) -> None:
    """As authToken and authRequired; without a subprotocol nobody is told that a token is needed before they join."""
    gateway = await stack.start_gateway(AUTH_SECRET=SECRET)
    user = await people.connect(gateway.port, in_json=True)
    assert user.welcome.auth_required
    assert (await ask(user, token("zoe"))).userstatus == "USERJOINED"
    assert not (await people.connect(gateway.port, as_original=True)).welcome.HasField("auth_required")


async def test_without_the_setting_tokens_mean_nothing(stack: Stack, people: People) -> None:
    """Byte by byte: whoever shows one, in whichever way, gets what everybody gets, and any name."""
    gateway = await stack.start_gateway()
    frames = []
    for shown in (None, token("adam"), "nonsense"):
        headers = {"Authorization": f"Bearer {shown}"} if shown else {}
        names = ("edgechat.proto", f"edgechat.auth.{shown}") if shown else ("edgechat.proto",)
        async with await opened(gateway.port, "/", *names, additional_headers=headers) as connection:
            welcome = await connection.recv(decode=False)
            await connection.send(chatmessage(mtype=JOIN_REQ, user="zoe", auth_token=shown).SerializeToString())
            joined = chatmessage.FromString(await connection.recv(decode=False))
            await connection.send(chatmessage(mtype=COMMENT, comment="hello").SerializeToString())
            said = await answer(connection)
            again = chatmessage(mtype=JOIN_REQ, user="zoe", roomid=0, auth_token=shown).SerializeToString()
            await connection.send(again)
            denied = await connection.recv(decode=False)
        assert (joined.userstatus, joined.user) == ("USERJOINED", "zoe")
        assert (said.user, said.comment) == ("zoe", "hello")
        assert chatmessage.FromString(denied).userstatus == "DENIED_NAMETAKEN"
        frames.append((welcome, denied))
        await people.until_empty(gateway.port)
    assert len(set(frames)) == 1
    assert not chatmessage.FromString(frames[0][0]).HasField("auth_required")
