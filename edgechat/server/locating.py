"""`edgechat server list --room N`: where a room lives."""

import json
from dataclasses import asdict, dataclass

from edgechat.look.screen import public_url
from edgechat.server.changing import require_bucket
from edgechat.server.database import Room, Server, ServerError, open_server
from edgechat.server.faults import FINISH
from runtime.map_store import read_map
from runtime.server_map import slot_of
from runtime.settings import Settings


@dataclass(frozen=True, slots=True)
class Place:
    """Where a room is by the map. `moving_to` is where its slot has left for and not arrived; `members` and `max_users`
    are null if the room is not open there, and `reason` says why."""

    room: int
    slot: int
    server: str
    address: str
    is_up: bool = True
    moving_to: str | None = None
    members: int | None = None
    max_users: int | None = None
    reason: str | None = None


async def locate(settings: Settings, room_id: int, is_json: bool) -> tuple[str, bool]:
    """A line or JSON, and whether people can be in the room. Raises StackError without a map."""
    require_bucket(settings)
    servers = await read_map(settings)
    name = servers.server_of(room_id)
    address = public_url(servers.urls[name])
    place = Place(room_id, slot_of(room_id), name, address)
    try:
        async with open_server(name, servers.urls[name], settings.database_url) as server:
            place = await _look(server, place)
    except ServerError as error:
        place = Place(*(room_id, slot_of(room_id), name, address), is_up=False, reason=str(error))
    return (json.dumps(asdict(place), indent=2) if is_json else _in_words(place)), place.members is not None


async def _look(server: Server, place: Place) -> Place:
    moving_to = (await server.list_departed()).get(place.slot)
    here = (place.room, place.slot, place.server, place.address)
    if moving_to is not None:
        return Place(*here, moving_to=moving_to, reason=f"it has left for {moving_to} and has not arrived: {FINISH}")
    if place.slot not in await server.slots():
        return Place(*here, reason=f"{place.server} does not hold that slot: `edgechat server list` tells more")
    room: Room | None = await server.find_room(place.room)
    if room is None:
        return Place(*here, reason="no such room is open: NUM_CHATROOMS says how many there are")
    return Place(*here, members=room.members, max_users=room.max_users)


def _in_words(place: Place) -> str:
    where = f"room {place.room} is in slot {place.slot}, which is {place.server}'s ({place.address})"
    if place.reason is not None:
        return f"{where}: {place.reason}"
    return f"{where}: open, {place.members} of {place.max_users} users"
