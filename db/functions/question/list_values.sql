-- What a column of a feed held lately, as clauses write it, the most frequent first; or why that is not told.
--
-- Of the newest 1,000 rows. p_prefix: only values that begin with it, whatever the case of the letters. Of a list they
-- are the elements. JSON has none, and what a clause could not hold as it is, or nobody would choose by hand: texts of
-- over 100 characters or with control characters.
create or replace function chat.list_values(
  p_feed text,
  p_column text,
  p_prefix text,
  out reason text,
  out literals text[],
  out counts integer[]
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
as $$
declare
  v_feed chat.feed;
  v_column chat.feed_column;
begin
  reason := chat.explain_no_feed(p_feed);
  if reason is not null then
    return;
  end if;
  select f.* into v_feed from chat.feed as f where f.name = p_feed;
  select c.*
  into v_column
  from chat.feed_column as c
  where c.feed_id = v_feed.feed_id
    and chat.fold_word(btrim(p_column, '"')) in (c.column_name, chat.fold_word(c.alias));
  if v_column.column_name is null then
    reason := format('%s has no column %s; columns are %s', p_feed, quote_nullable(left(p_column, 100)), (
      select string_agg(c.alias, ', ' order by c.position) from chat.feed_column as c where c.feed_id = v_feed.feed_id
    ));
    return;
  end if;
  if v_column.type_name = 'jsonb' then
    return;
  end if;
  execute format(
    'select array_agg(l.literal), array_agg(l.count) from ('
    'select %1$s as literal, count(*)::integer as count '
    'from (%2$s) as r cross join lateral (select %3$s as value) as v '
    'where length(v.value) <= 100 and v.value !~ ''[[:cntrl:]]'' and starts_with(lower(v.value), lower($1)) '
    'group by v.value order by count(*) desc, v.value collate "C" limit 20) as l',
    case when v_column.type_name in ('boolean', 'integer', 'bigint')
      then 'v.value'
      else $q$'''' || replace(v.value, '''', '''''') || ''''$q$
    end,
    chat.newest_rows(v_feed, 1000),
    format(case v_column.type_name when 'text[]' then 'unnest(r.%I)' else 'r.%I::text' end, v_column.column_name)
  )
  into literals, counts
  using coalesce(p_prefix, '');
end
$$;
