"""What `edgechat status` tells of Postgres: of the one server, or of each host that `DATABASE_URL` names."""

import asyncio
from dataclasses import dataclass, replace

import asyncpg
import psycopg2

from edgechat.look.line import Line, first_line
from edgechat.look.screen import public_url
from runtime.primary import ASK_SECONDS, LOOK, Primary, primary_of
from runtime.remedy import describe

PART = "postgres"
# Null before the first migration.
SHARES_ROLE = """
coalesce(not has_schema_privilege(
  to_regrole(quote_ident(
    (select pg_get_userbyid(d.datdba) from pg_database as d where d.datname = current_database()) || '_bridge'
  )),
  to_regnamespace('chat'),
  'usage'
), to_regnamespace('chat') is not null)
"""
SHOW_VERSION = f"select current_setting('server_version'), {SHARES_ROLE}"
ONE_ROLE = ", one role for all parts (docs/roles.md)"
STUCK_SECONDS = 3
"""A commit that waits for a standby for so long is worth a word."""
# What another role's sessions wait for is told only to those who may see it.
LOOK_AT_HOST = f"""
select
  current_setting('server_version') as version,
  {SHARES_ROLE} as shares_role,
  case when not pg_is_in_recovery() then pg_walfile_name(pg_current_wal_lsn()) end as wal_file,
  exists (select from pg_stat_wal_receiver) as receives,
  case
    when pg_last_wal_receive_lsn() is not distinct from pg_last_wal_replay_lsn() then 0
    else extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp())
  end as seconds_behind,
  exists (
    select
    from pg_stat_activity as a
    where a.wait_event = 'SyncRep' and a.query_start < clock_timestamp() - interval '{STUCK_SECONDS} seconds'
  ) as is_stuck
"""
OUTLIVED = "an outlived primary, of timeline {} where {} is the newest: stop it, and make it a standby of the new one"
DEAF = "a standby that receives nothing: see that its primary runs, and primary_conninfo"
STUCK = "commits wait for a synchronous standby: start one, or empty synchronous_standby_names"
NONE = "none of these is a primary that may be written to: promote a standby, or start the primary"


@dataclass(frozen=True, slots=True)
class Look:
    """What a host says of itself; `error` if it says nothing."""

    version: str = ""
    # Of a primary.
    timeline: int | None = None
    receives: bool = False
    seconds_behind: float = 0.0
    is_stuck: bool = False
    shares_role: bool = False
    error: str | None = None


def look_at_postgres(database_url: str, part: str = PART) -> list[Line]:
    """A line for the server, or one for each of several hosts."""
    primary = primary_of(database_url)
    is_one = len(primary.hosts) == 1
    lines = _look_at_one(database_url) if is_one else asyncio.run(_look_at_all(primary, database_url))
    return [replace(line, part=part) for line in lines]


def _look_at_one(url: str) -> list[Line]:
    where = public_url(url)
    try:
        connection = psycopg2.connect(url, connect_timeout=3)
    except psycopg2.Error as error:
        return [Line(PART, False, where, first_line(error))]
    try:
        with connection.cursor() as cursor:
            cursor.execute(SHOW_VERSION)
            version, shares_role = cursor.fetchone()
            return [Line(PART, True, where, f"PostgreSQL {version}{ONE_ROLE if shares_role else ''}")]
    except psycopg2.Error as error:
        return [Line(PART, False, where, first_line(error))]
    finally:
        connection.close()


async def _look_at_all(primary: Primary, url: str) -> list[Line]:
    looks = dict(
        zip(primary.hosts, await asyncio.gather(*(_look_at(host) for host in primary.hosts.values())), strict=True)
    )
    newest = max((look.timeline or 0 for look in looks.values()), default=0)
    lines = [_line(address, look, newest) for address, look in looks.items()]
    return lines if newest else [*lines, Line(PART, False, public_url(url), NONE)]


async def _look_at(url: str) -> Look:
    connection = None
    try:
        async with asyncio.timeout(ASK_SECONDS):
            connection = await asyncpg.connect(url, server_settings={"application_name": LOOK})
            row = await connection.fetchrow(LOOK_AT_HOST)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return Look(error=describe(error))
    finally:
        if connection is not None:
            connection.terminate()
    assert row is not None
    timeline = None if row["wal_file"] is None else int(row["wal_file"][:8], 16)
    # Null where nothing was replayed yet.
    behind = float(row["seconds_behind"] or 0)
    return Look(row["version"], timeline, row["receives"], behind, row["is_stuck"], row["shares_role"])


def _line(address: str, look: Look, newest: int) -> Line:
    if look.error is not None:
        return Line(PART, False, address, f"away: {look.error}")
    if look.timeline is None:
        state = f"standby, {look.seconds_behind:.1f} s behind, PostgreSQL {look.version}"
        return Line(PART, True, address, state, () if look.receives else (DEAF,))
    if look.timeline < newest:
        return Line(PART, True, address, "", (OUTLIVED.format(look.timeline, newest),))
    state = f"primary, timeline {look.timeline}, PostgreSQL {look.version}{ONE_ROLE if look.shares_role else ''}"
    return Line(PART, True, address, state, (STUCK,) if look.is_stuck else ())
