"""The roles and databases of an embedded server; its superuser makes what is missing."""

from collections.abc import Mapping
from pathlib import Path

from psycopg2 import extensions, sql

ROLES = (Path(__file__).parents[1] / "db" / "roles.sql").read_text()
FORMER_NAMES = (Path(__file__).parent / "former_names.sql").read_text()
SET_WANTED = """
select set_config('edgechat.database', %s, false), set_config('edgechat.role', %s, false),
  set_config('edgechat.password', %s, false)
"""
NAME_OWNER = "select set_config('edgechat.role', %s, false)"
NAME_PASSWORD = "select set_config(%s, %s, false)"
CREATE_ROLE = "create role {role}"
SET_PASSWORD = "alter role {role} with login {right} password %s"
ROLE_EXISTS = "select exists (select from pg_catalog.pg_roles where rolname = %s)"
CREATE_DATABASE = "create database {database} owner {role}"
OWN_DATABASE = "alter database {database} owner to {role}"
DATABASE_EXISTS = "select exists (select from pg_catalog.pg_database where datname = %s)"


def take_former_names(session: extensions.connection, database: str, user: str, password: str) -> None:
    """Rename what was made when other names were the default, if today's defaults are what is wanted."""
    with session.cursor() as cursor:
        cursor.execute(SET_WANTED, (database, user, password))
        cursor.execute(FORMER_NAMES)


def ensure_role(session: extensions.connection, user: str, password: str, *, superuser: bool = False) -> None:
    """Make a role unless there is one of that name; either way it may log in with this password."""
    with session.cursor() as cursor:
        role = sql.Identifier(user)
        cursor.execute(ROLE_EXISTS, (user,))
        if not cursor.fetchone()[0]:
            cursor.execute(sql.SQL(CREATE_ROLE).format(role=role))
        right = sql.SQL("superuser" if superuser else "")
        cursor.execute(sql.SQL(SET_PASSWORD).format(role=role, right=right), (_sealed(session, user, password),))


def ensure_part_roles(session: extensions.connection, owner: str, passwords: Mapping[str, str]) -> None:
    """Make the roles of an owner's parts unless they are there; those with a password, by part, may log in with it."""
    with session.cursor() as cursor:
        cursor.execute(NAME_OWNER, (owner,))
        for part, password in passwords.items():
            sealed = _sealed(session, f"{owner}_{part}", password)
            cursor.execute(NAME_PASSWORD, (f"edgechat.{part}_password", sealed))
        cursor.execute(ROLES)


def ensure_database(session: extensions.connection, database: str, user: str) -> None:
    """Make an empty database unless there is one of that name; either way it belongs to the role."""
    with session.cursor() as cursor:
        cursor.execute(DATABASE_EXISTS, (database,))
        statement = OWN_DATABASE if cursor.fetchone()[0] else CREATE_DATABASE
        names = {"database": sql.Identifier(database), "role": sql.Identifier(user)}
        cursor.execute(sql.SQL(statement).format(**names))


def _sealed(session: extensions.connection, user: str, password: str) -> str:
    """What Postgres keeps of a password (RFC 5803): one that is refused may stand in the server's log."""
    sealed: str = extensions.encrypt_password(password, user, session, "scram-sha-256")
    return sealed
