"""Gives each part's role its rights, where an administrator has made the roles (db/roles.sql)."""

from pathlib import Path
from typing import Any

from psycopg2 import sql

GRANTS = Path(__file__).parent / "grants.sql"
PARTS = ("bridge", "gateway", "filters", "inspector", "operator")
"""What has a role of its own, besides the owner of the database."""

FIND_ROLES = """
select
  current_user,
  current_database(),
  array(
    select r.rolname::text
    from unnest(%s) with ordinality as p(part, number)
    join pg_roles as r on r.rolname = pg_get_userbyid(d.datdba) || '_' || p.part
    where pg_has_role(current_user, r.oid, 'set')
    order by p.number
  )
from pg_database as d
where d.datname = current_database()
"""
# A clause is tried by it without any right (chat.try_without_rights). Who is to own a function must be allowed to make
# one there, and only at that moment.
GIVE_AWAY = """
grant create on schema chat to {filters};
alter function chat.try_without_rights owner to {filters};
revoke create on schema chat from {filters}
"""
ONE_ROLE = (
    "bridge, gateway and whoever looks inside share the rights of %s: to give each a role with its own rights only, "
    "have an administrator run `psql -d %s -f db/roles.sql`, and then run `edgechat migrate` again"
)


def grant_rights(connection: Any) -> str | None:
    """Give each role its rights, over the owner's psycopg2 connection, in its transaction.

    Returns what an administrator must do first where there are no roles, and then changes nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(FIND_ROLES, (list(PARTS),))
        user, database, roles = cursor.fetchone()
        if len(roles) < len(PARTS):
            return ONE_ROLE % (user, database)
        names = {part: sql.Identifier(role) for part, role in zip(PARTS, roles, strict=True)}
        names["database"] = sql.Identifier(database)
        for text in (GRANTS.read_text(encoding="utf-8").partition("\n\n")[2], GIVE_AWAY):
            cursor.execute(sql.SQL(text).format(**names))
    return None
