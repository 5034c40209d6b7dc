-- The single rows that a room's log names after one sequence and up to another, at most p_limit, with their sequences.
create or replace function chat.list_logged_rows(
  p_room_id integer,
  p_after_seq bigint,
  p_up_to_seq bigint,
  p_limit integer
)
returns table (seq bigint, feed_id smallint, row_id bigint, logged_at timestamptz)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select l.first_seq + k.place - 1, l.feed_id, k.row_id, l.logged_at
  from chat.room_log as l
  cross join lateral (
    select i as row_id, row_number() over (order by i) as place
    from unnest(l.row_ids) as r
    cross join lateral generate_series(lower(r), upper(r) - 1) as i
  ) as k
  where l.room_id = p_room_id
    -- The entry that holds the first message asked for bounds what the index reads; later ones start behind it.
    and l.first_seq >= coalesce(
      (
        select max(b.first_seq)
        from chat.room_log as b
        where b.room_id = p_room_id and b.first_seq <= p_after_seq + 1
      ),
      0
    )
    and l.first_seq <= least(p_up_to_seq, p_after_seq + p_limit)
    and l.first_seq + k.place - 1 between p_after_seq + 1 and least(p_up_to_seq, p_after_seq + p_limit)
$$;
