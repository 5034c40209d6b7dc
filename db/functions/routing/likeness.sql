-- What groups have in common that are likely to get the same rows: their first filter up to its first constant.
--
-- Of `((symbol = 'A'::text) AND (price > 5))` that is `((symbol = 'A'`. It is empty for groups that get all or nothing.
create or replace function chat.likeness(p_filter_ids integer[])
returns text
language sql
stable
as $$
  select coalesce(
    (
      select format(
        '%s %s', f.feed_id,
        left(substring(f.canonical from '^(?:[^''0-9]|[a-z_][0-9]+)*(?:''[^'']*''|[0-9.]*)'), 200)
      )
      from unnest(p_filter_ids) with ordinality as i(filter_id, number)
      join chat.filter as f on f.filter_id = i.filter_id
      where f.canonical not in ('true', 'false')
      order by i.number
      limit 1
    ),
    ''
  )
$$;
