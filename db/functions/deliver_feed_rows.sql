-- Gives new rows of a feed to the live rooms whose filters they pass: counted, logged and announced.
--
-- p_row_ids are in order. p_filter_ids and p_matches are what the router found: the keys that each filter passes; NONE
-- and ALL need no router. Content goes once on the feed's channel and before the rooms' lines that name it: Postgres
-- delivers a transaction's notifications in the order in which they were sent. A room that is empty but may still be
-- resumed is logged and not announced.
create or replace function chat.deliver_feed_rows(
  p_feed_id integer,
  p_row_ids bigint[],
  p_messages bytea[],
  p_filter_ids integer[],
  p_matches int8multirange[]
)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_announced bigint;
  v_base bigint := p_row_ids[1];
  v_last bigint := p_row_ids[cardinality(p_row_ids)];
  v_filter_ids integer[] := p_filter_ids || chat.trivial_filter(p_feed_id, true);
  v_matches int8multirange[];
  v_wanted int8multirange;
begin
  v_matches := p_matches || case
    when v_last - v_base + 1 = cardinality(p_row_ids) then int8multirange(int8range(v_base, v_last, '[]'))
    else (select range_agg(int8range(i, i, '[]')) from unnest(p_row_ids) as i)
  end;

  select range_agg(m.row_ids)
  into v_wanted
  from unnest(v_filter_ids, v_matches) as m(filter_id, row_ids)
  where exists (
    select
    from chat.room_filter as f
    join chat.room as r on r.room_id = f.room_id
    where f.filter_id = m.filter_id and f.state = 'in force' and r.live_until = 'infinity'
  );

  if v_wanted = v_matches[cardinality(v_matches)] then
    perform chat.notify_contents(chat.feed_channel(p_feed_id), p_row_ids, p_messages);
  else
    perform chat.notify_contents(chat.feed_channel(p_feed_id), array_agg(c.row_id), array_agg(c.message))
    from unnest(p_row_ids, p_messages) as c(row_id, message)
    where v_wanted @> c.row_id;
  end if;

  with matched as materialized (
    select m.filter_id, m.row_ids, chat.count_keys(m.row_ids) as size, chat.encode_ranges(m.row_ids, v_base) as encoded
    from unnest(v_filter_ids, v_matches) as m(filter_id, row_ids)
  ),
  counted as (
    update chat.room as r
    set last_seq = r.last_seq + m.size
    from matched as m
    join chat.room_filter as f on f.filter_id = m.filter_id and f.state = 'in force'
    where r.room_id = f.room_id and r.live_until > clock_timestamp()
    returning
      r.room_id, r.last_seq - m.size + 1 as first_seq, r.last_seq, r.live_until = 'infinity' as is_occupied,
      m.row_ids, m.encoded
  ),
  logged as (
    insert into chat.room_log (room_id, first_seq, last_seq, feed_id, row_ids)
    select c.room_id, c.first_seq, c.last_seq, p_feed_id, c.row_ids from counted as c
  )
  -- `R <first seq> <feed> <base> <keys less the base>`; keys that do not fit are left out; the gateway reads them.
  select count(pg_notify(
    chat.room_channel(c.room_id),
    'R ' || c.first_seq || ' ' || p_feed_id || ' ' || v_base || ' '
    || case when length(c.encoded) <= 7900 then c.encoded else '' end
  ))
  into v_announced
  from counted as c
  where c.is_occupied;
end
$$;
