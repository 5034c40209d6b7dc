-- The filters now in force or suspended in every open room, for a person to look at.
create or replace view chat.room_filters as
select
  f.room_id as room,
  e.name as feed,
  f.clause,
  t.canonical,
  f.state,
  f.set_at as since,
  f.from_seq as since_seq,
  f.set_by as by,
  f.reason,
  count(*) over (partition by f.filter_id) as rooms_sharing,
  r.is_announced as announced
from chat.room_filter as f
join chat.room as r on r.room_id = f.room_id
join chat.feed as e on e.feed_id = f.feed_id
join chat.filter as t on t.filter_id = f.filter_id
where f.state <> 'replaced' and r.is_open
order by f.room_id, f.feed_id;
