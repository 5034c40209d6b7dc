-- Sends numbered messages over a channel, several to a payload: `<head> <numbers> <base64> <base64> …`.
--
-- On a feed's channel the head is C and the numbers are row keys. On a room's the head is M and, for what comes
-- behind the messages, `<group>:<place>`, and the numbers are sequences. They have the form of encode_ranges. A
-- message too large for a payload (7,999 bytes at most) is sent as an empty text, for the gateway to fetch. A
-- payload is cut at 4,000 bytes and takes a last message of at most 3,900, so none passes the limit whatever their
-- sizes. Sizes are reckoned and not taken from the texts, or each would be encoded three times. The base64 keeps its
-- line breaks: taking them out cost more than everything else here.
create or replace function chat.notify_contents(
  p_channel text,
  p_head text,
  p_numbers bigint[],
  p_messages bytea[]
)
returns void
language sql
volatile
as $$
  with sized as (
    -- 4 characters for 3 bytes and a line break for 76 of them; 24 for a number, should they not follow each other.
    select
      u.number,
      u.message,
      case when length(u.message) <= 2800 then length(u.message) * 139 / 100 + 28 else 24 end as size
    from unnest(p_numbers, p_messages) as u(number, message)
  ),
  placed as (
    select s.number, s.message, sum(s.size) over (order by s.number rows unbounded preceding) - s.size as before
    from sized as s
  ),
  packed as (
    select
      min(p.number) as first_number,
      p_head || ' ' || chat.encode_ranges(range_agg(int8range(p.number, p.number, '[]'))) || ' ' || string_agg(
        case when length(p.message) <= 2800 then encode(p.message, 'base64') else '' end, ' ' order by p.number
      ) as payload
    from placed as p
    group by p.before / 4000
  )
  select pg_notify(p_channel, p.payload) from packed as p order by p.first_number
$$;
