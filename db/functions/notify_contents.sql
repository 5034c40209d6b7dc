-- Sends numbered messages over a channel, several to a payload: `C <numbers> <base64> <base64> …`.
--
-- Numbers are sequences on a room's channel and row keys on a feed's, in the form of encode_ranges. A message too large
-- for a payload (7,999 bytes at most) is sent as an empty text, for the gateway to fetch. A payload is cut at 4,000
-- bytes and takes a last message of at most 3,800, so none passes the limit whatever their sizes.
create or replace function chat.notify_contents(p_channel text, p_numbers bigint[], p_messages bytea[])
returns void
language sql
volatile
as $$
  with encoded as (
    select
      u.number,
      case when length(u.message) <= 2800 then translate(encode(u.message, 'base64'), e'\n', '') else '' end as content
    from unnest(p_numbers, p_messages) as u(number, message)
  ),
  placed as (
    -- 21 is a number's longest text and its comma, in case the numbers do not follow each other.
    select e.number, e.content, sum(length(e.content) + 22) over (order by e.number) - length(e.content) as before
    from encoded as e
  ),
  packed as (
    select
      min(p.number) as first_number,
      'C ' || chat.encode_ranges(range_agg(int8range(p.number, p.number, '[]')), 0) || ' '
      || string_agg(p.content, ' ' order by p.number) as payload
    from placed as p
    group by p.before / 4000
  )
  select pg_notify(p_channel, p.payload) from packed as p order by p.first_number
$$;
