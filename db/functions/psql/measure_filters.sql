-- What each routed filter costs on a feed's newest rows, measured now: microseconds per row, without reading it.
--
-- Filters that are evaluated together are measured together, and each has the same part of it; see signature.form.
create or replace function chat.measure_filters(p_rows integer default 1000)
returns table (feed_id smallint, filter_id integer, form text, us_per_row double precision)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
  v_feed record;
  v_filter record;
  v_signature chat.signature;
  v_source text;
  v_reading double precision;
begin
  for v_feed in select f.feed_id as id from chat.feed as f order by f.feed_id loop
    v_source := format('(%s) as r', chat.select_newest(v_feed.id, p_rows));
    v_reading := chat.time_select('select count(*) from ' || v_source);
    form := 'direct';
    for v_filter in
      select l.filter_id as id, l.canonical from chat.list_direct_filters(v_feed.id) as l order by l.filter_id
    loop
      begin
        us_per_row := chat.time_select(
          format('select count(*) filter (where %s) from %s', v_filter.canonical, v_source)
        );
      exception
        when others then
          continue;
      end;
      feed_id := v_feed.id;
      filter_id := v_filter.id;
      us_per_row := greatest(0, us_per_row - v_reading) / p_rows;
      return next;
    end loop;
    for v_signature in select s.* from chat.signature as s where s.feed_id = v_feed.id and s.form <> 'direct' loop
      begin
        us_per_row := greatest(0, chat.time_form(v_signature, v_signature.form, p_rows) - v_reading) / p_rows;
      exception
        when others then
          continue;
      end;
      return query
        select r.feed_id, r.filter_id, v_signature.form, us_per_row / count(*) over ()
        from chat.routed_filter as r
        where r.signature_id = v_signature.signature_id and r.is_indexed;
    end loop;
  end loop;
end
$$;
