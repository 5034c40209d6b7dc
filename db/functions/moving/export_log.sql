-- What a room got after a sequence, at most p_limit messages, as rows of chat_event: each whole, as clients got it.
--
-- Rows of feeds are among them: the other server has them too, but not at these places. Null if there is nothing.
create or replace function chat.export_log(p_room_id integer, p_after_seq bigint, p_limit integer)
returns jsonb
language sql
stable
as $$
  select jsonb_agg(
    case when l.feed_id is null then to_jsonb(e) else jsonb_build_object(
      'timetag', 0,
      'msgtype', f.msgtype,
      'roomid', p_room_id,
      'seq', l.seq,
      'message', chat.encode_feed_row(f, l.message, l.seq)
    ) end
    order by l.seq
  )
  from chat.read_room_log(p_room_id, p_after_seq, chat.newest_seq(p_room_id), p_limit) as l
  left join chat.feed as f on f.feed_id = l.feed_id
  left join lateral (
    select o.*
    from chat.room_log as g
    join chat.chat_event as o on o.chat_event_id = g.chat_event_id
    where l.feed_id is null and g.room_id = p_room_id and g.seq = l.seq
    offset 0
  ) as e on true
$$;
