"""`edgechat server add`: makes the map, or gives it one more server and deals the slots anew.

Killed at any point it is finished by running it again; until then everything goes on as it was. A server is first in
the map without slots. Slots that are to go are given up by their owners, which do so only where no room ever was, then
held by the new ones, and only then the map says so: until then nobody opens a room in them. Where map and servers
disagree later, as after a restore, to run it again for a server that is there says that this one is right.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import AsyncExitStack, redirect_stdout
from io import StringIO

from db.apply import migrate
from edgechat.server.changing import change_map, find_map
from edgechat.server.database import Look, Server, ServerError, open_server
from edgechat.server.dealing import deal, holders, mend, shown, unheld
from edgechat.server.feeds import copy_feeds
from edgechat.server.linking import link
from runtime.interface import INTERFACE_VERSION
from runtime.map_store import MapStore
from runtime.server_map import SLOTS, MapError, ServerMap
from runtime.settings import Settings

WIDTH = 62


class Adding:
    """One server that is added, or that being finished; `first` is the map that there would be if it were the first.

    Each step is told. Raises MapError, ServerError, and MigrateError.
    """

    def __init__(
        self,
        settings: Settings,
        store: MapStore,
        stack: AsyncExitStack,
        first: ServerMap,
        say: Callable[[str], None],
    ) -> None:
        ((self._name, self._address),) = first.urls.items()
        self._settings = settings
        self._store = store
        self._stack = stack
        self._first = first
        self._say = say
        # When the step that is under way began.
        self._began = time.monotonic()
        # As it was last read or written; empty before there is one.
        self._map = first
        # Those that are connected to.
        self._servers: dict[str, Server] = {}
        # Whether anything was changed.
        self._has_changed = False

    async def run(self, only_if_new: bool) -> None:
        """All of it."""
        known = await find_map(self._store)
        self._say(f"server {self._name} at {self._address}")
        new = await self._open(self._name, self._address)
        look = await self._prepare(new)
        if known is None:
            await self._make_map(new, look)
            return self._sum_up({})
        self._map = known
        if known.urls.get(self._name, self._address) != self._address:
            await self._move(look)
        if only_if_new and self._is_complete(look):
            return self._say("it is a server already: nothing to do")
        await self._take_turn()
        await self._open_others()
        await self._enter(new, look)
        for server in self._servers.values():
            await self._take_name(server)
        await self._copy_feeds(new)
        if self._map.slots_of(self._name):
            await self._mend(new)
        else:
            await self._deal()
        await self._link()
        self._sum_up(await self._used())

    def _is_complete(self, look: Look) -> bool:
        is_there = self._map.urls.get(self._name) == self._address and bool(self._map.slots_of(self._name))
        return is_there and look.name == self._name

    async def _open(self, name: str, address: str) -> Server:
        server = await self._stack.enter_async_context(open_server(name, address, self._settings.database_url))
        self._servers[name] = server
        return server

    async def _take_turn(self) -> None:
        """At the first server, which is there as long as the map is; then see what the last one has left."""
        name, address = next(iter(self._map.urls.items()))
        first = self._servers[name] if name in self._servers else await self._open(name, address)
        await first.take_turn()
        self._map, _ = await self._store.read()

    async def _open_others(self) -> None:
        """All of them: none may be asked to give up slots while another one cannot be asked."""
        for name, address in self._map.urls.items():
            if name != self._name:
                other = self._servers.get(name) or await self._open(name, address)
                look = await other.look()
                if look.interface != INTERFACE_VERSION:
                    raise ServerError(f"server {name} has interface {look.interface}, and not {_ours()}")
        # In the order of the map.
        names = [*self._map.urls, self._name]
        self._servers = {name: self._servers[name] for name in dict.fromkeys(names)}
        self._tell("all servers reached")

    async def _prepare(self, new: Server) -> Look:
        """Bring it up to date where it is not; raises ServerError if it cannot be the server of this name."""
        look = await new.look()
        self._tell(f"reached, with interface {look.interface}" if look.interface else "reached, and empty")
        if look.interface > INTERFACE_VERSION:
            raise ServerError(
                f"server {self._name} has interface {look.interface}, and not {_ours()}: it was migrated by a newer "
                "version; run that one"
            )
        if look.interface < INTERFACE_VERSION:
            # What its statements yield is printed.
            with redirect_stdout(StringIO()):
                await asyncio.to_thread(migrate, new.url)
            look = await new.look()
            self._tell(f"brought up to date: it has interface {look.interface} now")
            self._has_changed = True
        if look.name not in (None, self._name):
            raise ServerError(
                f"the database at {self._address} is server {look.name!r} already: add it under that name, or give the "
                "address of another database"
            )
        return look

    async def _make_map(self, new: Server, look: Look) -> None:
        await self._store.create(self._first)
        self._tell(f"made the map {self._settings.server_map}, in which it has all {SLOTS} slots")
        self._has_changed = True
        if look.name is None:
            await self._take_name(new)
        elif missing := unheld(self._map, {self._name: await new.slots()}):
            self._say(
                f"It was a server of a map that is gone, and does not hold the slots {shown(missing)}: add the servers "
                "again that do, each under the name that it had."
            )

    async def _enter(self, new: Server, look: Look) -> None:
        """Have it in the map."""
        if self._name in self._map.urls:
            return self._tell("in the map already: finishing what is left to do")
        if look.name is not None:
            return await self._take_back(new)
        if look.has_rooms:
            raise ServerError(
                f"the database at {self._address} has rooms already, so it cannot be added beside others: rooms of the "
                "same numbers are theirs; take a new database"
            )
        if missing := unheld(self._map, await self._held()):
            raise ServerError(
                f"slots {shown(missing)} are held by no server now, and are not dealt before that is mended: "
                "`edgechat server list` says how"
            )
        await self._change(lambda present: present.with_server(self._name, self._address))
        self._tell(f"in the map, which has version {self._map.version} now, without slots yet")

    async def _move(self, look: Look) -> None:
        """It may have another address, but for the database that has its name."""
        former = self._map.urls[self._name]
        if look.name != self._name:
            raise MapError(
                f"there is a server {self._name!r} already, at {former}; choose another name; if that one has moved "
                "here, its database must be here, too, and this is another one"
            )
        await self._change(lambda present: present.with_url(self._name, self._address))
        self._tell(f"it has moved from {former}: the map has version {self._map.version} now")

    async def _take_back(self, new: Server) -> None:
        """A server that the map has lost: it has what it holds, and its owner in the map does not."""
        held = await self._held()
        own = {slot: self._name for slot in held[self._name] if self._map.slots[slot] not in holders(held)[slot]}
        await self._change(lambda present: present.with_server(self._name, self._address).with_slots(own))
        self._tell(
            f"in the map again, which has version {self._map.version} now, with the {len(own)} slots that it holds"
        )

    async def _take_name(self, server: Server) -> None:
        if (await server.look()).name is None:
            await server.take_name(self._map.slots_of(server.name))
            self._tell(f"{server.name}'s database knows its name now")
            self._has_changed = True

    async def _copy_feeds(self, new: Server) -> None:
        others = [server for name, server in self._servers.items() if name != self._name]
        if others and (added := await copy_feeds(others[0], new)):
            self._tell(f"feeds added, as {others[0].name} has them: {', '.join(added)}")
            self._has_changed = True

    async def _deal(self) -> None:
        """Deal the slots in which there never was a room."""
        holding = holders(await self._held())
        doubled = {slot: self._map.slots[slot] for slot, names in holding.items() if len(names) > 1}
        fixed = await self._used() | doubled
        present = {slot: names[0] for slot, names in holding.items() if names and slot not in fixed}
        dealt = deal(list(self._map.urls), fixed, present)
        owners = {slot: name for slot, name in dealt.items() if holding[slot] != [name]}
        for holder, slots in _by_name((slot, holding[slot][0]) for slot in owners if holding[slot]).items():
            given = await self._servers[holder].give_up(slots)
            # Names in use that these are the home of.
            await self._copy_claims(holder, {slot: owners[slot] for slot in set(slots) & given})
            # Somebody has opened rooms in these meanwhile.
            for slot in set(slots) - given:
                del owners[slot]
            self._tell(f"{len(given)} slots without rooms given up by {holder}")
        for name, slots in _by_name(owners.items()).items():
            await self._servers[name].hold(slots)
            self._tell(f"{len(slots)} slots given to {name}")
        # What was dealt before somebody killed us is held already, and the map does not say so.
        await self._follow({slot: names[0] for slot, names in holders(await self._held()).items() if len(names) == 1})
        self._tell(f"the map has version {self._map.version} now")

    async def _copy_claims(self, holder: str, owners: Mapping[int, str]) -> None:
        for name, slots in _by_name(owners.items()).items():
            claims = await self._servers[holder].export_claims(slots)
            if claims is not None:
                await self._servers[name].receive_claims(claims)

    async def _mend(self, new: Server) -> None:
        mending = mend(self._map, await self._held(), self._name)
        if mending.hold:
            await new.hold(mending.hold)
            self._tell(f"given the slots {shown(mending.hold)}, which nobody held")
        if mending.give_up and (given := await new.give_up(mending.give_up) & set(mending.give_up)):
            self._tell(f"{len(given)} slots given up that others have: {shown(given)}")
        if mending.follow:
            await self._follow(mending.follow)
            self._tell(f"the map follows who holds the slots {shown(mending.follow)}: version {self._map.version}")
        self._has_changed = self._has_changed or bool(mending.hold or mending.give_up)

    async def _link(self) -> None:
        """Has each look into the others, as far as it can."""
        for words in await link(self._map.urls, self._settings):
            self._tell(words)

    async def _held(self) -> dict[str, set[int]]:
        return {name: set(await server.slots()) for name, server in self._servers.items()}

    async def _used(self) -> dict[int, str]:
        """The slots that cannot go, and where they are."""
        return {slot: name for name, server in self._servers.items() for slot in await server.used_slots()}

    async def _follow(self, owners: Mapping[int, str]) -> None:
        """Have the map say who has slots."""

        def follow(present: ServerMap) -> ServerMap:
            differing = {slot: name for slot, name in owners.items() if present.slots[slot] != name}
            return present.with_slots(differing) if differing else present

        await self._change(follow)

    async def _change(self, change: Callable[[ServerMap], ServerMap]) -> None:
        former = self._map
        self._map = await change_map(self._store, change)
        self._has_changed = self._has_changed or self._map != former

    def _sum_up(self, used: Mapping[int, str]) -> None:
        if not self._has_changed:
            self._say("nothing was left to do")
        counts = Counter(self._map.slots)
        self._say("slots: " + ", ".join(f"{name} has {counts[name]}" for name in self._map.urls))
        for name, slots in _by_name(sorted(used.items())).items():
            if len(self._map.urls) > 1:
                self._say(f"slots with rooms stay where they are: {name} has {shown(slots)}")

    def _tell(self, words: str) -> None:
        now = time.monotonic()
        self._say(f"  {words:<{WIDTH}} {now - self._began:6.2f} s")
        self._began = now


def _by_name(pairs: Iterable[tuple[int, str]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for slot, name in pairs:
        found.setdefault(name, []).append(slot)
    return found


def _ours() -> str:
    return f"{INTERFACE_VERSION}, as this version has it: run `edgechat migrate`"
