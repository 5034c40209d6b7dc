-- Tells over a feed's channel which rooms get which rows: `R <base> <keys>=<room>:<first seq>,<room>:<first seq>,… …`.
--
-- A line's keys are less the base, in the form of encode_ranges; its rooms are at most 64. Several lines go in a
-- payload, which is cut at 3,900 bytes and takes a last line of at most 3,900, so none passes the limit of 7,999. A
-- line with longer keys goes alone; keys that do not fit even then are left out, for gateways to read the rooms' logs.
create or replace function chat.notify_rooms(p_channel text, p_base bigint, p_keys text[], p_rooms text[])
returns void
language sql
volatile
as $$
  with line as (
    select
      case when length(u.keys) <= 6000 then u.keys else '' end || '=' || u.rooms as text,
      length(u.keys) between 2301 and 6000 as is_long,
      u.number
    from unnest(p_keys, p_rooms) with ordinality as u(keys, rooms, number)
  ),
  placed as (
    select
      l.text, l.number, l.is_long,
      sum(length(l.text) + 1) over (order by l.number rows unbounded preceding) as up_to
    from line as l
  ),
  packed as (
    select string_agg(p.text, ' ') as lines
    from placed as p
    group by case when p.is_long then -p.number else (p.up_to - length(p.text) - 1) / 3900 end
  )
  select pg_notify(p_channel, 'R ' || p_base || ' ' || p.lines) from packed as p
$$;
