-- Why clauses are not looked at: a feed that they are for was removed; null if none was.
--
-- Whoever asks may have heard of a feed, and not yet that it is gone. SAME asks for nothing. Where its rows
-- were dropped, its name is gone too.
create or replace function chat.explain_gone_feeds(p_feed_ids integer[], p_clauses text[])
returns text
language plpgsql
stable
as $$
begin
  return (
    select string_agg(coalesce(f.name || ' filter: ', '') || 'the feed was removed', '; ' order by w.feed_id)
    from unnest(p_feed_ids, p_clauses) as w(feed_id, clause)
    left join chat.feed as f on f.feed_id = w.feed_id
    where coalesce(f.state, 'removed') = 'removed' and chat.clause_keyword(w.clause) is distinct from 'SAME'
  );
end
$$;
