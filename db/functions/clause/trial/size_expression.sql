-- The expression of how many bytes the values of a feed's row have that may be large.
--
-- How large a value may be that is stored apart from its row is not looked at: it counts as one of the largest size.
create or replace function chat.size_expression(p_feed_id integer)
returns text
language sql
stable
as $$
  select coalesce(
    string_agg(
      format(
        case c.type_name
          when 'text' then 'coalesce(octet_length(%1$I), 0)'
          else 'coalesce(case when pg_column_size(%1$I) > 2000 then %2$s else pg_column_size(%1$I) end, 0)'
        end,
        c.column_name, c.max_bytes
      ),
      ' + '
    ),
    '0'
  )
  from chat.feed_column as c
  where c.feed_id = p_feed_id and c.max_bytes is not null
$$;
