"""`edgechat server list`: each server with what it has, and where map and servers disagree."""

import json
from dataclasses import asdict

from edgechat.server.survey import Row, survey
from runtime.settings import Settings

HEAD = ("server", "", "address", "slots", "rooms", "members", "waiting", "bridge")
NUMBERS = range(3, 7)
"""Columns that end alike."""


async def list_servers(settings: Settings, is_json: bool) -> tuple[str, bool]:
    """A table or JSON, and whether all is well. Raises StackError without a map."""
    found = await survey(settings)
    rows, faults, remarks = found.rows(), found.departures() + found.faults(), found.remarks()
    is_well = not faults and all(row.is_up for row in rows)
    if is_json:
        told = {"version": found.servers.version, "servers": [asdict(row) for row in rows], "faults": faults}
        return json.dumps(told | {"remarks": remarks}, indent=2), is_well
    away = [row.reason for row in rows if row.reason is not None]
    head = f"map of version {found.servers.version}"
    return "\n".join([head, *_table(rows), *away, *(f"FAULT: {fault}" for fault in faults), *remarks]), is_well


def _table(rows: list[Row]) -> list[str]:
    cells = [HEAD, *map(_cells, rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD))]
    return [
        "  ".join(
            cell.rjust(width) if column in NUMBERS else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    ]


def _cells(row: Row) -> tuple[str, ...]:
    numbers = (row.slots, row.rooms, row.members, row.waiting)
    shown = ("" if number is None else f"{number:,}" for number in numbers)
    bridge = {None: "", True: "works", False: "none"}[row.has_bridge]
    return (row.name, "up" if row.is_up else "DOWN", row.address, *shown, bridge)
