"""Tokens that expire while somebody is in a room, that are renewed before, and keys that change meanwhile."""

import asyncio
import time
from pathlib import Path

from harness.parts import Stack
from harness.people import People
from harness.tokens import LEEWAY, OTHER_SECRET, SECRET, ask, jwk, rsa_key, token, until_let_in, write_key_set
from harness.waiting import until
from proto.chatmessage_pb2 import chatmessage

EXPIRED = (4001, "the token expired: get a new one and resume")


def short(name: str = "zoe", seconds: int = 8, key: str = SECRET) -> str:
    """A token whose leeway ends before long."""
    return token(name, key, exp=int(time.time()) - LEEWAY + seconds)


async def test_expiry_ends_the_connection_and_a_new_token_resumes(stack: Stack, people: People) -> None:
    """With 4001; the room sees the exit, others stay, and whoever comes back misses nothing."""
    gateway = await stack.start_gateway(AUTH_SECRET=SECRET)
    eve = await people.connect(gateway.port)
    await ask(eve, token("eve"))
    zoe = await people.connect(gateway.port)
    last = (await ask(zoe, short())).seq
    async for _ in zoe.messages():
        pass
    assert zoe.closing == EXPIRED
    await eve.status("USEREXITED", user="zoe")
    await eve.comment("missed")
    await eve.comments()
    back = await people.connect(gateway.port)
    assert "expired" in (await ask(back, short(seconds=-1), resume_after=last)).reason
    assert (await ask(back, token(), resume_after=last)).userstatus == "USERJOINED"
    assert (await back.comments())[0].comment == "missed"


async def test_a_member_renews_on_the_living_connection(stack: Stack, people: People) -> None:
    """With a JOIN_REQ for their name and room, which the room hears nothing of; what is refused changes nothing."""
    gateway = await stack.start_gateway(AUTH_SECRET=SECRET)
    zoe, adam = await people.connect(gateway.port), await people.connect(gateway.port)
    await ask(zoe, short(), 1)
    await ask(adam, token("adam"), 1)
    for wrong in (token("adam"), token(key=OTHER_SECRET), token(rooms=[0])):
        assert (await ask(zoe, wrong, 1)).userstatus == "DENIED_AUTH"
    assert (await ask(zoe, token(), 0)).userstatus == "DENIED_NAMETAKEN"
    assert (await ask(zoe, None, 1, "zoe")).userstatus == "DENIED_NAMETAKEN"
    renewed = await ask(zoe, token(comment=False), 1, "zoe")
    assert (renewed.userstatus, renewed.user, renewed.roomid) == ("TOKENRENEWED", "zoe", 1)
    assert not renewed.HasField("seq")
    # What the new one does not allow is no longer allowed, and the end of the first one passes.
    await zoe.comment("no")
    assert "your token does not allow comments" in (await zoe.status("REJECTED_COMMENT")).reason
    await asyncio.sleep(10)
    await adam.comment("still here?")
    await zoe.comments()
    heard = await adam.through("still here?")
    assert [message.userstatus for message in heard if message.userstatus] == []


async def test_taking_a_place_back_needs_a_token(stack: Stack, people: People) -> None:
    """The resume_token says which place it is, and the token who may have it."""
    gateway = await stack.start_gateway(AUTH_SECRET=SECRET)
    zoe = await people.connect(gateway.port)
    joined = await ask(zoe, token())
    back = await people.connect(gateway.port)
    stolen = joined.resume_token
    assert (await ask(back, None, name="zoe", resume_token=stolen)).userstatus == "DENIED_AUTH"
    assert (await ask(back, token("adam"), name="zoe", resume_token=stolen)).userstatus == "DENIED_AUTH"
    again = await ask(back, token(), resume_token=stolen)
    assert (again.userstatus, again.HasField("seq")) == ("USERJOINED", False)
    async for _ in zoe.messages():
        pass
    assert zoe.closing == (1012, "resumed on another connection")


async def test_secrets_in_a_file_rotate(stack: Stack, people: People, tmp_path: Path) -> None:
    """Without a restart: first both are taken, then the new one alone. Who is in stays. Nonsense leaves what was."""
    path = tmp_path / "secrets"
    path.write_text(f"{SECRET}\n")
    gateway = await stack.start_gateway(AUTH_SECRET_FILE=str(path))
    zoe = await people.connect(gateway.port)
    await ask(zoe, token())
    path.write_text(f"{OTHER_SECRET}\n{SECRET}\n")
    await until_let_in(await people.connect(gateway.port), token("new", OTHER_SECRET))
    old = await people.connect(gateway.port)
    assert (await ask(old, token("old"), 1)).userstatus == "USERJOINED"
    path.write_text(f"{OTHER_SECRET}\n")

    async def is_gone() -> bool:
        user = await people.connect(gateway.port)
        answer = await ask(user, token("late"), 2)
        await user.close()
        return answer.userstatus == "DENIED_AUTH"

    await until(is_gone, "the former secret to be gone")
    path.write_text("short\n")
    await gateway.part.until_said("AUTH_SECRET_FILE: the file: secret 1 of 1 has 5 bytes")
    assert (await ask(await people.connect(gateway.port), token("last", OTHER_SECRET), 3)).userstatus == "USERJOINED"
    await zoe.comment("still here")
    await zoe.comments()
    assert not any(secret in gateway.part.output for secret in (SECRET, OTHER_SECRET))


async def test_a_cached_token_goes_with_its_key(stack: Stack, people: People, tmp_path: Path) -> None:
    """A connection that was refused for another reason does not keep what the key once was good for."""
    path, first, second = tmp_path / "jwks.json", rsa_key(), rsa_key()
    write_key_set(path, jwk(first, "1"))
    gateway = await stack.start_gateway(AUTH_JWKS=str(path))
    user = await people.connect(gateway.port)
    shown = token("zoe", first, "RS256", kid="1")
    assert (await ask(user, shown, 99)).userstatus == "DENIED_BADROOMID"
    write_key_set(path, jwk(second, "2"))
    await until_let_in(await people.connect(gateway.port), token("adam", second, "RS256", kid="2"))
    answer: chatmessage = await ask(user, shown)
    assert (answer.userstatus, "not signed with a key" in answer.reason) == ("DENIED_AUTH", True)
