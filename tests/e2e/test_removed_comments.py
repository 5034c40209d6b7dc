"""The text of a comment that is removed reaches nobody any more, whichever way the past is asked for."""

from functools import partial
from typing import Any

import pytest

from harness.moderators import call
from harness.parts import Stack
from harness.people import People, User
from harness.rooms import Rooms
from proto.chatmessage_pb2 import COMMENT, HISTORY, chatmessage

SECRET = "the secret word"
WISHES: tuple[dict[str, Any], ...] = ({"history": 20}, {"resume_after": 0}, {"resume_after": 2})


async def past(user: User) -> list[chatmessage]:
    """All that came up to the last comment."""
    return await user.through("the end")


@pytest.mark.parametrize("way", ["edgechat.proto", "edgechat.json", "original"])
async def test_the_past_has_its_seq_and_not_its_text(stack: Stack, people: People, rooms: Rooms, way: str) -> None:
    """By history, by resume and by a question; at the gateway of before, at another and after a restart."""
    here, there = [await stack.start_gateway() for _ in range(2)]
    adam = await people.join(here.port, "adam")
    eve = await people.join(there.port, "eve")
    await adam.comment(SECRET)
    seq = (await eve.comments())[0].seq
    assert seq == 3
    await call(rooms, f"remove_comment(0, {seq}, 'private')")
    told = await eve.status("MODERATED", action="remove")
    assert (told.removed_seq, told.seq, told.user, told.reason) == (seq, seq + 1, "adam", "private")
    await adam.comment("the end")
    await eve.through("the end")
    here.part.kill()
    again = await stack.start_gateway()
    for number, port in enumerate((there.port, again.port)):
        for wish in WISHES:
            user = await people.connect(port, in_json=way == "edgechat.json", as_original=way == "original")
            await user.enter(f"{way} {number}", **wish)
            found = await past(user)
            assert SECRET not in str(found)
            [gone] = [each for each in found if each.seq == seq]
            assert (gone.userstatus, gone.user, gone.reason) == (
                "OMITTED_REMOVED",
                "adam",
                "a moderator removed this comment: private",
            )
            seqs = [each.seq for each in found if each.HasField("seq")]
            assert seqs == [*range(seqs[0], seqs[-1] + 1)]
            if way != "original":
                await user.send(chatmessage(mtype=HISTORY, history=100))
                [*_, answer] = await user.until(lambda message: message.mtype == HISTORY)
                assert SECRET not in str(answer)
                assert [each.userstatus for each in answer.messages if each.seq == seq] == ["OMITTED_REMOVED"]
            await user.close()
            await people.until_members(port, 0, partial(_is_away, user.name))


def _is_away(name: str, users: list[str]) -> bool:
    return name not in users


async def test_those_who_are_there_are_told_after_the_comment(stack: Stack, people: People, rooms: Rooms) -> None:
    """In the order of the room, so that a page that has the text can take it away."""
    gateway = await stack.start_gateway()
    adam = await people.join(gateway.port, "adam")
    for number in range(5):
        await adam.comment(f"{number}")
    said = await adam.comments(5)
    for each in said[1:4]:
        await call(rooms, f"remove_comment(0, {each.seq})")
    await adam.comment("the end")
    told = await past(adam)
    assert [each.removed_seq for each in told] == [each.seq for each in said[1:4]] + [0]
    shown = {each.seq: each.comment for each in said if each.mtype == COMMENT}
    for each in told:
        shown.pop(each.removed_seq, None)
    assert [*shown.values()] == ["0", "4"]
