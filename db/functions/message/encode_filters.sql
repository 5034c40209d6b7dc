-- The filter fields of a chatmessage: each clause in the field of its feed, if that has one; one that is null in none.
create or replace function chat.encode_filters(p_feed_ids integer[], p_clauses text[])
returns bytea
language plpgsql
stable
as $$
begin
  return (
    select coalesce(string_agg(chat.encode_text(f.filter_field, w.clause), '' order by f.filter_field), '')
    from unnest(p_feed_ids, p_clauses) as w(feed_id, clause)
    join chat.feed as f on f.feed_id = w.feed_id
    where f.filter_field is not null
  );
end
$$;
