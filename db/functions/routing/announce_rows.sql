-- Announces new rows of a feed on the channels of the rooms that got them: `F <feed> <first seq> <last seq>`.
--
-- The parameters are the groups that were given rows, each with the first and last place of these. Gateways go by the
-- groups' lines; this is for other programs. Each notification costs the commit and every listener, so a batch that
-- reaches more rooms than max_announced_rooms is told only to those that somebody asked for (announce_room). No more
-- rooms are looked at than tell that: thousands may be in a group.
create or replace function chat.announce_rows(
  p_feed_id integer,
  p_group_ids integer[],
  p_first_places bigint[],
  p_last_places bigint[]
)
returns void
language plpgsql
volatile
as $$
declare
  v_max_rooms integer := (select s.max_announced_rooms from chat.setting as s);
begin
  perform pg_notify(
    chat.room_channel(a.room_id),
    format('F %s %s %s', p_feed_id, a.seq_offset + a.first_place, a.seq_offset + a.last_place)
  )
  from (
    with given as (
      select * from unnest(p_group_ids, p_first_places, p_last_places) as g(group_id, first_place, last_place)
    ),
    reached as materialized (
      select r.room_id, r.seq_offset, g.first_place, g.last_place
      from given as g
      cross join lateral (
        select o.room_id, o.seq_offset from chat.room as o where o.group_id = g.group_id limit v_max_rooms + 1
      ) as r
      limit v_max_rooms + 1
    )
    select r.* from reached as r where (select count(*) from reached) <= v_max_rooms
    union all
    select r.room_id, r.seq_offset, g.first_place, g.last_place
    from given as g
    join chat.room as r on r.group_id = g.group_id and r.is_announced
    where (select count(*) from reached) > v_max_rooms
  ) as a;
end
$$;
