-- The timeline that the server writes. A promotion begins a new one; the control file tells of it only after a checkpoint.
create or replace function chat.present_timeline()
returns integer
language sql
volatile
as $$
  select ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer
$$;
