-- How many keys the partition after a given one is to take, by what that one took of time and disk so far.
--
-- At most eight times as many, or as few: rates jump. What is too wide all the same is left early (pass_on).
create or replace function chat.next_width(
  p_last chat.partition,
  p_next bigint,
  p_now timestamptz,
  p_step_for interval,
  p_step_bytes bigint
)
returns bigint
language sql
stable
as $$
  select least(greatest(w.width, 1000), 10000000)
  from (
    select
      greatest(p_next - (p_last.until_key - p_last.width), 1) as used,
      greatest(extract(epoch from p_now - p_last.began_at), 1) as seconds,
      greatest(pg_total_relation_size(p_last.part), 65536) as bytes
  ) as u
  cross join lateral (
    select coalesce(
      least(
        greatest(
          least(u.used * extract(epoch from p_step_for) / u.seconds, u.used::numeric * p_step_bytes / u.bytes),
          p_last.width / 8
        ),
        p_last.width * 8
      ),
      p_last.width
    )::bigint as width
  ) as w
$$;
