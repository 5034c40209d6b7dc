"""Has each server look into the others, by postgres_fdw, for the views `all_room_filters` and `all_filter_cost`.

They log in there as the inspector, who only reads. Postgres keeps that password in each database, for its owner and
administrators to read. Nothing depends on links but these views: where one cannot be made the rest goes on, and what
is missing is told.
"""

import json
from collections.abc import Mapping
from contextlib import AsyncExitStack

import asyncpg
from psycopg2 import ProgrammingError
from psycopg2.extensions import parse_dsn

from edgechat.server.database import CALL_SECONDS, Server, ServerError, open_server
from runtime.remedy import describe
from runtime.server_map import with_account
from runtime.settings import Settings

VIEWS = "all_room_filters and all_filter_cost"
CONNECT_SECONDS = 5
"""How long a server may take to be reached by another one; also until a connection is given up that brings nothing."""
PROBE_SECONDS = 10.0
OPTIONS = {
    "connect_timeout": str(CONNECT_SECONDS),
    "tcp_user_timeout": str(1000 * CONNECT_SECONDS),
    # A session that has looked does not keep a connection to each.
    "keep_connections": "off",
}
NOT_THERE = "postgres_fdw is not installed with that Postgres; it comes with its contrib modules (postgresql-contrib)"
NOT_ALLOWED = (
    "nobody has let it look into others: have an administrator run `psql -d DATABASE -f db/links.sql` there, then run "
    "`edgechat migrate`"
)
LOOK = """
select
  pg_get_userbyid(d.datdba) || '_inspector' as inspector,
  exists (select from pg_available_extensions as a where a.name = 'postgres_fdw') as is_available,
  coalesce((
    select has_foreign_data_wrapper_privilege(w.oid, 'usage') from pg_foreign_data_wrapper as w
    where w.fdwname = 'postgres_fdw'
  ), false) as is_allowed
from pg_database as d
where d.datname = current_database()
"""
LINK = "select chat.link_servers($1::jsonb, $2, $3)"
PROBE = 'select * from elsewhere."{name}_room_filters" limit 1'


async def link(servers: Mapping[str, str], settings: Settings) -> list[str]:
    """Link the servers of a map, given by name and address, each with all others; what to tell, a line for each matter.

    Raises nothing: a server that is away is linked by the next who does this.
    """
    if len(servers) < 2:
        return []
    told: dict[str, list[str]] = {}
    async with AsyncExitStack() as stack:
        for name, address in servers.items():
            others = {other: at for other, at in servers.items() if other != name}
            try:
                server = await stack.enter_async_context(open_server(name, address, settings.database_url))
                reasons = await _link(server, others, settings)
            except ServerError as error:
                reasons = [str(error)]
            for reason in reasons:
                told.setdefault(reason, []).append(name)
    if not told:
        return [f"{VIEWS} show all servers at each"]
    return [f"{VIEWS} do not show all servers at {', '.join(names)}: {why}" for why, names in told.items()]


async def _link(server: Server, others: Mapping[str, str], settings: Settings) -> list[str]:
    """Why a server does not show all; raises ServerError."""
    with server.named():
        look = await server.connection.fetchrow(LOOK, timeout=CALL_SECONDS)
    assert look is not None
    if not look["is_available"]:
        return [NOT_THERE]
    if not look["is_allowed"]:
        return [NOT_ALLOWED]
    try:
        options = {name: options_of(address, settings.database_url) for name, address in others.items()}
    except ProgrammingError as error:
        return [f"a URL in the map is not for postgres_fdw: {error}"]
    with server.named():
        # As parameters: the password is in no statement that Postgres might log.
        login = (look["inspector"], settings.inspector_password)
        await server.connection.execute(LINK, json.dumps(options), *login, timeout=CALL_SECONDS)
    reasons = [await _probe(server, name, look["inspector"]) for name in others]
    return [reason for reason in reasons if reason is not None]


async def _probe(server: Server, name: str, inspector: str) -> str | None:
    """Why a linked server cannot be read; None if it can."""
    try:
        await server.connection.execute(PROBE.format(name=name), timeout=PROBE_SECONDS)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        detail = getattr(error, "detail", None)
        words = f"{describe(error)}{f' ({detail.splitlines()[-1]})' if detail else ''}"
        if "authentication" in words:
            words += f"; set INSPECTOR_DBPASSWORD to the password of {inspector}, which is the same at all servers"
        return f"{name} is not read from there: {words}"
    return None


def options_of(address: str, account_url: str) -> dict[str, str]:
    """What libpq is to know of a server, without the login; raises psycopg2.ProgrammingError."""
    told = parse_dsn(with_account(address, account_url))
    user = told.pop("user", "")
    told.pop("password", None)
    several = {"target_session_attrs": "read-write"} if "," in told.get("host", "") else {}
    return {"port": "5432", "dbname": user, **OPTIONS, **several, **told}
