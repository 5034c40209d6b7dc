-- The columns that a feed gets of texts `name:type=path`; before them subject and received_at, which every feed has.
--
-- Raises RM503 for one that cannot be.
create or replace function chat.plan_columns(p_feed chat.feed, p_columns text[])
returns setof chat.feed_column
language plpgsql
stable
as $$
declare
  v_columns text[] := case p_feed.format when 'text' then array['line:text'] else '{}' end || p_columns;
  v_column record;
begin
  if cardinality(v_columns) > 64 then
    raise exception 'a feed has at most 64 columns, and these are %', cardinality(v_columns)
      using
        errcode = 'RM503',
        hint = 'take what rooms filter by; the whole of a JSON message can be one column: whole:jsonb=*';
  elsif p_feed.format = 'text' and cardinality(p_columns) > 0 then
    raise exception 'a feed of text has one column, line, and takes no others'
      using errcode = 'RM503', hint = 'leave columns out; rooms filter by line like ''%word%''';
  elsif cardinality(v_columns) = 0 then
    raise exception 'a feed needs at least one column'
      using errcode = 'RM503', hint = 'as in: columns => ''{city:text,temperature:float}''';
  end if;
  for v_column in
    select c.number, p.*
    from unnest(v_columns) with ordinality as c(text, number)
    cross join lateral chat.parse_column(c.text) as p
  loop
    if v_column.column_name = any (
      select p.column_name
      from unnest(v_columns[:v_column.number - 1]) as c
      cross join lateral chat.parse_column(c) as p
    ) or v_column.column_name = p_feed.key_column then
      raise exception 'there are two columns %', v_column.column_name
        using errcode = 'RM503', hint = format('%s is the key of this feed''s table', p_feed.key_column);
    end if;
  end loop;
  return query
    select
      p_feed.feed_id, b.position, b.name, b.name, b.type, b.bytes, false, null::text[], b.name, b.name, b.type,
      null::smallint, false
    from (values (1::smallint, 'subject', 'text', 4096), (2::smallint, 'received_at', 'timestamptz', null))
      as b(position, name, type, bytes)
    union all
    select
      p_feed.feed_id, (c.number + 2)::smallint, p.column_name, p.path, p.type_name,
      case when p.type_name in ('text', 'text[]', 'jsonb') then 65536 end, false, null::text[],
      p.column_name, 'message',
      case p.type_name when 'numeric' then 'double precision' when 'text[]' then 'text' when 'jsonb' then 'text'
        else p.type_name end,
      null::smallint, true
    from unnest(v_columns) with ordinality as c(text, number)
    cross join lateral chat.parse_column(c.text) as p;
end
$$;
