-- The timeline that the server writes. A promotion begins a new one, of which the control file tells only after a
-- checkpoint.
create or replace function chat.present_timeline()
returns integer
language sql
volatile
as $$
  select ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer
$$;
