"""A new server gets the feeds that the others have, reads on from where they are, and keeps out whom they do."""

from collections.abc import Sequence

import asyncpg

from edgechat.server.database import CALL_SECONDS, Server

LIST = """
select
  f.name, f.subject, f.format, f.message_type, f.descriptor, f.state, f.keep_for::text as keep_for, f.keep_bytes,
  f.message_field is null as is_added,
  case when f.format = 'text' then '{}'::text[] else (
    select array_agg(
      format('%s:%s=%s', c.column_name, chat.type_for_people(c.type_name), c.field_name) order by c.position
    )
    from chat.feed_column as c
    where c.feed_id = f.feed_id and c.source = 'message'
  ) end as columns
from chat.feed as f
where f.state <> 'removed'
order by f.feed_id
"""
ADD = "select chat.add_feed($1, $2, $3, $4, $5, $6)"
# Where it is so already nothing is written: the bridge would begin anew.
KEEP = """
update chat.feed as f
set keep_for = $2::text::interval, keep_bytes = $3, state = $4
where f.name = $1 and (f.keep_for, f.keep_bytes, f.state) is distinct from ($2::text::interval, $3, $4)
"""
# The newest of each stream: a stream that was made again has another epoch.
LIST_POSITIONS = """
select distinct on (p.stream) p.stream, p.epoch, p.last_seq, p.opened_at, p.last_time
from chat.feed_position as p
order by p.stream, p.opened_at desc
"""
EXPORT_MEASURES = "select chat.export_measures()"
RECEIVE_MEASURES = "select chat.receive_measures($1::jsonb)"
START_AT = """
insert into chat.feed_position (stream, epoch, last_seq, opened_at, last_time)
values ($1, $2, $3, $4, $5)
on conflict do nothing
"""


async def copy_feeds(source: Server, target: Server) -> list[str]:
    """Give a server the feeds that it lacks, all or none, the positions that the source has reached, and what
    moderators did in all rooms.

    Without the positions it would store whatever the streams still have, and rooms that are opened on it meanwhile
    would get that as if it had just happened. Returns the feeds' names. Raises ServerError.
    """
    with source.named():
        feeds = await source.connection.fetch(LIST, timeout=CALL_SECONDS)
        positions = await source.connection.fetch(LIST_POSITIONS, timeout=CALL_SECONDS)
        measures = await source.connection.fetchval(EXPORT_MEASURES, timeout=CALL_SECONDS)
    with target.named():
        async with target.connection.transaction():
            await target.connection.execute(RECEIVE_MEASURES, measures, timeout=CALL_SECONDS)
            return await _add(target.connection, feeds, positions)


async def _add(
    connection: asyncpg.Connection, feeds: Sequence[asyncpg.Record], positions: Sequence[asyncpg.Record]
) -> list[str]:
    known = {row["name"] for row in await connection.fetch(LIST, timeout=CALL_SECONDS)}
    added = []
    for feed in feeds:
        if feed["is_added"] and feed["name"] not in known:
            form = (feed[key] for key in ("name", "subject", "format", "columns", "message_type", "descriptor"))
            await connection.execute(ADD, *form, timeout=CALL_SECONDS)
            added.append(feed["name"])
        await connection.execute(KEEP, *(feed[key] for key in ("name", "keep_for", "keep_bytes", "state")))
    for position in positions:
        await connection.execute(START_AT, *position.values())
    return added
