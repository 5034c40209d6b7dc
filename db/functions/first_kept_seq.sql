-- The first sequence after one from which on everything that a room got up to another is still in the log.
create or replace function chat.first_kept_seq(p_room_id integer, p_after_seq bigint, p_before_seq bigint)
returns bigint
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(max(h.last_seq), p_after_seq) + 1
  from chat.list_holes(p_room_id, p_after_seq + 1, p_before_seq - 1) as h
$$;
