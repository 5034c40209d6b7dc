-- The field filters of a chatmessage: each clause with the name of its feed; nothing where all feeds have own fields.
--
-- So while no feed was added, every byte is as it was before there could be any. At most 512 KiB, which is all of 250
-- feeds with the longest clauses; what is beyond is left out, the feeds that came last first.
create or replace function chat.encode_feed_filters(p_feed_ids integer[], p_clauses text[])
returns bytea
language plpgsql
stable
as $$
begin
  -- As in encode_status it is asked for each message, and nearly never are there any.
  if not exists (select from chat.feed as f where f.filter_field is null) then
    return '';
  end if;
  return coalesce((
    with encoded as (
      select
        f.feed_id,
        f.filter_field is null as is_added,
        chat.encode_bytes(20, chat.encode_text(1, f.name) || chat.encode_text(2, w.clause)) as field
      from unnest(p_feed_ids, p_clauses) as w(feed_id, clause)
      join chat.feed as f on f.feed_id = w.feed_id
    ),
    summed as (select e.*, sum(length(e.field)) over (order by e.feed_id) as bytes from encoded as e)
    select coalesce(string_agg(s.field, '' order by s.feed_id) filter (where s.bytes <= 524288), '')
    from summed as s
    having bool_or(s.is_added)
  ), '');
end
$$;
