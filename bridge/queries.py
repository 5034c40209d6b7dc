"""The bridge's SQL. Positions, rows and rejects are written by one statement, which is one transaction."""

LIST_FEEDS = """
select f.feed_id, f.name, f.subject, f.format, f.message_type, f.descriptor, f.state
from chat.feed as f
order by f.feed_id
"""

# In the order of bridge/feed.py's Column, and of the parameters of feed.store_<name>.
LIST_COLUMNS = """
select c.feed_id, c.column_name, c.field_name, c.type_name, c.sent_as, c.max_bytes, c.source
from chat.feed_column as c
where not c.is_computed
order by c.feed_id, c.position
"""

# What the map of servers calls this one, if there are several.
SERVER_NAME = "select s.name from chat.server as s"

# Another text once feeds were added, changed or removed: the versions of their rows; or once the server has a name.
FEEDS_VERSION = """
select concat_ws(';',
  (select s.name from chat.server as s),
  (select string_agg(f.feed_id || ' ' || f.xmin, ',' order by f.feed_id) from chat.feed as f),
  (select string_agg(c.xmin::text, ',' order by c.feed_id, c.position) from chat.feed_column as c)
)
"""

# Whoever added a feed listens there until its messages are kept: the name, and behind ": " why they are not.
ANNOUNCE_FEEDS = "select count(pg_notify(chat.feeds_channel() || '_taken', t.text)) from unnest($1::text[]) as t(text)"

TRY_LOCK = "select chat.try_bridge_lock()"

DESCRIBE_LOCK = "select holder, complaint from chat.describe_bridge_lock()"

IS_READ_ONLY = "select current_setting('transaction_read_only')::boolean"

INTERFACE_VERSION = "select chat.interface_version()"

COMPLAIN_OF_QUEUE = "select chat.complain_of_queue()"

# Up to PostgreSQL 16 it is always of this many pages.
QUEUE_BYTES = """
select
  coalesce(current_setting('max_notify_queue_pages', true)::bigint, 1048576)
  * current_setting('block_size')::bigint
"""

OPEN_POSITION = "select last_seq, last_time from chat.open_position($1, $2)"

REWIND_POSITION = "select chat.rewind_position($1, $2, $3)"

# The calls that make up the one statement of a batch; each `{}` becomes a parameter.
ADVANCE = "chat.advance_position({}::text, {}::text, {}::bigint, {}::bigint, {}::timestamptz)"
REJECT = "chat.reject_messages({}::text, {}::text, {}::bigint[], {}::bigint[], {}::text[], {}::bytea[], {}::text[])"
STORE = "feed.store_{name}({arguments})"
