"""A part's own role in Postgres: whoever logs in as the database's owner gives up all other rights at once."""

from typing import Any

import asyncpg

from runtime.primary import Primary

# Where there is no such role, or the database was migrated before there was, one role does everything. A part that logs
# in as its own role has it already.
_OF_PART = """
from pg_database as d
join pg_roles as r on r.rolname = pg_get_userbyid(d.datdba) || '_{part}'
where d.datname = current_database()
  and pg_has_role(session_user, r.oid, 'set')
  and has_schema_privilege(r.oid, to_regnamespace('chat'), 'usage')
"""
FIND_ROLE = f"select r.rolname {_OF_PART}"
"""The role of a part, as a format, that whoever logs in may take; no row if there is none."""
ASSUME = f"select set_config('role', r.rolname, false) {_OF_PART}"


async def connect_as(part: str, primary: Primary, **options: Any) -> asyncpg.Connection:
    """A connection to the primary with the rights of a part only; the options are those of asyncpg.connect, and so is
    what it raises. It costs one statement for each connection, and nothing for what is asked over it."""
    connection = await primary.connect(**options)
    try:
        await connection.execute(ASSUME.format(part=part), timeout=options.get("timeout"))
    except BaseException:
        connection.terminate()
        raise
    return connection
