"""Which of several Postgres servers has which rooms.

A room belongs to one of 1,024 slots by its number, and each slot to a server. So what is said of all rooms stays small,
however many there are, and rooms move in portions. The map is one JSON document, the same for all who read it; where it
is kept, runtime/map_store.py says. With one server there is none.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from runtime.errors import StackError
from runtime.url import split_authority

SLOTS = 1024
"""Also in chat.slot_of."""
NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")


class MapError(StackError):
    """The map of servers is not there, cannot be used, or cannot be changed like that."""


class NoMapError(MapError):
    """There is no map yet."""


class MapChangedError(MapError):
    """Somebody else has changed the map meanwhile."""


@dataclass(frozen=True, slots=True)
class ServerMap:
    """`urls` are those of the servers by their names, without account; `slots` has the name of each slot's server.

    A higher version replaces a lower one.
    """

    version: int
    urls: Mapping[str, str]
    slots: tuple[str, ...]

    @classmethod
    def of_first(cls, name: str, url: str) -> "ServerMap":
        """One server, which has everything; raises MapError."""
        return cls(1, {_usable(name): without_account(url)}, (name,) * SLOTS)

    @classmethod
    def parse(cls, text: str | bytes) -> "ServerMap":
        """What `serialize` wrote; raises MapError."""
        try:
            told = json.loads(text)
            names = list(told["servers"])
            found = cls(int(told["version"]), dict(told["servers"]), tuple(names[i] for i in told["slots"]))
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            raise MapError(f"the map of servers cannot be read: {error!r}") from None
        if len(found.slots) != SLOTS:
            raise MapError(f"the map of servers has {len(found.slots)} slots; it must have {SLOTS}")
        return found

    def serialize(self) -> str:
        """The JSON that is kept."""
        places = {name: place for place, name in enumerate(self.urls)}
        slots = [places[name] for name in self.slots]
        return json.dumps({"version": self.version, "servers": dict(self.urls), "slots": slots})

    def server_of(self, room_id: int) -> str:
        """The name of the server that has a room, whether the room is open or not."""
        return self.slots[slot_of(room_id)]

    def slots_of(self, name: str) -> list[int]:
        """The slots that a server has."""
        return [slot for slot, owner in enumerate(self.slots) if owner == name]

    def with_server(self, name: str, url: str) -> "ServerMap":
        """The next version, with one more server that has no slots yet; raises MapError."""
        if name in self.urls:
            raise MapError(f"there is a server {name!r} already, at {self.urls[name]}; choose another name")
        address = without_account(url)
        for other, known in self.urls.items():
            if known == address:
                raise MapError(f"{address} is server {other!r} already")
        return replace(self, version=self.version + 1, urls={**self.urls, _usable(name): address})

    def with_url(self, name: str, url: str) -> "ServerMap":
        """The next version, in which a server has moved to another address; raises MapError."""
        others = {other: known for other, known in self.urls.items() if other != name}
        moved = replace(self, urls=others).with_server(name, url)
        # In the order that they had.
        return replace(moved, urls={known: moved.urls[known] for known in self.urls})

    def without_server(self, name: str) -> "ServerMap":
        """The next version, without a server, which must have no slots by then; raises MapError."""
        if name not in self.urls:
            raise MapError(f"there is no server {name!r}; there are {', '.join(self.urls)}")
        urls = {other: url for other, url in self.urls.items() if other != name}
        if not urls:
            raise MapError(f"{name} is the only server")
        return replace(self, version=self.version + 1, urls=urls)

    def with_slots(self, owners: Mapping[int, str]) -> "ServerMap":
        """The next version, in which some slots belong to others; raises MapError."""
        for name in set(owners.values()):
            if name not in self.urls:
                raise MapError(f"there is no server {name!r}; there are {', '.join(self.urls)}")
        slots = tuple(owners.get(slot, owner) for slot, owner in enumerate(self.slots))
        return replace(self, version=self.version + 1, slots=slots)


def slot_of(room_id: int) -> int:
    """The slot of a room: rooms that are numbered one after the other are dealt evenly."""
    return room_id % SLOTS


def without_account(url: str) -> str:
    """A URL without the login; raises MapError for what is none of Postgres."""
    scheme, authority, rest = split_authority(url)
    if scheme not in ("postgresql", "postgres"):
        raise MapError("that is no URL of a Postgres; write postgresql://HOST:PORT/DATABASE")
    if {name for name, _ in parse_qsl(rest.partition("?")[2])} & {"user", "password", "passfile"}:
        raise MapError(
            "the URL has a login among its parameters: leave it out; all servers have that of DATABASE_URL, which is "
            "not kept in the map"
        )
    return f"{scheme}://{authority.rpartition('@')[2]}{rest}"


def with_account(url: str, account_url: str) -> str:
    """A URL with the login of another: all servers have the same roles."""
    scheme, authority, rest = split_authority(without_account(url))
    account, at, _ = split_authority(account_url)[1].rpartition("@")
    return f"{scheme}://{account}{at}{authority}{rest}"


def _usable(name: str) -> str:
    if not NAME.fullmatch(name):
        raise MapError(f"{name!r} cannot be a server's name; it must be small letters, digits, - and _, as db1 or east")
    return name
