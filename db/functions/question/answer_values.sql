-- VALUES: what a column held in the feed's newest 1,000 rows, as a clause writes it, and how often; at most 20.
--
-- Long texts are passed over by their size, which costs no look at them. Lists end at 100,000 elements. Raises
-- RM401 and RM403.
create or replace function chat.answer_values(p_feed text, p_column text, p_prefix text)
returns table (literal text, count bigint)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
as $$
declare
  v_feed chat.feed := chat.find_present_feed(p_feed);
  v_column chat.feed_column := chat.find_feed_column(v_feed, p_column);
begin
  if v_column.type_name = 'jsonb' then
    return;
  end if;
  return query execute format(
    $query$
    select l.literal, v.count
    from (
      select u.value, count(*) as count
      from (select %1$s as value from (select r.%2$I as value from feed.%3$I as r order by r.%4$I desc limit 1000) as r
        limit 100000) as u
      where case when octet_length(u.value) <= 400 then char_length(u.value) <= 100 end
        and starts_with(lower(u.value collate chat.code_points), lower($1 collate chat.code_points))
      group by u.value
    ) as v
    cross join lateral (select chat.write_literal($2, v.value)) as l(literal)
    where l.literal is not null
    order by v.count desc, v.value
    limit 20
    $query$,
    case v_column.type_name
      when 'text' then 'r.value'
      when 'text[]' then 'unnest(r.value)'
      when 'timestamptz' then '(r.value at time zone ''UTC'')::text collate chat.code_points'
      else 'r.value::text collate chat.code_points'
    end,
    v_column.column_name, v_feed.name, v_feed.key_column
  )
  using coalesce(p_prefix, ''), v_column.type_name;
end
$$;
