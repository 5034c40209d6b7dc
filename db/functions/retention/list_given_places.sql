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
    (select t.gone_until from chat.bounded_table as t where t.feed_id = p_feed_id), 0
  );
  v_last_upper bigint := coalesce(
    (
      select min(upper(b.row_ids))
      from chat.feed_batch as b
      where b.feed_id = p_feed_id and upper(b.row_ids) >= p_until_key
    ),
    p_until_key
  );
begin
  return query
    select l.group_id, max(l.last_place)
    from chat.feed_batch as b
    join chat.group_log as l on l.batch_id = b.batch_id
    where b.feed_id = p_feed_id
      and upper(b.row_ids) between v_gone_until and v_last_upper
      and lower(b.row_ids) < p_until_key
    group by l.group_id;
end
$$;
