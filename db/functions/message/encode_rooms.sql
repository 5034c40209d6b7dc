-- The numrooms and rooms fields of a ROOM_STATUS: every open room, or of many rooms only the one it is about.
--
-- p_room_id null asks for all rooms whatever their number, as PENDING does.
create or replace function chat.encode_rooms(p_room_id integer)
returns bytea
language sql
stable
as $$
  select
    chat.encode_number(3, chat.count_open_rooms())
    || coalesce(string_agg(chat.encode_bytes(4, s.status), '' order by s.room_id), '')
  from (
    select r.room_id, r.status
    from chat.list_room_states(case when p_room_id is not null then array[p_room_id] end) as r
    union all
    select e.room_id, e.status from chat.list_rooms_elsewhere() as e
  ) as s
$$;
