-- Sends numbered messages over a channel, several to a payload: `<head> <numbers> <base64> <base64> …`.
--
-- On a feed's channel the head is C and the numbers are row keys. On a room's the head is M and, for what comes
-- behind the messages, `<group>:<place>`, and the numbers are sequences. They have the form of encode_ranges. A
-- message too large for its part of a payload is sent as an empty text, for the gateway to fetch. Sizes are reckoned
-- and not taken from the texts, or each would be encoded three times. The base64 keeps its line breaks: taking them out
-- cost more than everything else here. Like all that each batch runs, in PL/pgSQL, which keeps its plan. One message
-- is what most calls are for: to gather it as if there were several takes three times as long.
create or replace function chat.notify_contents(
  p_channel text,
  p_head text,
  p_numbers bigint[],
  p_messages bytea[]
)
returns void
language plpgsql
volatile
as $$
begin
  if cardinality(p_numbers) = 1 and octet_length(p_messages[1]) <= chat.payload_limit('messages') / 4 then
    perform pg_notify(p_channel, p_head || ' ' || p_numbers[1] || ' ' || encode(p_messages[1], 'base64'));
    return;
  end if;
  perform pg_notify(p_channel, p.payload)
  from (
    with sized as (
      -- Base64 has 4 characters for 3 bytes, and here a line break after 57.
      select
        u.number,
        u.message,
        (length(u.message) + 2) / 3 * 4 + length(u.message) / 57 + chat.payload_limit('number') as size
      from unnest(p_numbers, p_messages) as u(number, message)
    ),
    part as (
      select
        s.number,
        case when s.size <= chat.payload_limit('messages') / 2 then s.message else '' end as message,
        case when s.size <= chat.payload_limit('messages') / 2 then s.size else chat.payload_limit('number') end as size
      from sized as s
    ),
    placed as (
      select p.number, p.message, sum(p.size) over (order by p.number rows unbounded preceding) - p.size as before
      from part as p
    )
    select
      p_head || ' ' || chat.encode_ranges(range_agg(int8range(p.number, p.number, '[]'))) || ' '
      || string_agg(encode(p.message, 'base64'), ' ' order by p.number) as payload
    from placed as p
    group by p.before / (chat.payload_limit('messages') / 2)
    order by min(p.number)
  ) as p;
end
$$;
