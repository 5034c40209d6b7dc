-- The select of a row of a feed whose text columns hold a text over and over, up to so many bytes or the column's most.
create or replace function chat.large_row_select(p_feed_id integer, p_text text, p_bytes integer)
returns text
language sql
stable
as $$
  -- offset: the columns are not put in place of their names, or the planner would evaluate the condition.
  select 'select '
    || string_agg(
      case
        when c.type_name = 'text' then
          format('repeat(%L, %s)', p_text, greatest(1, least(p_bytes, c.max_bytes) / octet_length(p_text)))
        when c.type_name in ('integer', 'bigint', 'numeric') then '1'
        else 'null'
      end
      || format('::%s as %I', chat.column_type(c.type_name), c.column_name),
      ', ' order by c.position
    )
    || ' offset 0'
  from chat.feed_column as c
  where c.feed_id = p_feed_id
$$;
