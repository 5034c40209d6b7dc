"""What `edgechat status` tells of how much is kept: its size, and what keeps old rows from being dropped."""

from contextlib import closing

import psycopg2

from edgechat.look.line import Line
from runtime.primary import NoPrimaryError, primary_url

PART = "kept"
CONNECT_SECONDS = 3
WAIT_MINUTES = 10
"""A table that is read for longer than that, without a pause, is worth a word."""
LOOK = f"""
select
  pg_size_pretty(sum(k.bytes)) as size,
  min(k.since)::timestamptz(0)::text as since,
  array_agg(concat_ws(': ', k.what, k.waits_why) order by k.what::text)
    filter (where k.waits_since < clock_timestamp() - interval '{WAIT_MINUTES} minutes') as waiting
from chat.kept as k
"""
WAITING = (
    "nothing can be dropped of {}; if nothing else is said, a session reads it without a pause: pg_stat_activity "
    "says which, by its xact_start"
)


def look_at_kept(database_url: str, part: str = PART) -> list[Line]:
    """A line; none where the database cannot be asked, which its own line tells, or may not be by this role."""
    try:
        connection = psycopg2.connect(primary_url(database_url), connect_timeout=CONNECT_SECONDS)
        with closing(connection), connection.cursor() as cursor:
            cursor.execute(LOOK)
            size, since, waiting = cursor.fetchone()
    except (psycopg2.Error, NoPrimaryError):
        return []
    words = f"{size}, since {since}" if since else f"{size}"
    return [Line(part, True, "schema chat, view kept", words, tuple(WAITING.format(table) for table in waiting or ()))]
