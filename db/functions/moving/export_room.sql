-- What another server needs of a room, but for its log: its size, its filters of now and before, its measures, its
-- members. Feeds are named, since their numbers are each server's own.
create or replace function chat.export_room(p_room_id integer)
returns jsonb
language sql
stable
as $$
  select jsonb_build_object(
    'room', to_jsonb(r),
    'newest_seq', chat.newest_seq(r.room_id),
    'kept_from', (select k.kept_from from chat.room_kept as k where k.room_id = r.room_id),
    'filters', (
      select coalesce(jsonb_agg(to_jsonb(f) || jsonb_build_object(
        'feed', e.name, 'canonical', c.canonical, 'warning', c.warning
      ) order by f.room_filter_id), '[]')
      from chat.room_filter as f
      join chat.filter as c on c.filter_id = f.filter_id
      join chat.feed as e on e.feed_id = f.feed_id
      where f.room_id = r.room_id
    ),
    'measures', (
      select coalesce(jsonb_agg(to_jsonb(m) || jsonb_build_object('act', to_jsonb(a))), '[]')
      from chat.measure as m
      join chat.moderation as a on a.moderation_id = m.moderation_id
      where m.room_id = r.room_id
    ),
    'members', (
      select coalesce(jsonb_agg(to_jsonb(d)), '[]') from chat.departed_member as d where d.room_id = r.room_id
    )
  )
  from chat.room as r
  where r.room_id = p_room_id
$$;
