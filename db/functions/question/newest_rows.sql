-- The keys of a feed's newest 1,000 rows, oldest first, and how many minutes ago the first of them came.
--
-- The feeds that the original had count seconds, in timetag; a minute is never less than what a second is of it.
create or replace function chat.newest_rows(p_feed chat.feed, out row_ids bigint[], out minutes double precision)
language plpgsql
stable
as $$
declare
  v_time text := case
    when exists (
      select from chat.feed_column as c where c.feed_id = p_feed.feed_id and c.source = 'received_at'
    ) then 'extract(epoch from r.received_at)'
    when p_feed.message_field is not null then 'r.timetag'
    else 'null::numeric'
  end;
  v_oldest double precision;
begin
  execute format(
    'select array_agg(r.row_id order by r.row_id), min(r.at) from ('
    'select r.%1$I as row_id, (%2$s)::double precision as at from feed.%3$I as r order by r.%1$I desc limit 1000'
    ') as r',
    p_feed.key_column, v_time, p_feed.name
  )
  into row_ids, v_oldest;
  row_ids := coalesce(row_ids, '{}');
  minutes := greatest(extract(epoch from clock_timestamp()) - v_oldest, 1) / 60;
end
$$;
