-- What all ROOM_STATUSes about these rooms have in common: the filters in force, encoded and as chat_event keeps them,
-- the room's newest seq, and how many bytes are left for rooms and users. of_room is -1 for what is no room's number.
create or replace function chat.describe_rooms(p_room_ids integer[])
returns table (
  of_room integer,
  newest_seq bigint,
  sportfilter text,
  execfilter text,
  filters jsonb,
  encoded bytea,
  encoded_feeds bytea,
  most_bytes integer
)
language plpgsql
stable
as $$
declare
  -- Nearly always all feeds have fields of their own.
  v_are_any_added boolean := exists (select from chat.feed as f where f.filter_field is null);
begin
  return query
  select
    d.room_id, r.seq_offset + g.last_place, e.sportfilter, e.execfilter, e.filters, n.own, n.named,
    1048576 - 24576 - length(n.own) - length(n.named)
  from (select distinct coalesce(i, -1) as room_id from unnest(p_room_ids) as i) as d
  left join chat.room as r on r.room_id = d.room_id
  left join chat.group_place as g on g.group_id = r.group_id
  cross join lateral chat.clauses_in_force(d.room_id) as w
  cross join lateral chat.event_filters(w.feed_ids, w.clauses) as e
  cross join lateral (
    -- offset: once for each room, not once for each use.
    select
      chat.encode_filters(w.feed_ids, w.clauses),
      case when v_are_any_added then chat.encode_feed_filters(w.feed_ids, w.clauses) else '' end
    offset 0
  ) as n(own, named);
end
$$;
