-- What a room got after one sequence and up to another, one row per message, at most p_limit of them.
--
-- feed_id is null for a message of the room itself, a chat_event; group_id and place then tell which feed rows follow.
create or replace function chat.list_logged_rows(
  p_room_id integer, p_after_seq bigint, p_up_to_seq bigint, p_limit integer
)
returns table (
  seq bigint, feed_id smallint, row_id bigint, logged_at timestamptz, group_id integer, place bigint
)
language sql
stable
as $$
  with bound as materialized (
    select
      p_after_seq + 1 as first_seq,
      least(p_up_to_seq, p_after_seq + p_limit, chat.newest_seq(p_room_id)) as last_seq
  ),
  stretch as materialized (
    select s.*, b.first_seq, b.last_seq
    from bound as b
    cross join lateral chat.list_stretches(p_room_id, b.first_seq, b.last_seq) as s
  ),
  -- The places of the feed rows that are asked for.
  section as (
    select
      s.seq, s.seq - s.place as seq_offset, s.group_id, p.first_place, p.last_place,
      (s.group_id, p.first_place) is distinct from
        (lag(s.group_id) over (order by s.seq), lag(p.last_place) over (order by s.seq) + 1) as is_apart
    from stretch as s
    cross join lateral (
      select
        greatest(s.seq + 1, s.first_seq) - s.seq + s.place as first_place,
        least(s.until_seq, s.last_seq) - s.seq + s.place as last_place
    ) as p
    where p.first_place <= p.last_place
  ),
  -- Sections of which one begins where the one before ended are looked for at once: there may be one between any two
  -- messages of the room.
  run as (
    select n.group_id, min(n.first_place) as first_place, max(n.last_place) as last_place
    from (select s.*, count(*) filter (where s.is_apart) over (order by s.seq) as number from section as s) as n
    group by n.number, n.group_id
  ),
  wanted as (
    select s.group_id, p.place, s.seq_offset + p.place as seq
    from section as s
    cross join lateral generate_series(s.first_place, s.last_place) as p(place)
  )
  select s.seq, null::smallint, s.chat_event_id, s.logged_at, s.group_id, s.place
  from stretch as s
  where s.chat_event_id is not null and s.seq >= s.first_seq
  union all
  select w.seq, g.feed_id, g.row_id, g.logged_at, null, null
  from run as r
  cross join lateral chat.list_given_rows(r.group_id, r.first_place, r.last_place) as g
  join wanted as w on w.group_id = r.group_id and w.place = g.place
$$;
