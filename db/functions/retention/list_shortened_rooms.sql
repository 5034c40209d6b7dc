-- The rooms that got what is in the lowest partition of a table, or what only that tells of: each with the first
-- sequence behind it.
create or replace function chat.list_shortened_rooms(p_partition chat.partition)
returns table (room_id integer, kept_from bigint)
language plpgsql
stable
as $$
declare
  v_table text := (select c.relname from pg_class as c where c.oid = p_partition.table_name);
  v_feed_id smallint := (
    select t.feed_id from chat.bounded_table as t where t.table_name = p_partition.table_name
  );
  v_group_ids integer[];
  v_places bigint[];
begin
  if v_feed_id is not null then
    select array_agg(g.group_id), array_agg(g.place)
    into v_group_ids, v_places
    from chat.list_given_places(v_feed_id, p_partition.until_key) as g;
  elsif v_table in ('chat_event', 'room_log') then
    return query execute format(
      'select e.%1$I, max(e.seq) + 1 from %2$s as e where e.%1$I is not null and e.seq is not null group by 1',
      case v_table when 'chat_event' then 'roomid' else 'room_id' end, p_partition.part
    );
  elsif v_table in ('feed_batch', 'block_log') then
    select array_agg(g.group_id), array_agg(g.place)
    into v_group_ids, v_places
    from (
      select l.group_id, max(l.last_place) as place
      from chat.group_log as l
      where l.batch_id < p_partition.until_key
      group by l.group_id
    ) as g;
  end if;
  return query select r.room_id, r.kept_from from chat.list_rooms_behind(v_group_ids, v_places) as r;
end
$$;
