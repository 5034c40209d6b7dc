-- Which of these claims' name keys may have a member in the claim's room, as far as this server knows.
--
-- They have if they are a member of any room here, or of one that has just left. Of a room that does not belong here
-- another server knows more, so that none of its members counts as gone.
create or replace function chat.list_present(p_name_keys text[], p_room_ids integer[])
returns table (name_key text)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select m.name_key from chat.member as m where m.name_key = any (p_name_keys)
  union
  select d.name_key from chat.departed_member as d where d.name_key = any (p_name_keys)
  union
  select u.name_key
  from unnest(p_name_keys, p_room_ids) as u(name_key, room_id)
  where not chat.holds_room(u.room_id)
$$;
