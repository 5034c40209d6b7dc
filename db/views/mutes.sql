-- Who is muted now, by whom and until when; room null stands for all rooms.
create or replace view chat.mutes as
select
  d.username as name,
  m.room_id as room,
  d.done_at as since,
  m.until,
  coalesce(d.by_moderator, d.by_role) as by,
  d.reason
from chat.measure as m
join chat.moderation as d on d.moderation_id = m.moderation_id
where m.kind = 'mute' and m.until > clock_timestamp()
order by d.username, m.room_id;
