"""The SQL that the benchmarks say."""

CREATE_FROM_TEMPLATE = "create database {database} template {template} owner {role}"
SET_SEARCH_PATH = "alter database {database} set search_path = public, chat"
HAS_POSITION = "select exists (select from chat.feed_position)"
COUNT_EVENTS = "select count(*) from chat.sport_event"
COUNT_COMMENTS = "select count(*) from chat.chat_event where msgtype = 3"
ROOM_SEQS = "select room_id, last_seq from chat.room where live_until = 'infinity'"
BACKENDS = """
select pid, coalesce(nullif(application_name, ''), backend_type) as name
from pg_stat_activity
where application_name like 'edgechat%' or backend_type not in ('client backend')
"""
SERVER_VERSION = "show server_version"
