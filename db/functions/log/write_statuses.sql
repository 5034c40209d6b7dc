-- ROOM_STATUSes of one batch, one after the other, each as the rooms are by then; nothing is recorded.
--
-- Where p_are_changes is true the room gets that status, with a seq: the user comes in, or goes if p_are_going, or
-- stays if that is null. Whoever comes is a member already, whoever goes still is. The others are for their receivers
-- alone; seq then is the room's newest. Of many rooms, or where all would not fit into a frame, only the own one is
-- told of.
create or replace function chat.write_statuses(
  p_userstatuses text[],
  p_usernames text[],
  p_room_ids integer[],
  p_reasons text[],
  p_are_changes boolean[],
  p_are_going boolean,
  p_moderation bytea default ''
)
returns table (number integer, seq bigint, message bytea, sportfilter text, execfilter text, filters jsonb)
language plpgsql
stable
as $$
declare
  v_rooms integer := chat.count_open_rooms();
  v_changes text[] := '{}';
  v_numbers integer[] := '{}';
begin
  if p_are_going is not null then
    select array_agg(c.username), array_agg(c.number) into v_changes, v_numbers
    from unnest(p_usernames, p_are_changes) with ordinality as c(username, is_change, number)
    where c.is_change;
  end if;
  return query
  with room as materialized (select w.* from chat.describe_rooms(p_room_ids) as w),
  state as materialized (
    select
      s.room_id, s.since, chat.encode_bytes(4, s.status) as field,
      coalesce(lead(s.since) over (partition by s.room_id order by s.since), 2147483647) as until
    from chat.list_room_states(p_room_ids, v_changes, v_numbers, p_are_going) as s
    union all
    select e.room_id, 0, chat.encode_bytes(4, e.status), 2147483647 from chat.list_rooms_elsewhere() as e
  ),
  status as (
    select
      u.*, r.*,
      r.newest_seq + count(*) filter (where u.is_change) over (partition by u.room_id order by u.number) as at_seq,
      (select string_agg(s.field, '' order by s.room_id) from state as s
        where s.since <= u.number and s.until > u.number and (v_rooms <= 64 or s.room_id = u.room_id)) as fields,
      (select s.field from state as s
        where s.since <= u.number and s.until > u.number and s.room_id = u.room_id) as own
    from unnest(p_userstatuses, p_usernames, p_room_ids, p_reasons, p_are_changes)
      with ordinality as u(userstatus, username, room_id, reason, is_change, number)
    join room as r on r.of_room = coalesce(u.room_id, -1)
    where u.userstatus is not null
  )
  select
    s.number::integer, s.at_seq,
    chat.encode_chatmessage(
      'ROOM_STATUS', left(s.username, 64), s.room_id, case when s.is_change then s.at_seq end,
      s.userstatus, chat.encode_number(3, v_rooms)
      || coalesce(case when length(s.fields) < s.most_bytes then s.fields else s.own end, ''),
      null, s.encoded, left(s.reason, 4000), null, s.encoded_feeds, p_moderation
    ),
    s.sportfilter, s.execfilter, s.filters
  from status as s;
end
$$;
