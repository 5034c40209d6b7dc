-- The filters that rooms had since their logs begin, newest first.
create or replace view chat.filter_history as
select
  f.room_id as room,
  e.name as feed,
  f.clause,
  t.canonical,
  f.state,
  f.set_at as since,
  f.from_seq as since_seq,
  f.until_seq,
  f.set_by as by,
  f.reason
from chat.room_filter as f
join chat.feed as e on e.feed_id = f.feed_id
join chat.filter as t on t.filter_id = f.filter_id
order by f.room_filter_id desc;
