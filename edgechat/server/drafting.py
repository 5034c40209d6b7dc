"""`edgechat server add` of several servers at once: the first map is seen by nobody before all of them are in it.

A gateway that starts meanwhile would open all rooms at the first server, where they then stay. If this is killed there
is no map, and what the servers hold already is found when it is run again. Slots that were on their way, and that
nobody holds, are dealt to nobody then, since a server that was not named might have them: `edgechat server list` says
how they are given to one.
"""

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack

from edgechat.server.adding import Adding
from edgechat.server.changing import find_map, require_bucket
from runtime.map_store import MapStore, open_store
from runtime.server_map import MapChangedError, NoMapError, ServerMap
from runtime.settings import Settings


class Draft(MapStore):
    """A map that is not kept yet."""

    def __init__(self) -> None:
        self._servers: ServerMap | None = None
        self._revision = 0

    async def read(self) -> tuple[ServerMap, int]:
        """The map and its revision; raises NoMapError if there is none."""
        if self._servers is None:
            raise NoMapError("no server is in the map yet")
        return self._servers, self._revision

    async def create(self, servers: ServerMap) -> None:
        """The first one."""
        self._servers = servers

    async def write(self, servers: ServerMap, revision: int) -> int:
        """Replace the map that was read with this revision; the new one's. Raises MapChangedError."""
        if revision != self._revision:
            raise MapChangedError("somebody else has just changed the map of servers")
        self._servers = servers
        self._revision += 1
        return self._revision


async def add(
    settings: Settings, servers: Sequence[tuple[str, str]], only_if_new: bool, say: Callable[[str], None]
) -> None:
    """Add servers, given by name and URL, or finish that, telling each step.

    Raises MapError, ServerError, and MigrateError.
    """
    require_bucket(settings)
    # Also checks all.
    firsts = [ServerMap.of_first(name, url) for name, url in servers]
    async with open_store(settings) as store:
        draft = Draft() if len(firsts) > 1 and await find_map(store) is None else None
        for first in firsts:
            async with AsyncExitStack() as stack:
                await Adding(settings, draft or store, stack, first, say).run(only_if_new)
        if draft is not None:
            made, _ = await draft.read()
            await store.create(made)
            say(f"the map {settings.server_map} is there for all to see, with {', '.join(made.urls)}")
