"""What a token allows inside a room, claim by claim, and what strangers cannot break."""

import base64
import random
import time

import pytest

from harness.parts import Stack
from harness.people import People
from harness.tokens import SECRET, ask, denial, token
from proto.chatmessage_pb2 import FILTER, FILTERS, PREVIEW, chatmessage

PREVIEW_ALL = chatmessage(mtype=PREVIEW, feed="sport_event", clause="sport = 4", request=7)
GARBAGE = 600


@pytest.mark.parametrize("denied", ["comment", "filter", "preview", None])
async def test_each_right_is_one_claim(stack: Stack, people: People, denied: str | None) -> None:
    """What one claim takes away is refused with a reason, to the sender alone; the others are left."""
    gateway = await stack.start_gateway(AUTH_SECRET=SECRET)
    user = await people.connect(gateway.port)
    await ask(user, token(edgechat={denied: False} if denied else {}))
    await user.comment("hello")
    answer = (await user.until(lambda message: message.comment == "hello" or message.HasField("reason")))[-1]
    assert ("comments" in answer.reason, answer.userstatus == "REJECTED_COMMENT") == (denied == "comment",) * 2
    await user.send(chatmessage(mtype=FILTER, sport_filter="sport = 4"))
    answer = (await user.until(lambda message: message.HasField("sport_filter")))[-1]
    assert answer.userstatus == ("REJECTED_BADFILTER" if denied == "filter" else "FILTERAPPLIED")
    assert ("your token does not allow filters" in answer.reason) == (denied == "filter")
    await user.send(PREVIEW_ALL)
    answer = (await user.until(lambda message: message.mtype == PREVIEW))[-1]
    assert answer.request == 7
    assert ("your token does not allow previews" in answer.reason) == (denied == "preview")
    assert answer.HasField("preview") == (denied != "preview")
    # Questions that try no clause are for every member.
    await user.send(chatmessage(mtype=FILTERS))
    assert not (await user.until(lambda message: message.mtype == FILTERS))[-1].HasField("reason")


def garbage(draw: random.Random) -> str:
    """A token with some of it replaced, doubled, cut off or moved; or what was never one."""
    text = token("zoe" * draw.randrange(1, 30))
    match draw.randrange(6):
        case 0:
            # Not the last one, some of whose bits mean nothing, and by another than stands there.
            place = draw.randrange(len(text) - 1)
            other = draw.choice([sign for sign in "AZaz09-_.=\0é💬\ud7ff" if sign != text[place]])
            return text[:place] + other + text[place + 1 :]
        case 1:
            return text[: draw.randrange(len(text))]
        case 2:
            moved = ".".join(draw.sample([*text.split("."), ""], draw.randrange(1, 5)))
            return moved if moved != text else "."
        case 3:
            data = draw.choice([b"[" * 3000, b'{"alg":' * 400, b'{"alg":[],"kid":{}}', b'{"alg":"HS256","crit":["x"]}'])
            return f"{base64.urlsafe_b64encode(data).decode()}.{text.split('.')[1]}.{text.split('.')[2]}"
        case 4:
            return "".join(chr(draw.randrange(1, 0xD800)) for _ in range(draw.randrange(1, 900)))
        case _:
            return "." * draw.randrange(6000)


async def test_garbage_is_refused_and_breaks_nothing(stack: Stack, people: People) -> None:
    """Hundreds of broken tokens, as many on a connection as are looked at, and more: each has its answer."""
    seed = int(time.time())
    draw = random.Random(seed)
    gateway = await stack.start_gateway(AUTH_SECRET=SECRET)
    zoe = await people.connect(gateway.port)
    await ask(zoe, token("witness"), 1)
    reasons = set()
    for _ in range(GARBAGE // 12):
        user = await people.connect(gateway.port)
        for _ in range(12):
            reasons.add(await denial(user, garbage(draw)))
        await user.close()
    assert {reason.partition(":")[0] for reason in reasons} >= {"this is no token"}, seed
    assert any("too many tokens" in reason for reason in reasons)
    assert "a bug" not in gateway.part.output, seed
    assert "Traceback" not in gateway.part.output, seed
    await zoe.comment("still here")
    await zoe.comments()


async def test_a_good_token_is_not_looked_at_again(stack: Stack, people: People) -> None:
    """Whoever tries one room after the other is not taken for somebody who guesses; a guesser has to wait."""
    gateway = await stack.start_gateway(AUTH_SECRET=SECRET, NUM_CHATROOMS="2")
    user = await people.connect(gateway.port)
    shown = token()
    for room in range(2, 10):
        assert (await ask(user, shown, room)).userstatus == "DENIED_BADROOMID"
    for _ in range(9):
        assert "not signed" in await denial(user, token(key="x" * 40))
    assert "too many tokens" in await denial(user, token(key="x" * 40))
    assert (await ask(user, shown, 0)).userstatus == "USERJOINED"
