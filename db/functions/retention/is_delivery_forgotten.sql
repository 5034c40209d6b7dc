-- Whether what tells if a room got a row of a feed is gone: the batch that had it, or where the room was then.
create or replace function chat.is_delivery_forgotten(p_room_id integer, p_feed_id integer, p_row_id bigint)
returns boolean
language plpgsql
stable
as $$
declare
  v_batch chat.feed_batch;
begin
  if not exists (select from chat.bounded_table as o where o.family = 'log' and o.gone_until is not null) then
    return false;
  end if;
  select t.*
  into v_batch
  from chat.feed_batch as t
  where t.feed_id = p_feed_id and upper(t.row_ids) > p_row_id
  order by upper(t.row_ids)
  limit 1;
  if not v_batch.row_ids @> p_row_id then
    -- The batches before are gone, or nobody was given the row.
    return not exists (select from chat.feed_batch as t where t.feed_id = p_feed_id and upper(t.row_ids) <= p_row_id);
  end if;
  return v_batch.batch_id < (
    select o.gone_until from chat.bounded_table as o where o.table_name = 'chat.block_log'::regclass
  ) or v_batch.logged_at < (
    select l.logged_at from chat.room_log as l where l.room_id = p_room_id order by l.seq limit 1
  );
end
$$;
