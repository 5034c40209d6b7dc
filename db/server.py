"""What a Postgres server must be like before anything is migrated on it.

The tree stage reads what Postgres stores of a filter, and each major version may write that otherwise: on one that was
not tested, a filter might hold what it does not see. The reasons for refused filters are made from Postgres's
messages, and only in English are they known.
"""

from typing import Any

TESTED_VERSIONS = (16, 17, 18)
"""Major versions. The first migration has them too, for `yoyo apply` on a new database."""

VERSION = "select current_setting('server_version_num')::integer"
# One text, and so one transaction, even where each statement is one of its own.
LANGUAGE = """
do $$
begin
  perform 1 / 0;
exception
  when division_by_zero then
    perform set_config('chat.message', sqlerrm, true);
end
$$;
select current_setting('chat.message'), current_setting('lc_messages'), current_database()
"""


def explain_server(connection: Any) -> str | None:
    """Why nothing may be migrated on the server of a psycopg2 connection, and what to do; None if it may."""
    with connection.cursor() as cursor:
        cursor.execute(VERSION)
        reason = explain_version(*cursor.fetchone())
        if reason is not None:
            return reason
        cursor.execute(LANGUAGE)
        return explain_language(*cursor.fetchone())


def explain_version(version: int) -> str | None:
    """Why a version, such as 180002 for 18.2, will not do; None if it will."""
    major = version // 10_000
    if major in TESTED_VERSIONS:
        return None
    *most, last = map(str, TESTED_VERSIONS)
    return (
        f"this is PostgreSQL {major}, and filters were tested on {', '.join(most)} and {last} only: use one of these "
        "servers, or a version of edge-chatroom that knows this one"
    )


def explain_language(message: str, lc_messages: str, database: str) -> str | None:
    """Why a server that says this to a division by zero will not do; None if it will."""
    if message == "division by zero":
        return None
    return (
        f"this server's messages are not in English (lc_messages is {lc_messages!r}, it says {message!r}), and the "
        "reasons for refused filters are made from them: have an administrator run "
        f"`alter database \"{database}\" set lc_messages = 'C'`, and try again"
    )
