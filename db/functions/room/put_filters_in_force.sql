-- Puts accepted clauses in force in rooms, each from its room's next message on; all parameters belong together.
--
-- The caller holds the log's lock; it then puts the rooms into their groups and brings the routers up to date.
create or replace function chat.put_filters_in_force(
  p_room_ids integer[],
  p_feed_ids integer[],
  p_filter_ids integer[],
  p_clauses text[],
  p_set_by text[]
)
returns void
language plpgsql
volatile
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_from_seqs bigint[] := array(
    select chat.newest_seq(u.room_id) + 1
    from unnest(p_room_ids) with ordinality as u(room_id, number)
    order by u.number
  );
begin
  update chat.room_filter as f
  set state = 'replaced', until_seq = u.from_seq
  from unnest(p_room_ids, p_feed_ids, v_from_seqs) as u(room_id, feed_id, from_seq)
  where f.room_id = u.room_id and f.feed_id = u.feed_id and f.state <> 'replaced';
  with newest as materialized (
    select i.feed_id, chat.newest_row_id(i.feed_id) as row_id from (select distinct unnest(p_feed_ids)) as i(feed_id)
  )
  insert into chat.room_filter (room_id, feed_id, filter_id, clause, set_by, from_seq, from_row_id)
  select u.room_id, u.feed_id, u.filter_id, u.clause, u.set_by, u.from_seq, n.row_id
  from unnest(p_room_ids, p_feed_ids, p_filter_ids, p_clauses, p_set_by, v_from_seqs) with ordinality
    as u(room_id, feed_id, filter_id, clause, set_by, from_seq, number)
  join newest as n on n.feed_id = u.feed_id
  order by u.number;
end
$$;
