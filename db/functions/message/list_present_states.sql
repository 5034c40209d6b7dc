-- What a ROOM_STATUS says of a few open rooms, encoded, while nobody comes or goes; the caller pins how it is planned.
create or replace function chat.list_present_states(p_room_ids integer[])
returns table (room_id integer, status bytea)
language plpgsql
stable
as $$
begin
  return query
  select
    l.room_id,
    chat.encode_number(1, l.room_id) || chat.encode_number(2, l.max_users)
    || case
      when l.users > chat.most_named_users() then chat.encode_number(4, l.users)
      else coalesce((
        select string_agg(chat.encode_text(3, m.username), '' order by m.joined_at, m.username)
        from chat.member as m
        where m.room_id = l.room_id
      ), '')
    end
  from (
    select r.room_id, r.max_users, (select count(*) from chat.member as m where m.room_id = r.room_id) as users
    from chat.room as r
    where r.is_open and r.room_id = any (p_room_ids)
    -- offset: counted once, not once for each use.
    offset 0
  ) as l;
end
$$;
