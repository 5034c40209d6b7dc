-- Why a room got a row of a feed, or did not: under which sequence, by which filter, and what each part makes of it.
create or replace function chat.explain_delivery(p_room integer, p_feed text, p_row_id bigint)
returns table (item text, value text)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
  v_feed chat.feed := chat.find_feed(p_feed);
  v_table regclass := format('feed.%I', v_feed.name)::regclass;
  v_seq bigint;
  v_row jsonb;
  v_is_forgotten boolean;
  v_filter record;
begin
  perform chat.require_room(p_room);
  execute format(
    'select to_jsonb(r) - ''message'' - ''stream_seq'' from %s as r where %I = $1', v_table, v_feed.key_column
  )
  into v_row
  using p_row_id;
  if v_row is null then
    return query select 'row', concat_ws(
      ': ', format('there is no %s %s', p_feed, p_row_id), chat.describe_gone(v_table, p_row_id)
    );
    return;
  end if;

  v_seq := chat.find_delivery(p_room, v_feed.feed_id, p_row_id);
  v_is_forgotten := v_seq is null and chat.is_delivery_forgotten(p_room, v_feed.feed_id, p_row_id);
  select f.clause, t.canonical, f.state, f.set_by, f.set_at, f.reason
  into v_filter
  from chat.room_filter as f
  join chat.filter as t on t.filter_id = f.filter_id
  where f.room_id = p_room and f.feed_id = v_feed.feed_id and f.from_row_id < p_row_id
  order by f.room_filter_id desc
  limit 1;

  return query
    select 'row', v_row::text
    union all
    select 'delivered', coalesce(
      'yes, as seq ' || v_seq, case when v_is_forgotten then 'not known: the log of then is gone' else 'no' end
    )
    union all
    select
      'filter',
      coalesce(v_filter.clause, v_feed.default_clause)
        || coalesce(', set by ' || v_filter.set_by || ' at ' || v_filter.set_at::timestamptz(0), '');
  return query
    select *
    from chat.explain_condition(
      v_feed, p_row_id, coalesce(v_filter.canonical, (v_feed.default_clause = 'NONE')::text), v_seq is not null,
      v_filter.reason
    )
    where not v_is_forgotten;
end
$$;
