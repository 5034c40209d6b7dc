"""`edgechat server list`: each server with what it has, and where map and servers disagree."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field

from edgechat.look.screen import public_url
from edgechat.server.changing import require_bucket
from edgechat.server.database import Load, Look, ServerError, open_server
from edgechat.server.dealing import holders, shown
from runtime.interface import INTERFACE_VERSION
from runtime.map_store import open_store
from runtime.server_map import ServerMap
from runtime.settings import Settings

HEAD = ("server", "", "address", "slots", "rooms", "members")


@dataclass(frozen=True, slots=True)
class Found:
    """What a server says of itself: `departed` are slots that left it and have not arrived; `reason` says why it says
    nothing."""

    look: Look = field(default_factory=Look)
    slots: Mapping[int, Load] = field(default_factory=dict)
    departed: Mapping[int, str] = field(default_factory=dict)
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A server: `slots` are those that the map gives it; rooms that are open, and their members, null if it is away."""

    name: str
    address: str
    is_up: bool
    reason: str | None
    slots: int
    rooms: int | None
    members: int | None


async def list_servers(settings: Settings, is_json: bool) -> tuple[str, bool]:
    """A table or JSON, and whether all is well. Raises StackError without a map."""
    require_bucket(settings)
    async with open_store(settings) as store:
        servers, _ = await store.read()
    answers = await asyncio.gather(*(_ask(name, url, settings.database_url) for name, url in servers.urls.items()))
    found = dict(zip(servers.urls, answers, strict=True))
    rows = [_row(servers, name, answer) for name, answer in found.items()]
    faults = list(find_faults(servers, found))
    remarks = list(find_remarks(servers))
    is_well = not faults and all(row.is_up for row in rows)
    text = _as_json(servers, rows, faults, remarks) if is_json else _as_table(servers, rows, faults, remarks)
    return text, is_well


async def _ask(name: str, address: str, account_url: str) -> Found:
    try:
        async with open_server(name, address, account_url) as server:
            look = await server.look()
            if not look.interface:
                return Found(look)
            return Found(look, await server.slots(), await server.list_departed())
    except ServerError as error:
        return Found(reason=str(error))


def _row(servers: ServerMap, name: str, found: Found) -> Row:
    is_up = found.reason is None
    loads = found.slots.values()
    return Row(
        name,
        public_url(servers.urls[name]),
        is_up,
        found.reason,
        len(servers.slots_of(name)),
        sum(load.rooms for load in loads) if is_up else None,
        sum(load.members for load in loads) if is_up else None,
    )


def find_faults(servers: ServerMap, found: Mapping[str, Found]) -> Iterable[str]:
    """What is wrong, and what to run, of the servers that are up."""
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
    departed = {slot: (name, to) for name, answer in up.items() for slot, to in answer.departed.items()}
    yield from _find_departed(departed)
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


def _find_departed(departed: Mapping[int, tuple[str, str]]) -> Iterable[str]:
    """Slots on their way."""
    ways: dict[tuple[str, str], list[int]] = {}
    for slot, way in departed.items():
        ways.setdefault(way, []).append(slot)
    for (source, target), slots in ways.items():
        yield (
            f"slots {shown(slots)} have left {source} for {target} and have not arrived: unless a move is at work, "
            "`edgechat server move` finishes that, and `edgechat server move --undo` has them back"
        )


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


def _as_json(servers: ServerMap, rows: list[Row], faults: list[str], remarks: list[str]) -> str:
    told = {"version": servers.version, "servers": [asdict(row) for row in rows], "faults": faults}
    told["remarks"] = remarks
    return json.dumps(told, indent=2)


def _as_table(servers: ServerMap, rows: list[Row], faults: list[str], remarks: list[str]) -> str:
    cells = [HEAD] + [
        (row.name, "up" if row.is_up else "DOWN", row.address, *(_cell(n) for n in (row.slots, row.rooms, row.members)))
        for row in rows
    ]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD))]
    table = [
        "  ".join(
            cell.rjust(width) if column > 2 else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    ]
    away = [row.reason for row in rows if row.reason is not None]
    return "\n".join(
        [f"map of version {servers.version}", *table, *away, *(f"FAULT: {fault}" for fault in faults), *remarks]
    )


def _cell(number: int | None) -> str:
    return "" if number is None else f"{number:,}"
