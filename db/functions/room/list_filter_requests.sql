-- Requests to set filters, each with its clauses; for the parameters see set_room_filters.
create or replace function chat.list_filter_requests(
  p_usernames text[],
  p_numbers integer[],
  p_feed_ids integer[],
  p_clauses text[]
)
returns table (number integer, username text, feed_ids integer[], clauses text[])
language sql
immutable
as $$
  select
    r.number::integer, r.username,
    coalesce(array_agg(c.feed_id order by c.place) filter (where c.place > 0), '{}'),
    coalesce(array_agg(c.clause order by c.place) filter (where c.place > 0), '{}')
  from unnest(p_usernames) with ordinality as r(username, number)
  left join unnest(p_numbers, p_feed_ids, p_clauses) with ordinality as c(of_request, feed_id, clause, place)
    on c.of_request = r.number
  group by r.number, r.username
$$;
