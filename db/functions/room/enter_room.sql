-- Makes a user a member and tells the room; returns the membership and the sequence of its USERJOINED.
--
-- The caller holds the log's lock.
create or replace function chat.enter_room(
  p_gateway_id integer,
  p_username text,
  p_room_id integer,
  p_new_token text,
  out member_id bigint,
  out seq bigint
)
language plpgsql
volatile
as $$
declare
  v_group_id integer;
begin
  insert into chat.member as m (username, room_id, gateway_id, resume_hash)
  values (p_username, p_room_id, p_gateway_id, chat.text_hash(p_new_token))
  returning m.member_id into member_id;
  select r.group_id into v_group_id from chat.room as r where r.room_id = p_room_id;
  perform chat.wake_group(v_group_id);
  update chat.room as r set live_until = 'infinity' where r.room_id = p_room_id and r.live_until <> 'infinity';
  if found then
    perform chat.update_group_life(v_group_id);
  end if;
  perform chat.refresh_router(f.feed_id)
  from chat.room_filter as f
  join chat.router as t on t.feed_id = f.feed_id
  where f.room_id = p_room_id
    and f.state = 'in force'
    and f.filter_id not in (chat.trivial_filter(f.feed_id, true), chat.trivial_filter(f.feed_id, false))
    and f.filter_id <> all (t.filter_ids);
  seq := chat.log_status('USERJOINED', p_username, p_room_id, null);
end
$$;
