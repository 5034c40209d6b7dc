"""What all servers have, as they and the map say: asked of all at once, for whoever lists them or one room."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from edgechat.look.screen import public_url
from edgechat.look.stream import ask_newest_seq
from edgechat.server.changing import require_bucket
from edgechat.server.database import ServerError, open_server
from edgechat.server.faults import Found, find_departed, find_faults, find_remarks
from runtime.map_store import read_map
from runtime.server_map import ServerMap
from runtime.settings import Settings


@dataclass(frozen=True, slots=True)
class Row:
    """A server: `slots` are those that the map gives it; the rest is null if it is away.

    `rooms` are open, `members` in them. `waiting` are messages of the stream that its bridge is yet to carry, null too
    where there is no stream; `departed` are slots that have left it and have not arrived, by the server they left for.
    """

    name: str
    address: str
    is_up: bool
    reason: str | None
    slots: int
    rooms: int | None = None
    members: int | None = None
    waiting: int | None = None
    has_bridge: bool | None = None
    departed: Mapping[str, list[int]] | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """The map, what each server says by its name, and how much the stream has; None where that cannot be asked."""

    servers: ServerMap
    found: Mapping[str, Found]
    newest_seq: int | None

    def rows(self) -> list[Row]:
        """Each server, in the order of the map."""
        return [self._row(name, found) for name, found in self.found.items()]

    def departures(self) -> list[str]:
        """What is on its way between servers."""
        return [words for name, found in self.found.items() for words in find_departed(name, found)]

    def faults(self) -> list[str]:
        """What else is wrong."""
        return list(find_faults(self.servers, self.found))

    def remarks(self) -> list[str]:
        """What is worth a word."""
        return list(find_remarks(self.servers))

    def _row(self, name: str, found: Found) -> Row:
        address, slots = public_url(self.servers.urls[name]), len(self.servers.slots_of(name))
        if found.reason is not None:
            return Row(name, address, False, found.reason, slots)
        departed: dict[str, list[int]] = {}
        for slot, target in found.departed.items():
            departed.setdefault(target, []).append(slot)
        loads = found.slots.values()
        return Row(
            *(name, address, True, None, slots),
            rooms=sum(load.rooms for load in loads),
            members=sum(load.members for load in loads),
            waiting=None
            if self.newest_seq is None or found.feeds is None
            else max(0, self.newest_seq - found.feeds.position),
            has_bridge=None if found.feeds is None else found.feeds.has_bridge,
            departed=departed,
        )


async def survey(settings: Settings) -> Survey:
    """Ask all. Raises StackError without a map."""
    require_bucket(settings)
    servers = await read_map(settings)
    asked = asyncio.gather(*(_ask(name, url, settings) for name, url in servers.urls.items()))
    newest_seq, answers = await asyncio.gather(ask_newest_seq(settings), asked)
    return Survey(servers, dict(zip(servers.urls, answers, strict=True)), newest_seq)


async def _ask(name: str, address: str, settings: Settings) -> Found:
    try:
        async with open_server(name, address, settings.database_url) as server:
            look = await server.look()
            if not look.interface:
                return Found(look)
            slots, departed = await server.slots(), await server.list_departed()
            return Found(look, slots, departed, await server.feeds(settings.feed_stream))
    except ServerError as error:
        return Found(reason=str(error))
