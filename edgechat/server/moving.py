"""`edgechat server move` and `drain`: slots with their rooms go to other servers, a few at a time, while people talk.

Whatever a killed one left is finished first: that slots have left is noted on the server that they leave.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager

from edgechat.server.changing import change_map, require_bucket
from edgechat.server.database import Server, ServerError, open_server
from edgechat.server.dealing import shown
from edgechat.server.transfer import Transfer
from runtime.errors import StackError
from runtime.interface import INTERFACE_VERSION
from runtime.map_store import MapStore, open_store
from runtime.server_map import MapError, ServerMap, slot_of
from runtime.settings import Settings

ROOMS_AT_ONCE = 40
"""So many rooms are held up together, and those of one slot in any case."""
Say = Callable[[str], None]


async def move(settings: Settings, slots: Sequence[int], rooms: Sequence[int], target: str | None, say: Say) -> None:
    """Have slots, and those of rooms, go to a server; without any only what was interrupted is finished. Raises
    MapError and ServerError."""
    wanted = {*slots, *map(slot_of, rooms)}
    if wanted and target is None:
        raise StackError("say where they are to go, as in `edgechat server move --room 3 --to db2`")
    async with Opened(settings, say) as moving:
        if target is not None:
            moving.require(target)
        await moving.finish_left()
        for source in moving.servers:
            own = sorted(wanted & {*moving.map.slots_of(source)})
            if target is not None and source != target:
                await moving.move(source, target, own)
        moving.sum_up()


async def drain(settings: Settings, name: str, say: Say) -> None:
    """Have all slots of a server go to the others, so that all of these have as many. Raises MapError, ServerError."""
    async with Opened(settings, say) as moving:
        moving.require(name)
        await moving.finish_left()
        others = Counter({other: len(moving.map.slots_of(other)) for other in moving.map.urls if other != name})
        if not others:
            raise MapError(f"{name} is the only server: add another one first")
        goals: dict[str, list[int]] = {}
        for slot in moving.map.slots_of(name):
            target = min(others, key=lambda other: others[other])
            others[target] += 1
            goals.setdefault(target, []).append(slot)
        for target, slots in goals.items():
            await moving.move(name, target, slots)
        moving.sum_up()


async def undo(settings: Settings, say: Say) -> None:
    """Have slots back that have left their server and arrived nowhere. Raises MapError and ServerError."""
    async with Opened(settings, say) as moving:
        await moving.undo_left()
        moving.sum_up()


class Opened:
    """All servers, connected to, for one who moves slots."""

    def __init__(self, settings: Settings, say: Say) -> None:
        require_bucket(settings)
        self._settings = settings
        self._say = say
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> "Moving":
        await self._stack.__aenter__()
        try:
            store = await self._stack.enter_async_context(open_store(self._settings))
            servers, _ = await store.read()
            opened = {}
            for name, url in servers.urls.items():
                server = await self._stack.enter_async_context(open_server(name, url, self._settings.database_url))
                look = await server.look()
                if look.interface != INTERFACE_VERSION or look.name != name:
                    raise ServerError(f"server {name} is not as the map says: `edgechat server list` tells more")
                opened[name] = server
            await next(iter(opened.values())).take_turn()
            # As the last one who had the turn has left it.
            servers, _ = await store.read()
        except BaseException:
            await self._stack.aclose()
            raise
        return Moving(store, servers, opened, self._say)

    async def __aexit__(self, *raised: object) -> None:
        await self._stack.aclose()


class Moving:
    """What is done with all servers at hand."""

    def __init__(self, store: MapStore, servers: ServerMap, opened: dict[str, Server], say: Say) -> None:
        self._store = store
        self._say = say
        # As it was last read or written.
        self.map = servers
        self.servers = opened

    def require(self, name: str) -> None:
        """Raise MapError if there is no such server."""
        if name not in self.servers:
            raise MapError(f"there is no server {name!r}; there are {', '.join(self.servers)}")

    async def move(self, source: str, target: str, slots: Sequence[int]) -> None:
        """Have slots go from one server to another, a few at a time."""
        loads = await self.servers[source].slots()
        for some in portions(slots, {slot: load.rooms for slot, load in loads.items()}):
            transfer = self._transfer(source, target)
            began = time.monotonic()
            with self._named(source, target):
                rooms = await transfer.prepare(some)
                copied = time.monotonic() - began
                await transfer.leave(some)
            held_up = await self._finish(transfer, source, target)
            what = f"{rooms:,} room{'' if rooms == 1 else 's'}"
            words = f"slots {shown(some)} with {what} went from {source} to {target}"
            self._say(f"{words}: copied in {copied:.2f} s, held up for {held_up:.2f} s")

    async def finish_left(self) -> None:
        """Finish what was interrupted."""
        for source, target, slots in await self._left():
            held_up = await self._finish(self._transfer(source, target), source, target)
            self._say(f"slots {shown(slots)} had left {source} for {target}: finished in {held_up:.2f} s")

    async def undo_left(self) -> None:
        """Undo what was interrupted, but for slots that the map gives to their new server already."""
        for source, target, slots in await self._left():
            held = set(await self.servers[target].slots())
            stranded = [slot for slot in slots if slot not in held]
            if not stranded:
                continue
            with self._named(source, target):
                await self._transfer(source, target).undo(stranded)
            self._say(f"slots {shown(stranded)} had left {source} for {target}: they are back")
        await self.finish_left()

    def sum_up(self) -> None:
        """Say what each has now."""
        counts = Counter(self.map.slots)
        self._say("slots: " + ", ".join(f"{name} has {counts[name]}" for name in self.map.urls))

    async def _left(self) -> list[tuple[str, str, list[int]]]:
        found = []
        for source in self.servers:
            for target in self.servers:
                with self._named(source, target):
                    slots = [row["slot"] for row in await self._transfer(source, target).departed()]
                if slots:
                    found.append((source, target, slots))
        return found

    def _transfer(self, source: str, target: str) -> Transfer:
        return Transfer(self.servers[source].connection, self.servers[target].connection, target)

    @contextmanager
    def _named(self, source: str, target: str) -> Iterator[None]:
        """Have errors say of which of two servers they are: of the one that is lost, if one is."""
        try:
            with self.servers[source].named():
                yield
        except ServerError as error:
            for server in (self.servers[source], self.servers[target]):
                if server.connection.is_closed():
                    raise ServerError(
                        f"server {server.name} ({server.address}) was lost meanwhile: when it is back, "
                        "`edgechat server list` tells what is to be finished"
                    ) from error
            raise

    async def _finish(self, transfer: Transfer, source: str, target: str) -> float:
        async def publish(slots: list[int]) -> None:
            self.map = await change_map(self._store, lambda present: present.with_slots(dict.fromkeys(slots, target)))

        with self._named(source, target):
            try:
                return await transfer.finish(publish)
            except TimeoutError:
                raise ServerError(
                    f"the bridge of {target} has not stored yet what the rooms have: start it, and run "
                    "`edgechat server move` to finish, or `edgechat server move --undo`"
                ) from None


def portions(slots: Sequence[int], rooms: Mapping[int, int]) -> Iterator[list[int]]:
    """Slots in portions of so many rooms, by how many rooms each has; all without any in the first."""
    some: list[int] = []
    count = 0
    for slot in sorted(slots, key=lambda slot: rooms.get(slot, 0)):
        if some and count and count + rooms.get(slot, 0) > ROOMS_AT_ONCE:
            yield sorted(some)
            some, count = [], 0
        some.append(slot)
        count += rooms.get(slot, 0)
    if some:
        yield sorted(some)
