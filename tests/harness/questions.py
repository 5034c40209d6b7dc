"""What a member asks, and the answer."""

from typing import Any

from harness.people import User
from proto.chatmessage_pb2 import EXPLAIN, HISTORY, PREVIEW, VALUES, chatmessage, msgtype


async def ask(user: User, mtype: msgtype, **fields: Any) -> chatmessage:
    """Ask, and wait for the answer; what else comes meanwhile is passed over."""
    await user.send(chatmessage(mtype=mtype, **fields))
    return (await user.until(lambda message: message.mtype == mtype))[-1]


async def preview(user: User, feed: str, clause: str) -> chatmessage:
    """What a clause would pass."""
    return await ask(user, PREVIEW, feed=feed, clause=clause)


async def values(user: User, feed: str, column: str, prefix: str | None = None) -> list[str]:
    """What a column held lately, as clauses write it."""
    answer = await ask(user, VALUES, feed=feed, column=column, prefix=prefix)
    assert not answer.reason, answer.reason
    return [value.literal for value in answer.values]


async def explained(user: User, **fields: Any) -> dict[str, str]:
    """Why a row came or not, by item; with `seq` and `reason` of the answer."""
    answer = await ask(user, EXPLAIN, **fields)
    told = {item.item: item.value for item in answer.explanation}
    return told | {"seq": str(answer.seq or ""), "reason": answer.reason}


async def past(user: User, **fields: Any) -> list[chatmessage]:
    """A page of the room's past."""
    answer = await ask(user, HISTORY, **fields)
    assert not answer.reason, answer.reason
    return list(answer.messages)
