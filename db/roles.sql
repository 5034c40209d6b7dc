-- A role for each part, with no more rights than it needs; db/grants.sql has what each may do, docs/roles.md shows it.
--
-- An administrator runs it, as often as they like, before `edgechat migrate`; the embedded server and the containers do
-- so by themselves. The roles belong to the server and are named after the database's owner, so that those of another
-- database with another owner are others. edgechat.role names the owner where the database is not there yet, and
-- edgechat.bridge_password and the like let a role log in; without, only who owns the database may take it.
--
-- The owner is a member of each: a gateway that comes back ends its lost session (chat.reclaim_gateway), a bridge that
-- stands by learns whether the other one is alive (chat.describe_bridge_lock), and a part that logs in as the owner
-- gives up all other rights at once (runtime/role.py).
do $$
declare
  v_owner constant text := coalesce(
    nullif(current_setting('edgechat.role', true), ''),
    (select pg_get_userbyid(d.datdba) from pg_database as d where d.datname = current_database())
  );
  v_part text;
  v_role text;
  v_password text;
begin
  if octet_length(v_owner) > 53 then
    raise exception 'the name of % leaves no room for _inspector behind it: take one of at most 53 bytes', v_owner;
  end if;
  foreach v_part in array array['bridge', 'gateway', 'filters', 'inspector', 'operator'] loop
    v_role := v_owner || '_' || v_part;
    if not exists (select from pg_roles as r where r.rolname = v_role) then
      execute format('create role %I', v_role);
    end if;
    v_password := nullif(current_setting('edgechat.' || v_part || '_password', true), '');
    if v_password is not null then
      execute format('alter role %I login password %L', v_role, v_password);
    end if;
    execute format('grant %I to %I', v_role, v_owner);
  end loop;
  execute format('grant %I to %I', v_owner || '_inspector', v_owner || '_operator');
end
$$;
