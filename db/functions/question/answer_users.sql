-- USERS: who is in each of these rooms, those who have been there the longest first, and behind which of the room's
-- messages that is so. In one statement: seqs and members change together.
create or replace function chat.answer_users(p_room_ids integer[])
returns table (room_id integer, max_users integer, seq bigint, users text[])
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select
    r.room_id, r.max_users, r.seq_offset + g.last_place,
    array(select m.username from chat.member as m where m.room_id = r.room_id order by m.joined_at, m.username)
  from chat.room as r
  join chat.group_place as g on g.group_id = r.group_id
  where r.room_id = any (p_room_ids)
$$;
