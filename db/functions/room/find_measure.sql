-- What of a kind is in force in a room about a name, or about the room itself if that is null; nulls if nothing is.
--
-- Of a ban or mute from the room and one from all rooms, the one that holds longer.
create or replace function chat.find_measure(
  p_kind text,
  p_room_id integer,
  p_name text,
  out until timestamptz,
  out lasts interval,
  out reason text
)
language plpgsql
stable
as $$
begin
  select m.until, d.lasts, d.reason
  into find_measure.until, find_measure.lasts, find_measure.reason
  from chat.measure as m
  join chat.moderation as d on d.moderation_id = m.moderation_id
  where m.name_key = coalesce(chat.name_key(p_name), '')
    and m.kind = p_kind
    and (m.room_id = p_room_id or m.room_id is null)
    and m.until > clock_timestamp()
  order by m.until desc
  limit 1;
end
$$;
