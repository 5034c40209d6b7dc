"""The original's tables, a dump of its data as pg_dump 12 wrote it, and ways to run SQL that was written for it."""

import subprocess
from pathlib import Path

import psycopg2
import pytest

from harness.servers import PostgresServer
from harness.statement import query

DUMP = Path(__file__).parents[1] / "db" / "original_dump.sql"
TABLES = ("sport_event", "execution", "chat_event")
ORIGINAL = """
create table public.sport_event (
  sport_event_id serial primary key, timetag integer, sport integer, match_title text, data_event text
);
create table public.execution (
  execution_id serial primary key, timetag integer, symbol text, market text, price numeric, quantity numeric,
  execution_epoch integer, state_symbol text
);
create table public.chat_event (
  chat_event_id serial primary key, timetag integer, msgtype integer, userstatus text, username text, roomid integer,
  commentxt text, sportfilter text, execfilter text
);
"""


def make(postgres: PostgresServer, url: str) -> None:
    """Make the original's tables in a database, with the dump in them."""
    query(url, ORIGINAL)
    psql(postgres, url, DUMP.read_text(encoding="utf-8"))


def psql(postgres: PostgresServer, url: str, script: str) -> None:
    """Run a script, which must succeed."""
    command = [str(postgres.server.install / "bin" / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url]
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
