"""What a Postgres server and a database must be like, and had better be like, for anything to be migrated there.

The tree stage reads what Postgres stores of a filter, and each major version may write that otherwise: on one that was
not tested, a filter might hold what it does not see. In a database of another encoding than UTF8, most letters of
members and feeds have no place, or are taken for bytes. Why a filter was suspended is told in Postgres's own words, so
these had better be in English like ours.
"""

from typing import Any

TESTED_VERSIONS = (16, 17, 18)
"""Major versions. The first migration has them too, for `yoyo apply` on a new database."""

ENCODING = "UTF8"
"""The encoding of the database, and the only one. The first migration has it too."""

VERSION = "select current_setting('server_version_num')::integer"
DATABASE = """
select getdatabaseencoding(), quote_ident(current_database() || '_utf8'), quote_ident(current_user)
"""
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
# Only an administrator may. Sessions that begin from now on have it.
SPEAK_ENGLISH = """
do $$
begin
  execute format('alter database %I set lc_messages = %L', current_database(), 'C');
exception
  when insufficient_privilege then
    perform set_config('chat.message', 'no right', true);
end
$$;
select current_setting('chat.message') <> 'no right'
"""
COLLATION = """
select current_setting('server_version'), exists (
  select from pg_collation as c where c.oid = to_regcollation('chat.code_points') and c.collcollate = 'C'
)
"""


def find_refusal(connection: Any) -> str | None:
    """Why nothing may be migrated over a psycopg2 connection, and what to do; None if it may."""
    with connection.cursor() as cursor:
        cursor.execute(VERSION)
        refusal = explain_version(*cursor.fetchone())
        if refusal is not None:
            return refusal
        cursor.execute(DATABASE)
        return explain_encoding(*cursor.fetchone())


def find_warnings(connection: Any) -> list[str]:
    """What is not as it should be on the server of a psycopg2 connection, and how to mend it.

    The language of its messages is put right for the sessions to come if we may.
    """
    with connection.cursor() as cursor:
        cursor.execute(LANGUAGE)
        language = explain_language(*cursor.fetchone())
        if language is not None:
            cursor.execute(SPEAK_ENGLISH)
            (is_mended,) = cursor.fetchone()
            language = None if is_mended else language
        cursor.execute(COLLATION)
        return [warning for warning in (language, explain_collation(*cursor.fetchone())) if warning is not None]


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


def explain_encoding(encoding: str, other: str, owner: str) -> str | None:
    """Why a database of an encoding will not do; None if it will. Names, of another one and its owner, are quoted."""
    if encoding == ENCODING:
        return None
    return (
        f"this database's encoding is {encoding}, and only {ENCODING} holds all that members and feeds may write: have "
        f"an administrator run `create database {other} owner {owner} encoding '{ENCODING}' template template0`, and "
        "migrate that one"
    )


def explain_language(message: str, lc_messages: str, database: str) -> str | None:
    """What comes of a server that says this to a division by zero; None if it says it in English."""
    if message == "division by zero":
        return None
    return (
        f"this server's messages are not in English (lc_messages is {lc_messages!r}, it says {message!r}), and so "
        "members are told why a filter was suspended; to mend it, have an administrator run "
        f"`alter database \"{database}\" set lc_messages = 'C'`, and restart the gateways"
    )


def explain_collation(version: str, is_plain: bool) -> str | None:
    """What comes of a server without Unicode's capitals; None if it has them."""
    if not is_plain:
        return None
    return (
        f"PostgreSQL {version} takes the locale C.UTF-8 from the system, and this one has none: in filters, lower(), "
        "upper() and ILIKE change letters of ASCII only. PostgreSQL 17 and later bring their own"
    )
