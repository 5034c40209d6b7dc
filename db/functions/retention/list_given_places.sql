-- The groups that were given rows of a feed with keys before one, each with the place of the last of them.
--
-- Not those of rows that went before. A batch that holds later rows, too, counts as a whole.
create or replace function chat.list_given_places(p_feed_id integer, p_until_key bigint)
returns table (group_id integer, place bigint)
language plpgsql
stable
as $$
declare
  v_gone_until bigint := coalesce(
    (select o.gone_until from chat.bounded_table as o where o.feed_id = p_feed_id), 0
  );
  v_last_upper bigint := coalesce(
    (
      select min(upper(t.row_ids))
      from chat.feed_batch as t
      where t.feed_id = p_feed_id and upper(t.row_ids) >= p_until_key
    ),
    p_until_key
  );
begin
  return query
    select l.group_id, max(l.last_place)
    from chat.feed_batch as t
    join chat.group_log as l on l.batch_id = t.batch_id
    where t.feed_id = p_feed_id
      and upper(t.row_ids) between v_gone_until and v_last_upper
      and lower(t.row_ids) < p_until_key
    group by l.group_id;
end
$$;
