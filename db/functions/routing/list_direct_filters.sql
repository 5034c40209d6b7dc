-- The filters of a feed that its router evaluates one by one.
--
-- They are found by the index of those that have no constants in a table, one after the other: with each FILTER, of a
-- hundred thousand others nothing is read. The offsets keep the planner from reading all in the order of their ids. Not
-- by a bitmap: once those others have come into a table, their entries in the index are dead, which only a plain scan
-- notes for the next. So it is wherever enable_bitmapscan is off.
create or replace function chat.list_direct_filters(p_feed_id integer)
returns table (filter_id integer, canonical text)
language plpgsql
stable
set enable_seqscan = off
set enable_bitmapscan = off
as $$
begin
  return query
  select r.filter_id, f.canonical
  from (
    select d.filter_id from chat.routed_filter as d where d.feed_id = p_feed_id and not d.is_indexed offset 0
  ) as r
  cross join lateral (select i.canonical from chat.filter as i where i.filter_id = r.filter_id offset 0) as f;
end
$$;
