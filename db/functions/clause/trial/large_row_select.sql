-- The select of a row of a feed whose texts, lists and JSON hold a text over and over, up to so many bytes or the most.
create or replace function chat.large_row_select(p_feed_id integer, p_text text, p_bytes integer)
returns text
language sql
stable
as $$
  -- offset: the columns are not put in place of their names, or the planner would evaluate the condition.
  select 'select '
    || string_agg(
      case
        when c.type_name = 'text' then format('repeat(%L, %s)', p_text, n.times)
        when c.type_name = 'text[]' then format('array_fill(%L::text, array[%s])', p_text, n.times)
        when c.type_name = 'jsonb' then format('to_jsonb(array_fill(%L::text, array[%s]))', p_text, n.times)
        else coalesce(
          (
            select quote_literal(p.value)
            from chat.probe_value as p
            where p.type_name = c.type_name and p.number = 2 and c.type_name in ('boolean', 'timestamptz')
          ),
          '1'
        )
      end
      || format('::%s as %I', chat.column_type(c.type_name), c.column_name),
      ', ' order by c.position
    )
    || ' offset 0'
  from chat.feed_column as c
  cross join lateral (
    -- An element of a list takes some bytes more than its text.
    select greatest(
      1, least(p_bytes, c.max_bytes) / (octet_length(p_text) + case c.type_name when 'text' then 0 else 3 end)
    )
  ) as n(times)
  where c.feed_id = p_feed_id
$$;
