-- Tells over a feed's channel which groups of rooms get which rows: `G <keys> <bits>|<group>:<first place>,… …`.
--
-- The keys are the batch's, in the form of encode_ranges; a line's bits are those of group_log in base64, `*` for
-- all rows. Lines of at most 64 groups go several to a payload, which is cut at 3,900 bytes less the keys and takes
-- a last line of at most 3,900 or goes with a longer one alone, so none passes the limit of 7,999. Bits that would
-- not fit even then are left out, for gateways to read the rooms' logs, and so are all if the keys do not fit.
create or replace function chat.notify_groups(p_channel text, p_keys text, p_bits bytea[], p_groups text[])
returns void
language sql
volatile
as $$
  with line as (
    select
      case
        when u.bits is null then '*'
        when length(u.bits) <= 3300 and length(p_keys) <= 1000 then encode(u.bits, 'base64')
        else ''
      end || '|' || u.groups as text,
      coalesce(length(u.bits), 0) between 1401 and 3300 as is_long,
      u.number
    from unnest(p_bits, p_groups) with ordinality as u(bits, groups, number)
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
    group by case when p.is_long then -p.number else (p.up_to - length(p.text) - 1) / 2900 end
  )
  select pg_notify(p_channel, 'G ' || case when length(p_keys) <= 1000 then p_keys else '' end || ' ' || p.lines)
  from packed as p
$$;
