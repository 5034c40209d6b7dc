-- The key of a feed's newest row; of the newest that was dropped, if none is left; 0 if there never was one.
--
-- While the log is locked, no lower key is still to come.
create or replace function chat.newest_row_id(p_feed_id integer)
returns bigint
language plpgsql
stable
as $$
declare
  v_query text := (
    select format('select max(%I) from feed.%I', f.key_column, f.name) from chat.feed as f where f.feed_id = p_feed_id
  );
  v_row_id bigint;
begin
  execute v_query into v_row_id;
  return coalesce(
    v_row_id, (select t.gone_until - 1 from chat.bounded_table as t where t.feed_id = p_feed_id), 0
  );
end
$$;
