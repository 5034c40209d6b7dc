-- The key of a feed's newest row, 0 if it has none. While the log is locked, no lower key is still to come.
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
  return coalesce(v_row_id, 0);
end
$$;
