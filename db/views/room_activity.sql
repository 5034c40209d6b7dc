-- Who is in each room, and how many messages it got so far: looked at twice, it tells what goes on (edgechat top).
create or replace view chat.room_activity as
select
  r.room_id as room,
  (select count(*) from chat.member as m where m.room_id = r.room_id) as users,
  r.max_users,
  r.live_until > clock_timestamp() as live,
  r.seq_offset + g.last_place as messages,
  (
    select string_agg(
      format('%s: %s', e.name, case f.state when 'suspended' then 'suspended' else f.clause end), '; '
      order by f.feed_id
    )
    from chat.room_filter as f
    join chat.feed as e on e.feed_id = f.feed_id
    join chat.filter as t on t.filter_id = f.filter_id
    where f.room_id = r.room_id and f.state <> 'replaced' and (t.canonical <> 'true' or f.state = 'suspended')
  ) as filters
from chat.room as r
join chat.group_place as g on g.group_id = r.group_id
where r.is_open
order by r.room_id;
