-- The rooms that are closed or slow, or whose filter is locked, by whom and why.
create or replace view chat.moderated_rooms as
select
  m.room_id as room,
  case m.kind when 'close' then 'closed' when 'lock' then 'filter locked' else 'slow' end as state,
  d.lasts as between_comments,
  d.done_at as since,
  coalesce(d.by_moderator, d.by_role) as by,
  d.reason
from chat.measure as m
join chat.moderation as d on d.moderation_id = m.moderation_id
where m.name_key = ''
order by m.room_id, state;
