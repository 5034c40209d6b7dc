-- What a ROOM_STATUS says of rooms, encoded: of every open room, or of many rooms only p_room_ids; null asks for all.
--
-- While members come or go in a batch, a room has several states, from the batch's request number `since` on. p_names
-- and p_numbers say who comes or goes with which request: whoever comes is a member already, whoever goes still is.
-- Of a room with many users nobody is named.
--
-- Mostly it is asked about one room, and to plan it takes longer than that. So it is planned once for a session, and
-- reads tables by index however few rows they had then; of a few, where nobody comes or goes, by a simpler
-- statement (list_present_states). Rooms and members may be ten thousand: who is in is joined, and not looked up for
-- each state.
create or replace function chat.list_room_states(
  p_room_ids integer[],
  p_names text[] default '{}',
  p_numbers integer[] default '{}',
  p_are_going boolean default false
)
returns table (room_id integer, since integer, status bytea)
language plpgsql
stable
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
as $$
begin
  if p_room_ids is null or chat.count_open_rooms() <= 64 then
    p_room_ids := array(select r.room_id from chat.room as r where r.is_open);
  end if;
  if cardinality(p_numbers) = 0 and cardinality(p_room_ids) <= 64 then
    return query select s.room_id, 0, s.status from chat.list_present_states(p_room_ids) as s;
    return;
  end if;
  return query
  with listed as materialized (
    select r.room_id, r.max_users, (select count(*) from chat.member as m where m.room_id = r.room_id) as users
    from chat.room as r
    where r.is_open and r.room_id = any (p_room_ids)
  ),
  change as materialized (
    select m.room_id, c.name, c.number
    from unnest(p_names, p_numbers) as c(name, number) join chat.member as m on m.username = c.name
  ),
  state as materialized (
    select
      l.room_id, l.max_users, s.since,
      l.users + case when p_are_going then 1 else -1 end * (
        case when p_are_going then 1 else count(*) over (partition by l.room_id) end
        - row_number() over (partition by l.room_id order by s.since)
      ) as users
    from listed as l
    cross join lateral (select 0 as since union all select c.number from change as c where c.room_id = l.room_id) as s
  ),
  named as materialized (
    select m.room_id, m.joined_at, m.username, c.number, chat.encode_text(3, m.username) as field
    from (select s.room_id from state as s where s.users <= chat.most_named_users() group by s.room_id) as s
    join chat.member as m on m.room_id = s.room_id
    left join change as c on c.name = m.username
  )
  select
    s.room_id, s.since,
    chat.encode_number(1, s.room_id) || chat.encode_number(2, s.max_users)
    || case
      when s.users > chat.most_named_users() then chat.encode_number(4, s.users)
      else coalesce(string_agg(n.field, '' order by n.joined_at, n.username), '')
    end
  from state as s
  left join named as n on n.room_id = s.room_id and (n.number is null or (n.number <= s.since) <> p_are_going)
    and s.users <= chat.most_named_users()
  group by s.room_id, s.since, s.max_users, s.users;
end
$$;
