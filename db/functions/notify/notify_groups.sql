-- Tells over a feed's channel which groups of rooms get which rows: `G <keys> <bits>|<group>:<first place>,… …`.
--
-- The keys are the batch's, in the form of encode_ranges; a line's bits are those of block_log in base64, `*` for
-- all rows. A line has at most as many groups as payload_limit says. Several lines go to a payload; one that takes more
-- than half of it goes alone. Bits that do not fit even then are left out, for gateways to read the rooms' logs, and so
-- are all if the keys do not fit. In PL/pgSQL, which keeps its plan; with offset each text is made once, though it is
-- used twice. Few lines mostly fit into one payload, and are then just put together.
create or replace function chat.notify_groups(p_channel text, p_keys text, p_bits bytea[], p_groups text[])
returns void
language plpgsql
volatile
as $$
declare
  v_lines text;
begin
  if cardinality(p_bits) <= 100 and length(p_keys) <= chat.payload_limit('keys') then
    v_lines := (
      select string_agg(coalesce(encode(u.bits, 'base64'), '*') || '|' || u.groups, ' ')
      from unnest(p_bits, p_groups) as u(bits, groups)
    );
    if octet_length(v_lines) <= chat.payload_limit('lines') then
      perform pg_notify(p_channel, 'G ' || p_keys || ' ' || v_lines);
      return;
    end if;
  end if;
  perform pg_notify(
    p_channel,
    'G ' || case when length(p_keys) <= chat.payload_limit('keys') then p_keys else '' end || ' ' || p.lines
  )
  from (
    with encoded as (
      select
        case
          when u.bits is null then '*'
          when length(p_keys) <= chat.payload_limit('keys') then encode(u.bits, 'base64')
          else ''
        end as bits,
        u.groups,
        u.number
      from unnest(p_bits, p_groups) with ordinality as u(bits, groups, number)
      offset 0
    ),
    line as (
      select
        case
          when octet_length(e.bits) + octet_length(e.groups) + 2 <= chat.payload_limit('lines') then e.bits
          else ''
        end || '|' || e.groups as text,
        e.number
      from encoded as e
      offset 0
    ),
    -- With the space in front of the next.
    part as (select l.text, l.number, octet_length(l.text) + 1 as size from line as l),
    placed as (
      select p.*, sum(p.size) over (order by p.number rows unbounded preceding) - p.size as before from part as p
    )
    select string_agg(p.text, ' ') as lines
    from placed as p
    group by
      case
        when p.size > chat.payload_limit('lines') / 2 then -p.number
        else p.before / (chat.payload_limit('lines') / 2)
      end
  ) as p;
end
$$;
