-- The select of the rows that a clause is tried on: the edge cases of probe_value, the newest stored rows up to 1 MiB.
--
-- The edge cases are five rows, as many as probe_value has for each type (a check of that table, and a test). A feed
-- with columns that may be null has a sixth, with NULL in all of these. How large a value may be that is stored apart
-- from its row is not looked at: it counts as one of the largest size.
create or replace function chat.probe_select(p_feed_id integer, p_count integer)
returns text
language sql
stable
as $$
  select format(
    '(select %1$s from generate_series(1, %7$s) as n) union all '
    '(select %2$s from (select %2$s, sum(%3$s) over (order by %4$I desc rows unbounded preceding) as size '
    'from (select * from feed.%5$I order by %4$I desc limit %6$s) as newest) as sized where size <= 1048576)',
    string_agg(
      format(
        '(select p.value from chat.probe_value as p where p.type_name = %L and p.number = %s)::%s as %I',
        c.type_name, case when c.may_be_null then 'n' else 'least(n, 5)' end, chat.column_type(c.type_name),
        c.column_name
      ),
      ', ' order by c.position
    ),
    chat.column_list(f.feed_id),
    coalesce(
      string_agg(
        format(
          case c.type_name
            when 'text' then 'coalesce(octet_length(%1$I), 0)'
            else 'coalesce(case when pg_column_size(%1$I) > 2000 then %2$s else pg_column_size(%1$I) end, 0)'
          end,
          c.column_name, c.max_bytes
        ),
        ' + '
      ) filter (where c.max_bytes is not null),
      '0'
    ),
    f.key_column,
    f.name,
    p_count,
    5 + bool_or(c.may_be_null)::integer
  )
  from chat.feed as f
  join chat.feed_column as c on c.feed_id = f.feed_id
  where f.feed_id = p_feed_id
  group by f.feed_id
$$;
