-- What moderators did to people in all rooms, with the record of it: for a server that is added.
create or replace function chat.export_measures()
returns jsonb
language sql
stable
as $$
  select coalesce(jsonb_agg(to_jsonb(m) || jsonb_build_object('act', to_jsonb(a))), '[]')
  from chat.measure as m
  join chat.moderation as a on a.moderation_id = m.moderation_id
  where m.room_id is null
$$;
