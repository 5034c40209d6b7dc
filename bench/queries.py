"""The SQL of the benchmarks."""

from collections.abc import Sequence

CREATE_FROM_TEMPLATE = "create database {database} template {template} owner {role}"
SET_SEARCH_PATH = "alter database {database} set search_path = public, chat"
ADD_FEED = "select chat.add_feed(%s, subject => %s, columns => %s)"
HAS_POSITION = "select exists (select from chat.feed_position)"
COUNT_COMMENTS = "select count(*) from chat.chat_event where msgtype = chat.msgtype('COMMENT')"
COUNT_MEMBERS = "select count(*) from chat.member"
ROOM_SEQS = "select room_id, chat.newest_seq(room_id) from chat.room where live_until = 'infinity'"
BACKENDS = """
select pid, coalesce(nullif(application_name, ''), backend_type) as name
from pg_stat_activity
where application_name like 'edgechat%' or backend_type not in ('client backend')
"""
COMMIT_LITTLE = "select pg_logical_emit_message(true, 'bench', '')"
COUNT_BATCHES = "select (select count(*) from chat.feed_batch), (select count(*) from chat.group_log)"
SERVER_VERSION = "show server_version"

DROP_DATABASE = "drop database {database} with (force)"

# What joins and FILTERs write, except the rooms' views.
FILL_ROOMS = """
with gateway as (
  insert into chat.gateway default values returning gateway_id
),
opened as (
  insert into chat.room (room_id, max_users, live_until, group_id)
  select n, 1, 'infinity', chat.obtain_group(array[chat.trivial_filter(1, true), chat.trivial_filter(2, true)])
  from generate_series(0, $1::integer - 1) as n
  returning room_id, group_id
),
logged as (
  insert into chat.room_log (room_id, seq, group_id, place) select o.room_id, 0, o.group_id, 0 from opened as o
),
joined as (
  insert into chat.member (username, name_key, room_id, gateway_id)
  select 'user' || o.room_id, 'user' || o.room_id, o.room_id, g.gateway_id from opened as o, gateway as g
)
insert into chat.room_filter (room_id, feed_id, filter_id, clause, from_seq)
select o.room_id, f.feed_id, chat.trivial_filter(f.feed_id, true), 'NONE', 0 from opened as o, chat.feed as f
"""
FILL_FILTERS = """
with wanted as (
  select clause, canonical, $4::integer + place - 1 as number
  from unnest($1::text[], $2::text[]) with ordinality as u(clause, canonical, place)
),
saved as (
  select w.number, w.clause, chat.save_filter($3::integer, w.canonical, null) as filter_id from wanted as w
)
update chat.room_filter as f
set filter_id = s.filter_id, clause = s.clause
from saved as s
where f.feed_id = $3::integer and f.room_id % $5::integer = s.number
"""
# What a FILTER does in rooms of one member, but for judging and the rooms' views.
LOCK_LOG = "select chat.lock_log()"
APPLY_FILTERS = """
select
  chat.put_filters_in_force(
    array_agg(w.room_id), array_agg(1), array_agg(chat.save_filter(1, w.canonical, null)), array_agg(w.clause),
    array_agg(w.username)
  ),
  chat.regroup_rooms(array_agg(w.room_id)),
  chat.log_statuses('FILTERAPPLIED', array_agg(w.username), array_agg(w.room_id), null)
from unnest(%s, %s, %s, %s) as w(room_id, username, clause, canonical)
"""
REFRESH_STALE_ROUTERS = "select chat.refresh_stale_routers()"
IS_TUNED = """
select coalesce(bool_and(microseconds is not null and (tried_with * 2 > filters or tried_with >= 4000)), false)
from chat.signature
where filters >= 32
"""
REGROUP_ROOMS = "select chat.regroup_rooms(array_agg(room_id)) from chat.room where room_id between $1 and $2"
WAKE_GROUPS = """
select
  chat.wake_groups(array_agg(group_id)),
  chat.update_group_lives(array_agg(group_id), array_fill(0, array[count(*)::integer]))
from chat.room_group
"""
# The group that rooms were in first; a gateway does that each second.
RETIRE_GROUPS = "select chat.retire_cold_groups()"
COUNT_ROOMS = """
update chat.group_block as b
set rooms = array(
  select (select count(*)::integer from chat.room as r where r.group_id = b.block_id * 16 + i)
  from generate_series(0, 15) as i order by i
)
"""
JUDGE = "select filter_id from chat.judge_clause($2, $1)"
CANONICAL = "select canonical from chat.filter where filter_id = $1"
ANALYZE = "analyze chat.room, chat.room_filter, chat.filter, chat.room_group, chat.room_group_filter"
# What autovacuum does within minutes where so much was written.
VACUUM = (
    "vacuum (analyze) chat.room, chat.room_filter, chat.filter, chat.room_group, chat.room_group_filter, "
    "chat.group_block"
)
ANALYZE_FILTERS = "analyze chat.room_filter, chat.filter"
REFRESH_ROUTER = "select chat.lock_log(), chat.refresh_router($1)"
TUNE_MATCHING = "select chat.tune_matching()"
SIGNATURES = """
select signature_id, template, filters, form, tried_with, microseconds, reason from chat.signature order by signature_id
"""
BRIDGE_PID = (
    "select pid from pg_stat_activity where application_name = 'edgechat bridge' and datname = current_database()"
)
GATEWAY_ID = "select gateway_id from chat.gateway"
FILTER_PERIODS = """
select f.room_id, f.clause, f.from_seq, f.from_row_id
from chat.room_filter as f
where f.feed_id = $1
order by f.room_id, f.room_filter_id
"""
EXECUTION_KEYS = "select min(execution_id), max(execution_id), count(*) from feed.execution"
LOGGED_KEYS = """
select r.room_id, g.given
from chat.room as r
join (
  select l.group_id, sum(coalesce(bit_count(l.bits), upper(b.keys) - lower(b.keys)))::bigint as given
  from chat.group_log as l
  join (select batch_id, range_merge(row_ids) as keys from chat.feed_batch where feed_id = $1) as b using (batch_id)
  group by l.group_id
) as g on g.group_id = r.group_id
"""

TRACK_FUNCTIONS = "alter database {database} set track_functions = 'all'"
# Milliseconds. Every commit waits for the disk, here nearly always the bridge's.
FUNCTION_TIMES = """
select funcname as name, self_time as spent from pg_stat_user_functions
union all
select 'waiting for the disk', sum(fsync_time) from pg_stat_io where object = 'wal'
"""


def count_rows(feeds: Sequence[str]) -> str:
    """How many rows these feeds have together."""
    counts = " union all ".join(f"select count(*) from feed.{feed}" for feed in feeds)
    return f"select sum(c.count)::bigint from ({counts}) as c"
