"""The environment names of the original choose rooms and their sizes."""

import pytest

from edgechat.client import JoinDeniedError
from harness.parts import Stack
from harness.people import People


async def test_defaults_are_those_of_the_original(stack: Stack, people: People) -> None:
    """Five rooms of four users."""
    gateway = await stack.start_gateway()
    assert [room.maxusers for room in (await people.connect(gateway.port)).welcome.rooms] == [4] * 5


async def test_a_size_for_each_room(stack: Stack, people: People) -> None:
    """MAX_NUMUSERS=[4,3,5,4,2] is one size per room, and each holds."""
    gateway = await stack.start_gateway(NUM_CHATROOMS="5", MAX_NUMUSERS="[4,3,5,4,2]")
    late = await people.connect(gateway.port)
    for room, size in enumerate([4, 3, 5, 4, 2]):
        for number in range(size):
            await people.join(gateway.port, f"user {room} {number}", room)
        with pytest.raises(JoinDeniedError, match="DENIED_ROOMFULL"):
            await late.enter("late", room)


async def test_fewer_rooms_after_a_restart(stack: Stack, people: People) -> None:
    """Rooms that a restart takes away are closed; when they are given back they have their history."""
    five = await stack.start_gateway()
    adam = await people.join(five.port, "adam", 4)
    await adam.comment("remember me")
    await adam.comments()
    five.part.stop()
    two = await stack.start_gateway(NUM_CHATROOMS="2", MAX_NUMUSERS="[9]")
    user = await people.connect(two.port)
    assert [room.maxusers for room in user.welcome.rooms] == [9, 9]
    with pytest.raises(JoinDeniedError, match="DENIED_BADROOMID"):
        await user.enter("eve", 4)
    two.part.stop()
    again = await stack.start_gateway()
    eve = await people.join(again.port, "eve", 4, resume_after=1)
    assert (await eve.comments())[0].comment == "remember me"


@pytest.mark.parametrize("value", ["[4,3]", "four", "[0]"])
async def test_unusable_settings_are_named(stack: Stack, value: str) -> None:
    """A value that cannot be used ends the process with one line that names the variable."""
    part = stack.run("-m", "edgechat", "gateway", MAX_NUMUSERS=value)
    assert await part.wait() != 0
    assert "MAX_NUMUSERS" in part.output
    assert "Traceback" not in part.output
