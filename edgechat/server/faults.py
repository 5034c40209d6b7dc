"""Where map and servers disagree, and what mends it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from edgechat.server.database import Feeds, Load, Look
from edgechat.server.dealing import holders, shown
from runtime.interface import INTERFACE_VERSION
from runtime.server_map import ServerMap

FINISH = (
    "unless a move is at work, `edgechat server move` finishes that, and `edgechat server move --undo` has them back"
)


@dataclass(frozen=True, slots=True)
class Found:
    """What a server says of itself: `departed` are slots that left it and have not arrived, each with where to;
    `feeds` says up to where the feeds were carried to it; `reason` says why it says nothing."""

    look: Look = field(default_factory=Look)
    slots: Mapping[int, Load] = field(default_factory=dict)
    departed: Mapping[int, str] = field(default_factory=dict)
    feeds: Feeds | None = None
    reason: str | None = None


def find_faults(servers: ServerMap, found: Mapping[str, Found]) -> Iterable[str]:
    """What is wrong, and what to run, of the servers that are up, but for slots on their way (`find_departed`)."""
    up = {name: answer for name, answer in found.items() if answer.reason is None}
    for name, answer in up.items():
        again = f"`edgechat server add {name} {servers.urls[name]}`"
        if answer.look.interface != INTERFACE_VERSION:
            yield f"{name} has interface {answer.look.interface}, and not {INTERFACE_VERSION}: run `edgechat migrate`"
        elif answer.look.name is None:
            yield f"{name}'s database does not know that it is a server: {again} finishes that"
        elif answer.look.name != name:
            yield (
                f"the database at {name}'s address is server {answer.look.name!r}: give the right address by "
                f"`edgechat server add {name} URL`"
            )
    holding = holders({name: answer.slots for name, answer in up.items()})
    departed = {slot for answer in up.values() for slot in answer.departed}
    # Those are looked at already.
    yield from _find_lost(servers, up, {slot: names for slot, names in holding.items() if slot not in departed})
    yield from _find_doubled(servers, holding)


def find_remarks(servers: ServerMap) -> Iterable[str]:
    """What is as it should be after a drain, and not what one would expect otherwise."""
    for name, url in servers.urls.items():
        if not servers.slots_of(name):
            yield (
                f"{name} has no slots, so no rooms: `edgechat server add {name} {url}` gives it a share of the slots "
                "without rooms, and `edgechat server move` has others go there"
            )


def find_departed(name: str, found: Found) -> Iterable[str]:
    """Slots that left a server and are on their way."""
    ways: dict[str, list[int]] = {}
    for slot, target in found.departed.items():
        ways.setdefault(target, []).append(slot)
    for target, slots in ways.items():
        yield f"slots {shown(slots)} have left {name} for {target} and have not arrived: {FINISH}"


def _find_lost(servers: ServerMap, up: Mapping[str, Found], holding: Mapping[int, list[str]]) -> Iterable[str]:
    """Slots of the map that their server does not hold."""
    lost: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for slot, names in holding.items():
        owner = servers.slots[slot]
        if owner in up and up[owner].look.name is not None and owner not in names:
            lost.setdefault((owner, tuple(names)), []).append(slot)
    for (owner, others), slots in lost.items():
        words = f"slots {shown(slots)} are {owner}'s in the map, and it does not hold them"
        if others:
            again = f"`edgechat server add {others[0]} {servers.urls[others[0]]}` has the map follow"
            yield f"{words}; {' and '.join(others)} does: {again}"
        elif empty := [name for name in servers.urls if not servers.slots_of(name)]:
            again = f"`edgechat server add {empty[0]} {servers.urls[empty[0]]}`"
            yield f"{words}; nobody does: {again} finishes dealing them"
        else:
            yield (
                f"{words}; nobody does: add the server that does, if the map lacks one, under the name that it had; if "
                f"there is none, `edgechat server add {owner} {servers.urls[owner]}` gives them to {owner}"
            )


def _find_doubled(servers: ServerMap, holding: Mapping[int, list[str]]) -> Iterable[str]:
    """Slots that several hold; where one of them is their owner, the others have them too much."""
    doubled: dict[tuple[str, ...], list[int]] = {}
    for slot, names in holding.items():
        if len(names) > 1:
            doubled.setdefault((servers.slots[slot], *names), []).append(slot)
    for key, slots in doubled.items():
        owner, *names = key
        words = f"slots {shown(slots)} are held by {' and '.join(names)}, and in the map they are {owner}'s"
        for name in names:
            if name != owner:
                again = f"`edgechat server add {name} {servers.urls[name]}`"
                words += f"; {again} has {name} give up those in which it never had a room"
        yield words
