-- What a room got after a sequence, oldest first, for a person to read. The first row says if part of it is gone.
create or replace function chat.room_timeline(p_room integer, p_after_seq bigint default 0, p_limit integer default 100)
returns table (seq bigint, at timestamptz, kind text, who text, what text)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kept_from bigint := (
    select k.kept_from from chat.room_kept as k where k.room_id = p_room and k.kept_from > p_after_seq + 1
  );
  v_feed record;
  v_sources text := $source$
    select e.chat_event_id as row_id, null::smallint as feed_id,
      coalesce(e.userstatus, 'COMMENT') as kind, e.username as who,
      case
        when e.userstatus is null then e.commentxt
        when e.userstatus = 'FILTERAPPLIED' then concat_ws(
          '; ',
          (select f.name from chat.feed as f where f.feed_id = 1) || ': ' || e.sportfilter,
          (select f.name from chat.feed as f where f.feed_id = 2) || ': ' || e.execfilter,
          (select string_agg(f.key || ': ' || f.value, '; ' order by f.key) from jsonb_each_text(e.filters) as f)
        )
        else e.reason
      end as what
    from chat.chat_event as e
  $source$;
begin
  perform chat.require_room(p_room);
  for v_feed in select f.feed_id, f.name, f.key_column from chat.feed as f loop
    v_sources := v_sources || format(
      ' union all select r.%1$I, %2$s::smallint, %3$L, null, '
      'left((to_jsonb(r) - %4$L - %5$L - %6$L - %7$L)::text, 200) from feed.%8$I as r',
      v_feed.key_column, v_feed.feed_id, upper(v_feed.name collate "C"),
      v_feed.key_column, 'timetag', 'message', 'stream_seq', v_feed.name
    );
  end loop;
  return query
    select k.kept_from - 1, k.since, 'GONE', null::text, 'the room''s messages up to here are not all kept any more'
    from chat.room_kept as k
    where k.room_id = p_room and v_kept_from is not null;
  return query execute format(
    $query$
    select w.seq, w.logged_at, s.kind, s.who, s.what
    from chat.list_logged_rows($1, $2, 9223372036854775807, $3) as w
    join (%s) as s on s.row_id = w.row_id and s.feed_id is not distinct from w.feed_id
    order by w.seq
    $query$,
    v_sources
  )
  using p_room, coalesce(v_kept_from - 1, p_after_seq), p_limit;
end
$$;
