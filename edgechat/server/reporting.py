"""What `edgechat status` tells of several servers: a line for their map, and one for each."""

import asyncio
from collections.abc import Iterator
from dataclasses import asdict

from edgechat.look.line import Line
from edgechat.look.status import OfSeveral
from edgechat.server.choosing import urls_of
from edgechat.server.faults import find_departed
from edgechat.server.survey import Row, Survey, survey
from runtime.server_map import MapError
from runtime.settings import Settings

PART = "servers"
NO_BRIDGE = "no bridge carries the feeds to it{}: start one (`edgechat bridge` with its DATABASE_URL), or see its log"


def look_at_servers(settings: Settings) -> OfSeveral:
    """All of them; none where the map cannot be read, which its line says then."""
    where = f"map {settings.server_map}"
    try:
        found = asyncio.run(survey(settings))
    except MapError as error:
        return OfSeveral({}, [Line(PART, False, where, str(error))])
    rows = found.rows()
    slots = ", ".join(f"{row.name} has {row.slots}" for row in rows)
    of_map = Line(PART, True, where, f"version {found.servers.version}, slots: {slots}", tuple(found.faults()))
    lines = [of_map, *(_line(found, row) for row in rows)]
    return OfSeveral(urls_of(found.servers, settings), lines, [asdict(row) for row in rows])


def _line(found: Survey, row: Row) -> Line:
    part, slots = f"server {row.name}", f"slots: {row.slots:,}"
    if not row.is_up:
        return Line(part, False, row.address, f"{slots}, whose rooms are away")
    behind = "not known" if row.waiting is None else f"{row.waiting:,}"
    state = f"{slots}, rooms: {row.rooms or 0:,}, members: {row.members or 0:,}, waiting in the stream: {behind}"
    return Line(part, True, row.address, state, tuple(_complaints(found, row)))


def _complaints(found: Survey, row: Row) -> Iterator[str]:
    yield from find_departed(row.name, found.found[row.name])
    if row.slots and row.has_bridge is False:
        yield NO_BRIDGE.format(f", {row.waiting:,} messages wait" if row.waiting else "")
