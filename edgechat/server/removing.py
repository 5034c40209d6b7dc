"""`edgechat server remove`: a server that has nothing any more is taken out of the map, also if it is away for ever."""

from collections.abc import Callable
from contextlib import AsyncExitStack

from edgechat.server.changing import change_map, require_bucket
from edgechat.server.database import Server, ServerError, open_server
from edgechat.server.dealing import holders, shown
from runtime.map_store import open_store
from runtime.server_map import MapError
from runtime.settings import Settings


async def remove(settings: Settings, name: str, say: Callable[[str], None]) -> None:
    """Take a server out of the map. Raises MapError while it has slots, and ServerError while others may be there that
    nobody but this server has, or if another server is away."""
    require_bucket(settings)
    async with open_store(settings) as store, AsyncExitStack() as stack:
        servers, _ = await store.read()
        servers.without_server(name)
        opened: dict[str, Server] = {}
        for each, url in servers.urls.items():
            try:
                opened[each] = await stack.enter_async_context(open_server(each, url, settings.database_url))
            except ServerError:
                if each != name:
                    raise
                say(f"{name} does not answer: this goes by what the others have")
        # Others who change something have the turn at the first one, before and after this.
        for each in dict.fromkeys((next(iter(opened)), next(other for other in opened if other != name))):
            await opened[each].take_turn()
        servers, _ = await store.read()
        if own := servers.slots_of(name):
            raise MapError(f"{name} has {len(own):,} slots: run `edgechat server drain {name}` first")
        held = holders({each: await server.slots() for each, server in opened.items() if each != name})
        if missing := [slot for slot, names in held.items() if not names]:
            raise ServerError(
                f"slots {shown(missing)} are held by no other server: `edgechat server list` tells why; after a move "
                "that was interrupted `edgechat server move` finishes it, or `edgechat server move --undo`"
            )
        await change_map(store, lambda present: present.without_server(name))
        say(f"{name} is no server any more: stop its bridges, and take its database away when you like")
