-- The sessions that hold an advisory lock of a kind, each with the lock's second key.
create or replace function chat.list_lock_holders(p_kind text)
returns table (id integer, pid integer)
language sql
stable
as $$
  select l.objid::integer, l.pid
  from pg_locks as l
  where l.locktype = 'advisory'
    and l.database = (select d.oid from pg_database as d where d.datname = current_database())
    and l.classid = chat.lock_class(p_kind)::oid
    and l.granted
$$;
