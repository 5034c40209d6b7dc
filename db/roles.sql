-- Roles with no more rights than their parts need. An administrator runs it once; docs/deploy.md has the steps.
--
-- The database's owner is there: only migrations use it, and the functions run with its rights. None of the three is a
-- superuser. Give each of these two a password of its own.

create role edgechat_bridge login connection limit 10;

create role edgechat_gateway login;

-- A gateway that comes back ends its lost session (chat.reclaim_gateway), and a bridge that stands by learns whether
-- the other one is alive (chat.describe_bridge_lock): the owner may do and know that of its members only.
do $$
begin
  execute format(
    'grant edgechat_bridge, edgechat_gateway to %s',
    (select d.datdba::regrole from pg_database as d where d.datname = current_database())
  );
end
$$;
