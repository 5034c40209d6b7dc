"""The bridge's SQL. Positions, rows and rejects are written by one statement, which is one transaction."""

LIST_FEEDS = """
select
  f.name, f.subject, f.message_type,
  array_agg(c.field_name order by c.position) as field_names,
  array_agg(c.max_bytes order by c.position) as max_bytes
from chat.feed as f
join chat.feed_column as c on c.feed_id = f.feed_id and not c.is_computed
group by f.feed_id
order by f.feed_id
"""

TRY_LOCK = "select chat.try_bridge_lock()"

DESCRIBE_LOCK = "select holder, complaint from chat.describe_bridge_lock()"

# Shows that the session is alive, and finds out whether it is.
PULSE = "select 1 as pulse"

# For the health check.
IS_LOCK_TAKEN = "select chat.is_bridge_lock_taken()"

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
