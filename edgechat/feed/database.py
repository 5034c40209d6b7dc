"""What `edgechat feed` asks of Postgres: calls of schema chat's functions, as anybody can make them in psql."""

import select
import time
from contextlib import closing
from typing import Any

import psycopg2
from psycopg2 import extensions, extras

from runtime.errors import StackError
from runtime.primary import primary_url

ADD = """
select chat.add_feed(
  %(name)s, subject => %(subject)s, format => %(format)s, columns => %(columns)s, message_type => %(message_type)s,
  descriptor => %(descriptor)s
)
"""
LIST = """
select
  f.name, f.state, f.format, f.subject, f.message_type,
  (
    select concat_ws('; ', k.size || ' kept ' || k.kept, 'gone before key ' || k.gone_before_key)
    from chat.kept as k
    where k.what = ('feed.' || quote_ident(f.name))::regclass
  ) as kept,
  string_agg(c.column_name, ', ' order by c.position) as columns
from chat.feed as f
join chat.feed_column as c on c.feed_id = f.feed_id
group by f.feed_id
order by f.feed_id
"""
SHOW = """
select c.column_name, chat.type_for_people(c.type_name) as type, c.field_name as field, c.source
from chat.feed as f
join chat.feed_column as c on c.feed_id = f.feed_id
where f.feed_id = (chat.find_feed(%(name)s)).feed_id
order by c.position
"""
REMOVE = "select chat.remove_feed(%(name)s, rows => %(rows)s)"
KEEP = "select chat.keep_feed(%(name)s, %(keep_for)s, %(size)s)"
PAUSE = "select chat.pause_feed(%(name)s, %(paused)s)"
RENAME = "select chat.rename_feed(%(name)s, %(new_name)s)"
ADD_COLUMN = "select chat.add_feed_column(%(name)s, %(column)s)"
DROP_COLUMN = "select chat.drop_feed_column(%(name)s, %(column)s)"
RESERVED = "select name from chat.list_reserved_names()"
LISTEN_TAKEN = "listen chat_feeds_taken"
"""Where the bridge tells which feeds it carries from now on, or `name: why not`."""
REFUSED = "RM"
"""How the SQLSTATEs of our own refusals begin."""


class FeedRefusedError(StackError):
    """The database would not do it; the message says why, and what to write instead."""


def refusal(error: psycopg2.Error) -> str | None:
    """Why the database would not do it, in its words; None if that is no refusal of ours."""
    if not (error.pgcode or "").startswith(REFUSED):
        return None
    return "; ".join(filter(None, (error.diag.message_primary, error.diag.message_hint)))


def ask(database_url: str, statement: str, **values: Any) -> list[dict[str, Any]]:
    """The rows of a statement, committed. Raises FeedRefusedError, and what psycopg2 raises."""
    with closing(connect(database_url)) as connection:
        return ask_over(connection, statement, **values)


def connect(database_url: str) -> extensions.connection:
    """A connection to the primary; raises what psycopg2 raises."""
    return psycopg2.connect(primary_url(database_url), connect_timeout=10)


def ask_over(connection: extensions.connection, statement: str, **values: Any) -> list[dict[str, Any]]:
    """As ask, over a connection that there is."""
    try:
        with connection, connection.cursor(cursor_factory=extras.RealDictCursor) as cursor:
            cursor.execute(statement, values)
            return [dict(row) for row in cursor.fetchall()] if cursor.description else []
    except psycopg2.Error as error:
        words = refusal(error)
        if words is None:
            raise
        raise FeedRefusedError(words) from None


def await_bridge(connection: extensions.connection, name: str, seconds: float) -> str | None:
    """What the bridge says of a feed within so many seconds, over a connection that listens: its name, or why not."""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        if select.select([connection], [], [], left)[0]:
            connection.poll()
            while connection.notifies:
                words: str = connection.notifies.pop(0).payload
                if words.partition(":")[0] == name:
                    return words
    return None
