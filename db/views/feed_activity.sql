-- What each feed brought so far, and its filters: looked at twice, it tells what goes on (edgechat top).
create or replace view chat.feed_activity as
select
  f.name as feed,
  f.state,
  a.rows,
  (
    select coalesce(sum(s.filters), 0) from chat.signature as s where s.feed_id = f.feed_id
  )::bigint as filters_routed,
  count(*) filter (where c.state = 'in force') as rooms_filtering,
  count(*) filter (where c.state = 'suspended') as rooms_suspended
from chat.feed as f
join chat.answer_rates() as a on a.feed = f.name
left join (
  select o.feed_id, o.state
  from chat.room_filter as o
  join chat.room as r on r.room_id = o.room_id
  join chat.filter as t on t.filter_id = o.filter_id
  where o.state <> 'replaced' and r.is_open and (t.canonical <> 'true' or o.state = 'suspended')
) as c on c.feed_id = f.feed_id
group by f.feed_id, a.rows
order by f.feed_id;
