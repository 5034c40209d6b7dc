-- Makes members of those users who may come in. The caller holds the log's lock, and tells the rooms.
create or replace function chat.enter_rooms(
  p_gateway_id integer,
  p_are_entering boolean[],
  p_usernames text[],
  p_room_ids integer[],
  p_new_tokens text[],
  p_name_keys text[],
  p_looks text[]
)
returns void
language plpgsql
volatile
as $$
declare
  v_are_any_measures boolean := exists (select from chat.measure);
begin
  if not true = any (p_are_entering) then
    return;
  end if;
  -- A room that somebody is in is awake.
  perform chat.wake_room(r.room_id)
  from (
    select distinct e.room_id
    from unnest(p_room_ids, p_are_entering) as e(room_id, is_entering)
    where e.is_entering and not exists (select from chat.member as m where m.room_id = e.room_id)
  ) as r;

  insert into chat.member (username, name_key, look, room_id, gateway_id, resume_hash, is_muted)
  select
    e.username, e.name_key, e.look, e.room_id, p_gateway_id, chat.text_hash(e.new_token),
    v_are_any_measures and (chat.find_measure('mute', e.room_id, e.username)).until is not null
  from unnest(p_are_entering, p_usernames, p_room_ids, p_new_tokens, p_name_keys, p_looks)
    with ordinality as e(is_entering, username, room_id, new_token, name_key, look, number)
  where e.is_entering
  order by e.number;
end
$$;
