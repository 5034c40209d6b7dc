-- Deletes the filters that rooms had before their log begins, once a partition of room_log is left out of it.
--
-- They would say why rooms got rows of which nobody knows any more that they did.
create or replace function chat.forget_former_filters(p_part regclass)
returns void
language plpgsql
volatile
as $$
begin
  delete from chat.room_filter as f
  using (
    select r.room_id, (
      select min(l.seq) from chat.room_log as l where l.room_id = r.room_id and l.tableoid <> p_part::oid
    ) as seq
    from chat.room as r
  ) as first
  where f.room_id = first.room_id and f.state = 'replaced' and f.until_seq < first.seq;
end
$$;
