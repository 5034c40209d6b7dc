"""The original's tables, a dump of its data as pg_dump 12 wrote it, and ways to run SQL that was written for it."""

import subprocess
from pathlib import Path

import psycopg2
import pytest

from edgechat.look.psql import find_psql
from harness.statement import query

DUMP = Path(__file__).parents[1] / "db" / "original_dump.sql"
TABLES = ("sport_event", "execution", "chat_event")
ORIGINAL = """
create table public.sport_event (
  sport_event_id serial primary key, timetag bigint not null, sport integer not null, match_title varchar not null,
  data_event varchar not null
);
create table public.execution (
  execution_id serial primary key, timetag bigint not null, symbol varchar(128) not null, market varchar(32) not null,
  price numeric not null, quantity numeric not null, execution_epoch bigint not null, state_symbol varchar(2) not null
);
create table public.chat_event (
  chat_event_id serial primary key, timetag bigint not null, msgtype integer, userstatus varchar(32),
  username varchar(64), roomid integer, commentxt varchar, sportfilter varchar(256), execfilter varchar(256)
);
"""


QUERIES = (
    "select * from sport_event order by sport_event_id",
    "select * from execution order by execution_id",
    "select * from chat_event order by chat_event_id",
    "select count(*) from chat_event where userstatus <> 'PENDING'",
    "select userstatus, count(*) from chat_event group by userstatus order by 2 desc, 1",
    "select username from chat_event where userstatus not in ('PENDING', 'USERJOINED') order by chat_event_id",
    "select distinct username from chat_event where username not in "
    "(select username from chat_event where msgtype = 3) order by username",
    "select roomid, count(*), max(timetag) from chat_event group by roomid having count(*) > 2 order by roomid",
    "select commentxt from chat_event where commentxt <> '' and commentxt not like 'h%' order by timetag",
    "select username, sportfilter from chat_event where sportfilter <> 'SAME' and execfilter = 'SAME' order by 1, 2",
    "select length(commentxt), upper(commentxt) from chat_event where msgtype = 3 order by chat_event_id",
    "select username || ':' || commentxt || ':' || userstatus from chat_event order by chat_event_id limit 20",
    "select market, round(avg(price), 2), sum(price * quantity) from execution group by market order by market",
    "select execution_id, price % 10, quantity % 10 from execution where price % 10 > 5 order by execution_id",
    "select sum(price), sum(quantity), min(price), max(quantity), stddev(price) from execution",
    "select price, count(*) from execution group by price order by price desc",
    "select execution_id from execution where price = 17.25 or price between 99.98 and 99.99 order by 1",
    "select price::text, quantity::text, execution_epoch - timetag from execution order by timetag, execution_id",
    "select e.execution_id, s.sport_event_id, s.match_title from execution e join sport_event s using (timetag) "
    "order by 1, 2",
    "select match_title, count(*) from sport_event group by 1 order by 1",
    "select sport_event_id from sport_event where match_title ilike '%eagles%' and data_event ~ '^Q1' order by 1",
    "select lower(match_title), upper(match_title) from sport_event where sport in (4, 7) "
    "order by match_title, timetag",
    "select s.sport, c.roomid, count(*) from sport_event s, chat_event c where c.timetag = s.timetag and c.roomid > 0 "
    "group by s.sport, c.roomid order by 1, 2",
    "select (select max(timetag) from sport_event) - (select min(timetag) from chat_event)",
    "select timetag, row_number() over (order by timetag) from execution order by timetag desc limit 5",
    # Ids have 64 bits, and 32 there.
    "select table_name, column_name, ordinal_position, data_type from information_schema.columns "
    "where table_schema = 'public' and table_name in ('sport_event', 'execution', 'chat_event') "
    "and column_name <> table_name || '_id' order by 1, 3",
)


def make(url: str) -> None:
    """Make the original's tables in a database, with the dump in them."""
    query(url, ORIGINAL)
    psql(url, DUMP.read_text(encoding="utf-8"))


def psql(url: str, script: str) -> None:
    """Run a script, which must succeed."""
    command = [str(find_psql()), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url]
    done = subprocess.run(command, input=script, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def refusal(url: str, statement: str, *arguments: object) -> str:
    """The message of the error that a statement raises."""
    with pytest.raises(psycopg2.Error) as refused:
        query(url, statement, *arguments)
    return str(refused.value)


def open_room(url: str) -> None:
    """A room with Adam in it."""
    query(url, "select chat.configure_rooms('{4}')")
    query(url, "select chat.open_gateway()")
    query(url, "select chat.join_rooms(1, '{adam}', '{0}')")


def compare_answers(original: str, loaded: str) -> None:
    """Each query has the same answer, and has one, in the original's tables and in our views."""
    assert len(QUERIES) >= 20
    for statement in QUERIES:
        wanted = query(original, statement)
        assert wanted, statement
        assert query(loaded, statement) == wanted, statement


def look_through_filters(loaded: str) -> None:
    """A filter's preview finds the dump's rows, and explain_delivery tells why no room got one."""
    ((matching,),) = query(loaded, "select count(*) from execution where price = 17.25")
    preview = dict(query(loaded, "select item, value from chat.preview_filter('execution', 'price = 17.25')"))
    assert preview["matching"] == f"{matching} of the newest 48 rows"
    assert query(loaded, "select count(*) from room_filter.room_0_execution") == [(48,)]
    explained = query(loaded, "select item, value from chat.explain_delivery(0, 'execution', 5)")
    assert ("delivered", "no") in explained
    assert explained[0][0] == "row"
