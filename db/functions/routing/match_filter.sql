-- What one filter passes of new rows, in the form of block_log.bits (null for none), and how long it took; or error,
-- if it raises or takes longer than allowed. was_canceled: a time limit came while it ran, so nothing is known.
--
-- p_allowed null is no limit, and all rows at once. With a limit the rows are taken in growing portions, so that a
-- filter that needs seconds for each is stopped after a few. It is evaluated as in a router (time_condition).
create or replace function chat.match_filter(
  p_feed_id integer,
  p_row_ids bigint[],
  p_canonical text,
  p_allowed interval,
  out bits bytea,
  out took interval,
  out error text,
  out was_canceled boolean
)
language plpgsql
volatile
as $$
declare
  v_query text;
  v_found bigint[];
  v_passed bigint[] := '{}';
  v_done integer := 0;
  v_portion integer := case when p_allowed is null then cardinality(p_row_ids) else 1 end;
  v_started timestamptz := clock_timestamp();
begin
  select
    format(
      'select array_agg(%1$I) filter (where %3$s) from feed.%2$I where %1$I = any ($1)',
      f.key_column, f.name, p_canonical
    )
  into v_query
  from chat.feed as f
  where f.feed_id = p_feed_id;
  while v_done < cardinality(p_row_ids) loop
    execute v_query into v_found using p_row_ids[v_done + 1 : v_done + v_portion];
    v_passed := v_passed || v_found;
    v_done := least(v_done + v_portion, cardinality(p_row_ids));
    took := clock_timestamp() - v_started;
    if took > p_allowed then
      error := format('it took %s ms for %s rows', round(extract(epoch from took) * 1000), v_done);
      return;
    end if;
    v_portion := v_portion * 8;
  end loop;
  if v_passed <> '{}' then
    bits := chat.mark_rows(p_row_ids, v_passed);
  end if;
exception
  when query_canceled then
    was_canceled := true;
  when others then
    -- For an error in the filter's arithmetic the server's own words are the best.
    error := case
      when sqlstate like '22%' then sqlerrm
      else (select e.reason from chat.explain_clause_error(p_feed_id, p_canonical, sqlstate, sqlerrm) as e)
    end;
end
$$;
