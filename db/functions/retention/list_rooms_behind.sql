-- The rooms that got one of the first places of a group, up to a given one, each with the first sequence behind those.
create or replace function chat.list_rooms_behind(p_group_ids integer[], p_places bigint[])
returns table (room_id integer, kept_from bigint)
language plpgsql
stable
as $$
begin
  return query
    select r.room_id, least(s.seq + s.ahead, u.until_seq) + 1
    from chat.room as r
    -- The room's last own message before a row that counts, as find_delivery has it for one row.
    cross join lateral (
      select l.seq, g.place - l.place as ahead
      from chat.room_log as l
      join unnest(p_group_ids, p_places) as g(group_id, place) on g.group_id = l.group_id and l.place < g.place
      where l.room_id = r.room_id
      order by l.seq desc
      limit 1
    ) as s
    cross join lateral (
      select coalesce(min(n.seq - num_nonnulls(n.chat_event_id)), chat.newest_seq(r.room_id)) as until_seq
      from chat.room_log as n
      where n.room_id = r.room_id and n.seq > s.seq
    ) as u;
end
$$;
